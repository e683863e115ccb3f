"""What is left of a filled form when somebody in it is erased, or when what was written freely has had its time.

The same bytes give the same rest, whoever reduces them and whenever: so a phone that sends its copy again is recognised.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from lxml import etree

from doorstep.engine.model.spec import FormSpec, Question
from doorstep.forms.reader import local

LONGEST_NUMBER = 40  # characters
_BOUND = re.compile(r"string-length\(\.\) <= (\d+)")
KEPT_LISTS = frozenset({"person", "household"})
"""What a form says of somebody else in these lists stays when the person it is about is erased: a child her mother's
record brought into the register is somebody of its own."""
_PARSER = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}


def without(content: bytes, spec: FormSpec, who: str, gone: Collection[str]) -> bytes | None:
    """A filled form without these people and families. None when nothing of anybody else is in it.

    ``who``: the question that says whom it is about, '' when none does.
    """
    root = _read(content)
    about_gone = _about_gone(root, spec, who, gone)
    for container, meta, entity in list(_entities(root)):
        if _id(entity) in gone:
            if container is root:
                meta.remove(entity)
                about_gone = about_gone or not who
                _clear_item(root, spec)
            elif (parent := container.getparent()) is not None:
                parent.remove(container)
    if about_gone:
        left = [container for container, _, one in _entities(root) if one.get("dataset") in KEPT_LISTS]
        if not left:
            return None
        _clear(root, spec, left)
    for leaf in _leaves(root):
        if (leaf.text or "").strip().removeprefix("uuid:") in gone:
            leaf.text = None
    return etree.tostring(root, encoding="utf-8")


def _read(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(content, parser)


def without_words(content: bytes, spec: FormSpec) -> bytes | None:
    """A filled form without what was written freely; None when nothing was."""
    paths = free_words(spec)
    if not paths:
        return None
    root = _read(content)
    said = [leaf for leaf in _leaves(root) if _path(leaf, root) in paths and (leaf.text or "").strip()]
    for leaf in said:
        leaf.text = None
    return etree.tostring(root, encoding="utf-8") if said else None


@lru_cache(maxsize=256)
def _naming(xml: str) -> tuple[str, ...]:
    """What stands in the calculations by which items of lists are named."""
    root = _read(xml.encode())
    binds = (bind for bind in root.iter() if local(bind.tag) == "bind")
    told = (str(b.get("calculate", "")) for b in binds if str(b.get("nodeset", "")).endswith("/meta/entity/label"))
    return tuple(word for one in told for word in one.split())


def _names(path: tuple[str, ...], naming: tuple[str, ...]) -> bool:
    return any(word.endswith("/" + "/".join(path)) for word in naming)


def free_words(spec: FormSpec) -> frozenset[tuple[str, ...]]:
    """The paths of the questions people answer in words of their own: nothing the register keeps, names somebody by or
    holds to a pattern."""
    paths = {
        question.path
        for question in spec.questions
        if question.type == "text"
        and not (question.save_to or question.calculation or question.readonly)
        and "regex(" not in question.constraint
        and not _is_number(question)
    }
    return frozenset(path for path in paths if not _names(path, _naming(spec.xml))) if paths else frozenset()


def _is_number(question: Question) -> bool:
    """Whether it is the number of a thing, as of a batch of vaccine: of the service, and short."""
    bound = _BOUND.fullmatch(question.constraint.strip())
    return question.tag == "service" and bound is not None and int(bound[1]) <= LONGEST_NUMBER


def _about_gone(root: etree._Element, spec: FormSpec, who: str, gone: Collection[str]) -> bool:
    question = spec.by_key.get(who) if who else None
    return question is not None and any(
        _path(leaf, root) == question.path and (leaf.text or "").strip().removeprefix("uuid:") in gone
        for leaf in _leaves(root)
    )


def _clear_item(root: etree._Element, spec: FormSpec) -> None:
    """Empty what the form itself says of its item."""
    named = _naming(spec.xml)
    for leaf in _leaves(root):
        question = spec.by_path.get(_path(leaf, root))
        if question is not None and not question.repeat and (question.save_to or _names(question.path, named)):
            leaf.text = None


def _clear(root: etree._Element, spec: FormSpec, left: list[etree._Element]) -> None:
    """Empty every answer but those of the containers that are left; of the form itself, those that are saved to its item."""
    inside = {node for container in left if container is not root for node in container.iter()}
    for leaf in _leaves(root):
        question = spec.by_path.get(_path(leaf, root))
        saved = root in left and question is not None and bool(question.save_to)
        if leaf not in inside and not saved:
            leaf.text = None


def _entities(root: etree._Element) -> Iterator[tuple[etree._Element, etree._Element, etree._Element]]:
    """(what holds it, its meta, the item) of everything a form says of a list."""
    for entity in root.iter():
        meta = entity.getparent()
        if local(entity.tag) != "entity" or meta is None or local(meta.tag) != "meta":
            continue
        container = meta.getparent()
        if container is not None:
            yield container, meta, entity


def _id(entity: etree._Element) -> str:
    return str(entity.get("id", "")).removeprefix("uuid:")


def _leaves(root: etree._Element) -> Iterator[etree._Element]:
    """The answers: what has nothing below it, outside of meta."""
    for node in root:
        if local(node.tag) == "meta":
            continue
        if len(node):
            yield from _leaves(node)
        else:
            yield node


def _path(node: etree._Element, root: etree._Element) -> tuple[str, ...]:
    names: list[str] = []
    at: etree._Element | None = node
    while at is not None and at is not root:
        names.append(local(at.tag))
        at = at.getparent()
    return tuple(reversed(names))
