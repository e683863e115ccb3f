"""From XForm XML to a ``FormSpec``: the XML is the truth, whoever wrote it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from doorstep.engine.model.spec import Choice, EntityDecl, FormSpec, Group, Question
from doorstep.engine.xlsform.kinds import question_type
from doorstep.engine.xlsform.nodes import ENTITIES, JR, TAGS, Element, children, local, parse, path_of
from doorstep.engine.xlsform.words import Words, words_of
from doorstep.lib.problems import Problem, Problems, Where

Path = tuple[str, ...]

_ITEMSET = re.compile(r"instance\('([^']+)'\)")
_SEARCH = re.compile(r"search\(\s*'([^']+)'")
_SOURCE = re.compile(r"^jr://(?:file-csv|file|images|audio|video)/(.+)$")
_META_LEFT_OUT = ("instanceID", "instanceName", "entity", "deprecatedID")


def parse_xform(xml: bytes | str, file: str = "", rows: Mapping[Path, int] | None = None) -> FormSpec:
    """Read XForm XML, for example a stored version of a form.

    ``file`` names the form in messages; ``rows`` gives each path its row of the survey sheet.
    No entity, DTD or outside file is ever read. Raises ``Problems``.
    """
    return _Form(parse(xml, file), file, rows or {}).spec(xml if isinstance(xml, str) else xml.decode("utf-8"))


class _Form:
    """One parsed document, looked at from several sides."""

    def __init__(self, document: Element, file: str, rows: Mapping[Path, int]):
        self.where = Where(file=file)
        self.rows = rows
        self.model = self._one(document, "model")
        self.body = self._body(document)
        self.title = next((e.text or "" for e in document.iter() if local(e) == "title"), "")
        instances = children(self.model, "instance")
        self.root = self._root(instances)
        self.words: Words = words_of(self.model)
        self.binds = {path_of(b.get("nodeset", "")): b for b in children(self.model, "bind")}
        self.controls: dict[Path, Element] = {}
        self.boxes: dict[Path, Element] = {}  # groups and repeats as the body shows them
        self.repeats: list[Path] = []
        self._read_body()
        self.sources = {i.get("id", ""): i.get("src", "") for i in instances if i.get("src")}
        self.lists = {i.get("id", ""): i for i in instances if i.get("id") and not i.get("src")}
        self.actions = {
            path_of(a.get("ref", "")): a for a in document.iter() if local(a) in ("setgeopoint", "recordaudio")
        }
        self.set_values = {path_of(a.get("ref", "")) for a in document.iter() if local(a) == "setvalue"}
        self.leaves: list[tuple[Path, Element]] = []
        self.groups: list[Path] = []
        self.entities: list[EntityDecl] = []

    def _one(self, document: Element, name: str) -> Element:
        found = next((e for e in document.iter() if local(e) == name), None)
        if found is None:
            raise Problems([Problem("xlsform.not_xform", self.where, {"part": name})])
        return found

    def _body(self, document: Element) -> Element:
        """The page's own body: a group of the form may bear the same name."""
        found = next(iter(children(document, "body")), None)
        return found if found is not None else self._one(document, "body")

    def _root(self, instances: list[Element]) -> Element:
        root = next((e for i in instances[:1] for e in i if isinstance(e.tag, str)), None)
        if root is None or not root.get("id"):
            raise Problems([Problem("xlsform.no_form_id", self.where)])
        return root

    def _read_body(self) -> None:
        for element in self.body.iter():
            kind = local(element)
            ref = path_of(element.get("nodeset" if kind == "repeat" else "ref", ""))
            if not ref:
                continue
            if kind == "repeat":
                self.repeats.append(ref)
                self.boxes.setdefault(ref, element)
            elif kind == "group":
                self.boxes[ref] = element
            elif kind in ("input", "select", "select1", "upload", "trigger", "range", "rank", "secret"):
                self.controls[ref] = element

    def spec(self, xml: str) -> FormSpec:
        self._walk(self.root, ())
        self._refuse_repeats_of_one_name()
        choices: dict[str, tuple[Choice, ...]] = {name: self._choices(i) for name, i in self.lists.items()}
        questions = [self._question(path, element, choices) for path, element in self.leaves]
        return FormSpec(
            form_id=self.root.get("id", ""),
            version=self.root.get("version", ""),
            titles={"default": self.title} if self.title else {},
            languages=self.words.languages,
            questions=tuple(_with_keys(questions, self.repeats)),
            repeats=tuple(r for r in self.repeats),
            choices={name: items for name, items in choices.items() if items},
            entities=tuple(self.entities),
            attachments=self._attachments(),
            xml=xml,
            groups=tuple(self._group(path) for path in self.groups),
        )

    def _walk(self, parent: Element, above: Path) -> None:
        seen: set[str] = set()
        for element in parent:
            if not isinstance(element.tag, str):
                continue
            name = local(element)
            if name in seen and (*above, name) in self.repeats:
                continue  # the second copy of a repeat: its template stood before
            seen.add(name)
            path = (*above, name)
            if name == "meta" and path not in self.boxes:
                self._walk_meta(element, above)
            elif path in self.boxes or any(isinstance(e.tag, str) for e in element):
                self.groups.append(path)
                self._walk(element, path)
            else:
                self.leaves.append((path, element))

    def _walk_meta(self, meta: Element, holder: Path) -> None:
        for element in meta:
            name = local(element)
            if name == "entity" and element.get("dataset"):
                self.entities.append(
                    EntityDecl(
                        dataset=element.get("dataset", ""),
                        path=holder,
                        creates=element.get("create") is not None,
                        updates=element.get("update") is not None,
                    )
                )
            elif isinstance(element.tag, str) and name not in _META_LEFT_OUT:
                self.leaves.append(((*holder, "meta", name), element))

    def _refuse_repeats_of_one_name(self) -> None:
        twice = [n for n, times in Counter((self._repeat_above(r), r[-1]) for r in self.repeats).items() if times > 1]
        if twice:
            raise Problems([Problem("xlsform.name_twice", self.where, {"value": name}) for _, name in twice])

    def _repeat_above(self, path: Path) -> Path:
        above = [r for r in self.repeats if len(r) < len(path) and path[: len(r)] == r]
        return max(above, key=len, default=())

    def _question(self, path: Path, element: Element, choices: dict[str, tuple[Choice, ...]]) -> Question:
        bind = self.binds.get(path)
        attributes: Mapping[str, str] = cast(Mapping[str, str], bind.attrib) if bind is not None else {}
        control = self.controls.get(path)
        prefilled = bool((element.text or "").strip()) or path in self.set_values
        list_name, from_file = self._list_of(path, control, choices)
        return Question(
            key="",
            name=path[-1],
            path=path,
            type=question_type(path, attributes, control, self.actions.get(path), from_file, prefilled),
            data_type=attributes.get("type", "string").split(":")[-1],
            labels=self.words.of(control, "label"),
            hints=self.words.of(control, "hint"),
            list_name=list_name,
            repeat=self._repeat_above(path),
            required=attributes.get("required") == "true()" and not self._may_be_skipped(path),
            relevant=attributes.get("relevant", "").strip(),
            constraint=attributes.get("constraint", "").strip(),
            calculation=attributes.get("calculate", "").strip(),
            readonly=attributes.get("readonly") == "true()",
            tag=attributes.get(f"{{{TAGS}}}tag", ""),
            save_to=attributes.get(f"{{{ENTITIES}}}saveto", ""),
            row=self.rows.get(path),
            constraint_message=self.words.said(attributes.get(f"{{{JR}}}constraintMsg", "")),
            required_message=self.words.said(attributes.get(f"{{{JR}}}requiredMsg", "")),
        )

    def _may_be_skipped(self, path: Path) -> bool:
        return any(
            (bind := self.binds.get(path[:n])) is not None and bind.get("relevant") for n in range(1, len(path) + 1)
        )

    def _list_of(self, path: Path, control: Element | None, choices: dict[str, tuple[Choice, ...]]) -> tuple[str, bool]:
        """The list a question chooses from, and whether it is a file; choices inside it become a list of its own."""
        if control is None:
            return "", False
        itemset = next((e for e in control if local(e) == "itemset"), None)
        nodeset = itemset.get("nodeset", "") if itemset is not None else control.get("query", "")
        found = _ITEMSET.search(nodeset)
        if found:
            source = self.sources.get(found[1], "")
            return (_file_of(source) or found[1], True) if source else (found[1], False)
        items = [e for e in control if local(e) == "item"]
        if not items:
            return "", False
        name = "/".join(path)
        choices[name] = tuple(
            Choice(next((v.text or "" for v in item if local(v) == "value"), ""), self.words.of(item, "label"))
            for item in items
        )
        return name, False

    def _choices(self, instance: Element) -> tuple[Choice, ...]:
        found = []
        for item in (e for e in instance.iter() if local(e) == "item"):
            cells = {local(e): (e.text or "") for e in item if isinstance(e.tag, str)}
            if "name" not in cells:
                continue
            if "itextId" in cells:
                labels = self.words.by_id(cells["itextId"])
            else:
                labels = {"default": cells["label"]} if cells.get("label") else {}
            columns = {k: v for k, v in cells.items() if k not in ("name", "label", "itextId")}
            found.append(Choice(cells["name"], labels, columns))
        return tuple(found)

    def _group(self, path: Path) -> Group:
        bind = self.binds.get(path)
        return Group(
            path=path,
            labels=self.words.of(self.boxes.get(path), "label"),
            relevant=(bind.get("relevant", "") if bind is not None else "").strip(),
            repeats=path in self.repeats,
            row=self.rows.get(path),
        )

    def _attachments(self) -> tuple[str, ...]:
        """Files the form asks for, in the order it names them, each once."""
        named = [_file_of(s) for s in self.sources.values()] + [_file_of(m) for m in self.words.media]
        for element in self.body.iter():
            named += [f"{n}.csv" for n in _SEARCH.findall(element.get("appearance", ""))]
            if element.get("query"):
                named.append("itemsets.csv")
        return tuple(dict.fromkeys(n for n in named if n))


def _file_of(source: str) -> str:
    found = _SOURCE.match(source)
    return found[1] if found else ""


def _with_keys(questions: list[Question], repeats: list[Path]) -> list[Question]:
    """Each question with its key; see the rule in ``engine.model.spec``."""
    taken = Counter((q.repeat, q.name) for q in questions)
    for path in repeats:
        above = [r for r in repeats if len(r) < len(path) and path[: len(r)] == r]
        taken[(max(above, key=len, default=()), path[-1])] += 1
    return [
        replace(q, key=q.name if taken[(q.repeat, q.name)] == 1 else "/".join(q.path[len(q.repeat) :]))
        for q in questions
    ]
