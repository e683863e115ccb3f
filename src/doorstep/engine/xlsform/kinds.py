"""Which XLSForm type a node of an XForm is: told by its control, bind and actions."""

from __future__ import annotations

from collections.abc import Mapping

from doorstep.engine.xlsform.nodes import JR, Element, local

_PRELOADS = {("timestamp", "start"): "start", ("timestamp", "end"): "end", ("date", "today"): "today"}
_INPUTS = {"int": "integer", "string": "text"}
_UPLOADS = {"image": "image", "audio": "audio", "video": "video"}


def question_type(
    path: tuple[str, ...],
    bind: Mapping[str, str],
    control: Element | None,
    action: Element | None,
    from_file: bool,
    prefilled: bool,
) -> str:
    """The type as an author writes it in the survey sheet, without its list name.

    ``action`` is the setgeopoint or recordaudio that fills the node, ``from_file`` says that its choices stand
    in a file, ``prefilled`` that something gives it a first value (so that a read-only text is no mere note).
    """
    if control is not None:
        return _shown_type(control, bind, action, from_file, prefilled)
    if path[-2:] == ("meta", "audit"):
        return "audit"
    preload = bind.get(f"{{{JR}}}preload", "")
    if preload:
        params = bind.get(f"{{{JR}}}preloadParams", "")
        return _PRELOADS.get((preload, params), params if preload == "property" else "hidden")
    if action is not None:
        return "background-audio" if local(action) == "recordaudio" else "start-geopoint"
    return "calculate" if bind.get("calculate") else "hidden"


def _shown_type(
    control: Element, bind: Mapping[str, str], action: Element | None, from_file: bool, prefilled: bool
) -> str:
    kind = local(control)
    data = bind.get("type", "string").split(":")[-1]
    if kind in ("select", "select1"):
        plain = "select_multiple" if kind == "select" else "select_one"
        return f"{plain}_from_file" if from_file else plain
    if kind == "upload":
        return _UPLOADS.get(control.get("mediatype", "").split("/")[0], "file")
    if kind == "trigger":
        return "acknowledge"
    if kind == "input":
        if control.get("query"):
            return "select_one_external"
        if action is not None:
            return "background-geopoint"
        if bind.get("readonly") == "true()" and data == "string" and not bind.get("calculate") and not prefilled:
            return "note"
        return _INPUTS.get(data, data)
    return kind if kind in ("range", "rank") else "text"
