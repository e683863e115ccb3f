"""The words of a form by language: its itext, and texts written in place."""

from __future__ import annotations

import re

from doorstep.engine.model.spec import Text
from doorstep.engine.xlsform.nodes import Element, children, local

_REF = re.compile(r"^jr:itext\('(.+)'\)$")
_CODE = re.compile(r"\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*\)\s*$")
_MISSING = "-"  # what pyxform writes where a translation is missing


class Words:
    """Every text of a form. ``languages`` are codes, the form's default first."""

    def __init__(self, languages: tuple[str, ...], texts: dict[str, dict[str, str]], media: tuple[str, ...]):
        self.languages = languages
        self.media = media
        self._texts = texts

    def by_id(self, text_id: str) -> Text:
        return self._texts.get(text_id, {})

    def said(self, text: str) -> Text:
        """A text attribute: a reference to itext, or words in no language ('default')."""
        found = _REF.match(text.strip())
        if found:
            return self.by_id(found[1])
        return {"default": text.strip()} if text.strip() else {}

    def of(self, holder: Element | None, name: str) -> Text:
        """The label or hint of a control, group or choice."""
        if holder is None:
            return {}
        element = next(iter(children(holder, name)), None)
        if element is None:
            parent = holder.getparent()
            if local(holder) == "repeat" and parent is not None:
                return self.of(parent, name)  # a repeat's label stands on the group around it
            return {}
        return self.said(element.get("ref") or plain(element))


def language_code(name: str) -> str:
    """'English (en)' → 'en'; a name without a code stays as it is."""
    found = _CODE.search(name)
    return found[1] if found else name.strip()


def plain(element: Element) -> str:
    """The text of an element, with each output shown as ``{question}``."""
    said = element.text or ""
    for child in element:
        if local(child) == "output":
            said += "{" + child.get("value", "").strip().split("/")[-1] + "}"
        else:
            said += plain(child)
        said += child.tail or ""
    return said.strip()


def words_of(model: Element) -> Words:
    """Read the itext of a form's model."""
    texts: dict[str, dict[str, str]] = {}
    media: list[str] = []
    translations = [t for itext in children(model, "itext") for t in children(itext, "translation")]
    translations.sort(key=lambda t: t.get("default") is None)  # stable: the default first
    codes: list[str] = []
    for translation in translations:
        name = translation.get("lang", "")
        code = language_code(name)
        code = name if code in codes else code  # two dialects of one code keep their full names
        codes.append(code)
        for text in children(translation, "text"):
            for value in children(text, "value"):
                if value.get("form") in ("image", "audio", "video", "big-image"):
                    media.append((value.text or "").strip())
                elif value.get("form") is None and (said := plain(value)) and said != _MISSING:
                    texts.setdefault(text.get("id", ""), {})[code] = said
    return Words(tuple(codes), texts, tuple(media))
