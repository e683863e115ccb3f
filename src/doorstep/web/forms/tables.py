"""Records as tables, as users of form servers know them: one row a record, one more table for each repeat.

Columns are named by the path below the form, joined by '-' (``care-weight``); a repeat's rows name their record in
``PARENT_KEY``. Questions of every version that was filled stand side by side, those of the version in use first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from doorstep.engine.model.spec import FormSpec, Question
from doorstep.exchange.grid import safe
from doorstep.forms.own import OwnRecord, SentFile
from doorstep.forms.queries import APPLIED, CONFLICT, HELD, REVIEW
from doorstep.lib import days, sealed

Path = tuple[str, ...]
STATUSES = {APPLIED: "", REVIEW: "hasProblem", HELD: "waitsForOriginal", CONFLICT: "twoVersions"}
_NUMBERS = re.compile(r"[-+]?\d+(\.\d+)?( [-+]?\d+(\.\d+)?)*\Z")  # '-3', and a place as '-12.5 44.1 0 0'


@dataclass
class Table:
    """One table. ``repeat`` is the path of its repeat, () for the records themselves."""

    repeat: Path
    columns: list[str] = field(default_factory=list)
    rows: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return "-".join(self.repeat)

    @property
    def header(self) -> list[str]:
        if self.repeat:
            return [*self.columns, "PARENT_KEY", "KEY"]
        more = ["KEY", "AttachmentsPresent", "AttachmentsExpected", "Status", "FormVersion"]
        return ["SubmissionDate", *self.columns, *more]

    def cells(self) -> Iterator[list[str]]:
        """The header, then every row, safe to open in a spreadsheet."""
        header = self.header
        yield header
        for row in self.rows:
            yield [cell(row.get(name, "")) for name in header]


def cell(text: str) -> str:
    """Text no spreadsheet takes for a formula; plain numbers stay as they are, also below zero."""
    return text if _NUMBERS.match(text) else safe(text)


def tables(
    specs: Sequence[FormSpec], records: Iterable[OwnRecord], files: Mapping[int, Sequence[SentFile]]
) -> list[Table]:
    """The tables of a form. ``specs``: its versions, the one in use first; ``files``: those of each record by seq."""
    made: dict[Path, Table] = {(): Table(())}
    for spec in specs:
        for repeat in spec.repeats:
            made.setdefault(repeat, Table(repeat))
        for question in filter(has_answer, spec.questions):
            columns = made[question.repeat].columns
            if (name := _column(question)) not in columns:
                columns.append(name)
    by_version = {spec.version: spec for spec in specs}
    for record in records:
        _add(made, by_version[record.form_version], record, files.get(record.seq, ()))
    return list(made.values())


def has_answer(question: Question) -> bool:
    return question.type != "note"


def _column(question: Question) -> str:
    return "-".join(question.path[len(question.repeat) :])


def _add(made: Mapping[Path, Table], spec: FormSpec, record: OwnRecord, files: Sequence[SentFile]) -> None:
    about = {
        "SubmissionDate": record.received_at.astimezone(days.zone()).isoformat(timespec="seconds"),
        "KEY": record.instance_id,
        "AttachmentsPresent": str(sum(bool(file.digest) for file in files)),
        "AttachmentsExpected": str(len(files)),
        "Status": STATUSES[record.state],
        "FormVersion": record.form_version,
    }
    _level(made, spec, (), record.answers, about)


def _level(
    made: Mapping[Path, Table], spec: FormSpec, repeat: Path, answers: Mapping[str, Any], about: Mapping[str, str]
) -> None:
    """One row of one table, and the rows of the repeats inside it."""
    said = {
        _column(question): _text(sealed.opened_in(answers[question.key]))
        for question in spec.in_repeat(repeat)
        if has_answer(question) and question.key in answers
    }
    made[repeat].rows.append({**said, **about})
    for inner in directly_inside(spec, repeat):
        below = "/".join(inner[len(repeat) :])
        for number, one in enumerate(answers.get(inner[-1], ()), start=1):
            key = f"{about['KEY']}/{below}[{number}]"
            _level(made, spec, inner, one, {"PARENT_KEY": about["KEY"], "KEY": key})


def directly_inside(spec: FormSpec, repeat: Path) -> list[Path]:
    """The repeats of a level: below ``repeat`` with no other between."""
    below = [r for r in spec.repeats if len(r) > len(repeat) and r[: len(repeat)] == repeat]
    return [r for r in below if not any(len(o) < len(r) and r[: len(o)] == o for o in below)]


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
