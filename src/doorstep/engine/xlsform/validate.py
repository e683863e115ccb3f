"""ODK Validate, where Java is here: it finds broken expressions, unknown functions and circles in XForms."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from doorstep.lib.problems import Problem, Severity, Where

NOT_VALIDATED = "xlsform.not_validated"
TIME_LIMIT = 60.0
"""Seconds one run may take, however many forms it looks at."""
MOST_REMEMBERED = 1000

_JAVA_LINE = re.compile(r"^\s+at |^Caused by|^\s*$|^>>|^Result:|^The following files|^Validating:")
_EXCEPTION = re.compile(r"^[\w.$]+(?:Exception|Error): ")


_ODK_ONLY = re.compile(r"Cycle detected|cannot handle function '[\w-]+:")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``ran`` is False when there was no Java, or no time. ``problems`` is empty for a sound form.

    What only ODK's own engine refuses (a circle it suspects, another vendor's functions) is a warning:
    such forms are in use elsewhere, but will not open in ODK Collect.
    """

    ran: bool
    problems: tuple[Problem, ...] = ()


@cache
def _jar() -> Path | None:
    package = find_spec("pyxform")
    if package is None or package.origin is None:
        return None
    jar = Path(package.origin).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
    return jar if jar.is_file() else None


def java_is_here() -> bool:
    return shutil.which("java") is not None and _jar() is not None


def validate(forms: Mapping[str, str], files: Mapping[str, str], limit: float = TIME_LIMIT) -> dict[str, Verdict]:
    """Look at many forms in one run: id → XForm XML. ``files`` names each form in messages.

    When any is unsound each of those is run again alone, so that every message goes with its form. What was said of
    the same bytes before is said again without Java: a programme is checked anew after every change of one form.
    """
    if not java_is_here() or not forms:
        return {form: Verdict(ran=False) for form in forms}
    said = {form: _said.get(_mark(xml)) for form, xml in forms.items()}
    said |= _told({form: xml for form, xml in forms.items() if said[form] is None}, limit)
    for form, text in said.items():
        if text is not None:
            _remember(_mark(forms[form]), text)
    return {form: _verdict(files.get(form, ""), text) for form, text in said.items()}


_said: dict[bytes, str] = {}
"""What ODK Validate said of a form, by its bytes; '' of a sound one."""


def _mark(xml: str) -> bytes:
    return hashlib.sha256(xml.encode()).digest()


def _remember(mark: bytes, said: str) -> None:
    if len(_said) >= MOST_REMEMBERED:
        del _said[next(iter(_said))]
    _said[mark] = said


def _told(forms: Mapping[str, str], limit: float) -> dict[str, str | None]:
    """What ODK Validate says of each form: '' of a sound one, None when it could not look."""
    if not forms:
        return {}
    with tempfile.TemporaryDirectory(prefix="doorstep-forms-") as folder:
        paths = {}
        for number, (form, xml) in enumerate(forms.items()):
            paths[form] = Path(folder) / f"{number}.xml"
            paths[form].write_text(xml, encoding="utf-8")
        said = _run(list(paths.values()), limit)
        if said is None:
            return dict.fromkeys(forms)
        failed = {form for form, path in paths.items() if re.search(rf"^{re.escape(str(path))}$", said, re.MULTILINE)}
        return {form: _run([path], limit) if form in failed else "" for form, path in paths.items()}


def _run(paths: list[Path], limit: float) -> str | None:
    """What ODK Validate says against these files; '' when all are sound, None when it could not look."""
    command = ["java", "-Djava.awt.headless=true", "-XX:TieredStopAtLevel=1", "-jar", str(_jar()), *map(str, paths)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit, check=False)  # noqa: S603 - our own words only
    except (subprocess.TimeoutExpired, OSError):
        return None
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace")
    return said if "failed validation" in said else None


def _verdict(file: str, said: str | None) -> Verdict:
    if said is None:
        return Verdict(ran=False)
    if not said:
        return Verdict(ran=True)
    lines = [line.strip() for line in said.split("The following files")[0].splitlines() if not _JAVA_LINE.match(line)]
    sentences = dict.fromkeys(_EXCEPTION.sub("", line) for line in lines)
    text = " ".join(sentences)
    severity: Severity = "warning" if _ODK_ONLY.search(text) else "error"
    return Verdict(True, (Problem("xlsform.validate", Where(file=file), {"said": text}, severity),))
