"""What everybody adds to indicators, kept: the same figures as from one history after another, for every programme that is
shipped and every kind of period, and worked out anew only for those touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from doorstep.engine.model.pack import ReportDef
from doorstep.engine.warehouse import lake
from doorstep.indicators import kept, values
from doorstep.indicators.periods import Period, parse
from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.programmes import stock, syncing
from doorstep.programmes.library import Programme, programmes
from doorstep.site.demo import generate
from doorstep.site.demo.making import Wanted, _settle
from tests.programmes.conftest import committed_store
from tests.programmes.test_warehouse import erase

DEMO = Wanted(150, 5, date(2026, 11, 20))
PERIODS = [
    parse(one)
    for one in ("2026", "2026-S10", "2026-H1", "2026-Q3", "2026-10", "2026-10-T2", "2026-10-18W", "2026-to-2026-10")
]
Values = dict[tuple[str, str, int], values.Value]


@pytest.fixture(scope="module", autouse=True)
def demonstration(_migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with committed_store(tmp_path_factory.mktemp("demonstration")), pytest.MonkeyPatch.context() as patched:
        own = tmp_path_factory.mktemp("warehouse")
        patched.setattr(lake, "COMPRESSION", "uncompressed")  # so that what is there can be found
        patched.setattr(stock, "folder", lambda: own / "warehouse")
        patched.setattr(kept, "folder", lambda: own / "figures")
        senders = _settle(DEMO, lambda _: None)
        for sent in generate.generate(DEMO.people, DEMO.seed, DEMO.until):
            door.accept_many([(one.content, Sender(senders[one.author]), one.received_at) for one in sent])
        yield


def counting() -> list[Programme]:
    return [one for one in programmes().all_on() if one.pack.indicators]


def report_of(programme: Programme) -> ReportDef:
    """All indicators of a programme."""
    return replace(next(iter(programme.pack.reports.values())), indicators=tuple(programme.pack.indicators))


def one_by_one(programme: Programme, periods: list[Period]) -> Values:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kept, "sums", lambda *_, **__: None)
        return dict(values.table(programme, report_of(programme), periods, everywhere()).values)


def from_kept(programme: Programme, periods: list[Period]) -> Values:
    report = report_of(programme)
    assert kept.sums(programme, report.indicators, periods, everywhere(), living=True) is not None
    return dict(values.table(programme, report, periods, everywhere()).values)


def everywhere() -> list[int]:
    return list(places.tree().by_id)


def some(found: Values) -> int:
    return sum(1 for value in found.values() if value.numerator or value.denominator)


def test_the_figures_are_those_of_one_history_after_another() -> None:
    syncing.sync()
    assert kept.work_out() == len(counting())
    assert kept.work_out() == 0
    told = 0
    for programme in counting():
        alone = one_by_one(programme, PERIODS)
        assert from_kept(programme, PERIODS) == alone
        whole_months = [p for p in PERIODS if p.family not in ("ten_day", "week")]
        assert from_kept(programme, whole_months) == {
            k: v for k, v in alone.items() if k[1] in {p.id for p in whole_months}
        }
        told += some(alone)
    assert told > 500


def test_only_those_touched_are_worked_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    programme = next(one for one in counting() if one.pack.id == "hypertension")
    monkeypatch.setattr(kept, "counting", lambda: [programme])
    before = from_kept(programme, PERIODS)
    sql = "SELECT person_id FROM episode WHERE pack_id = 'hypertension' ORDER BY person_id LIMIT 3"
    gone, uncounted, changed = [i for (i,) in db.current().rows(sql)]
    assert any(gone.encode() in file.read_bytes() for file in _files())
    erase(gone)
    db.current().run(  # a consent is worked out with the person, when what she said comes in
        "INSERT INTO consent (person_id, purpose, given, said_by, since) VALUES (?, 'counts', ?, 'self', ?)",
        [uncounted, False, date(2026, 1, 1)],
    )
    for person in (uncounted, changed):
        db.current().run("UPDATE person SET properties = REPLACE(properties, '}', ' }') WHERE id = ?", [person])
    assert kept.sums(programme, list(programme.pack.indicators), PERIODS, everywhere(), living=True) is None
    syncing.sync()
    assert kept.sums(programme, list(programme.pack.indicators), PERIODS, everywhere(), living=True) is None
    worked_out: list[int] = []
    real = kept._Making._contributions

    def watched(self: kept._Making, tables: tuple[object, ...], chunk: tuple[str, str]) -> None:
        real(self, tables, chunk)
        worked_out.append(self._rows(f"SELECT count(*) FROM {kept.ONLY}")[0][0])

    monkeypatch.setattr(kept._Making, "_contributions", watched)
    assert kept.work_out() == 1
    assert worked_out == [1]  # of the others one is gone, one not counted
    after = from_kept(programme, PERIODS)
    assert after == one_by_one(programme, PERIODS) != before
    assert not any(gone.encode() in file.read_bytes() for file in _files())


def _files() -> list[Path]:
    return list(kept.folder().rglob("*.parquet"))


def test_of_a_year_not_kept_nothing_is_told() -> None:
    programme = counting()[0]
    beyond = [parse(str(kept.years_until().year + 1))]
    assert kept.sums(programme, list(programme.pack.indicators), beyond, everywhere(), living=True) is None
