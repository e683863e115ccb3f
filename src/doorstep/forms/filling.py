"""The reader's opposite: typed answers to a submission's XML, for writers that are programs (imports, demonstrations).

A form is laid out once (``Filler``); filling it is joining strings, some 20 µs a submission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from doorstep.engine.model.spec import DERIVED, EntityDecl, FormSpec

ENTITIES = "http://www.opendatakit.org/xforms/entities"


class Item(NamedTuple):
    """The item of an entity list a submission creates or updates."""

    id: str
    label: str = ""
    base_version: int = 1


@dataclass(slots=True)
class _Slot:
    """Where one answer goes, or, with ``rounds``, every round of a repeat."""

    name: str
    key: str
    rounds: list[str | _Slot] | None = None


@dataclass(slots=True)
class _Group:
    children: dict[str, _Group | _Slot] = field(default_factory=dict)
    repeat: str = ""


class Filler:
    """Fills one form version. Entity declarations at the form's root are served; those inside groups are not."""

    def __init__(self, spec: FormSpec):
        self.spec = spec
        self._parts = _parts(_layout(spec))
        self._declared: EntityDecl | None = next((d for d in spec.entities if d.path == ()), None)
        self._open = f"<data id={quoteattr(spec.form_id)} version={quoteattr(spec.version)}"

    def fill(
        self,
        answers: Mapping[str, Any],
        *,
        instance: str,
        corrects: str = "",
        item: Item | None = None,
        counter: int = 0,
    ) -> bytes:
        """The submission's bytes. ``answers`` has the shape of stored answers (``engine.model.spec``); days may also
        be given as dates. An answer that is not given is left out, as a question that was not asked; '' is one that
        was left empty, which clears what the register had. ``corrects``: the instance this one replaces. ``counter``: the sender's own count."""
        counted = f' counter="{counter}">' if counter else ">"
        said = _entity(self._declared, item) if self._declared and item else ""
        deprecated = f"<deprecatedID>{escape(corrects)}</deprecatedID>" if corrects else ""
        body = _filled(self._parts, answers)
        return (
            f"<?xml version='1.0' encoding='UTF-8'?>{self._open}{counted}{body}"
            f"<meta>{said}{deprecated}<instanceID>{escape(instance)}</instanceID></meta></data>"
        ).encode()


def _layout(spec: FormSpec) -> _Group:
    """The tree of the form's groups and questions, in the form's order."""
    root = _Group()
    for question in spec.questions:
        if question.type == DERIVED:
            continue
        node = root
        for depth, name in enumerate(question.path[:-1], start=1):
            below = node.children.setdefault(name, _Group())
            if isinstance(below, _Slot):
                raise ValueError(f"{spec.form_id}: {name} is a question and a group")
            below.repeat = name if question.path[:depth] in spec.repeats else ""
            node = below
        node.children[question.name] = _Slot(question.name, question.key)
    return root


def _parts(group: _Group) -> list[str | _Slot]:
    """The group flattened: constant text between slots."""
    parts: list[str | _Slot] = []
    for name, child in group.children.items():
        if isinstance(child, _Slot):
            parts.append(child)
        elif child.repeat:
            parts.append(_Slot(name, child.repeat, _parts(child)))
        else:
            parts += [f"<{name}>", *_parts(child), f"</{name}>"]
    return parts


def _filled(parts: list[str | _Slot], answers: Mapping[str, Any]) -> str:
    out = []
    for part in parts:
        if isinstance(part, str):
            out.append(part)
            continue
        given = answers.get(part.key)
        name = part.name
        if part.rounds is not None:
            out += [f"<{name}>{_filled(part.rounds, one)}</{name}>" for one in given or ()]
        elif given == "":
            out.append(f"<{name}/>")
        elif given is not None:
            text = " ".join(given) if isinstance(given, list) else str(given)
            out.append(f"<{name}>{escape(text)}</{name}>")
    return "".join(out)


def _entity(declared: EntityDecl, item: Item) -> str:
    creates = ' create="1"' if declared.creates else ""
    updates = f' update="1" baseVersion="{item.base_version}"' if declared.updates else ""
    return (
        f'<entity xmlns="{ENTITIES}" dataset={quoteattr(declared.dataset)} id={quoteattr(item.id)}{creates}{updates}>'
        f"<label>{escape(item.label)}</label></entity>"
    )
