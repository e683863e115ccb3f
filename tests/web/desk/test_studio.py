"""The pack studio: a copy is changed and tried, and nobody is served by it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings

from doorstep.lib import db
from doorstep.programmes.drafts import draft
from tests.cast import Township, shipped, version_of
from tests.web.worker.conftest import Reader

STUDIO = "/desk/studio/hypertension"
SCHEDULE = "schedules/nbphs_2017.yaml"
EVERYBODY = ("worker", "neighbour", "clinician", "supervisor", "manager", "installer")


@pytest.fixture
def begun(as_: Reader, township: Township) -> Township:
    answer = as_("manager").post(f"{STUDIO}/begin", {"version": version_of("hypertension")})
    assert (answer.status_code, answer["Location"]) == (302, STUDIO)
    return township


def test_whose_it_is(as_: Reader, begun: Township) -> None:
    assert {who for who in EVERYBODY if as_(who).get(STUDIO).status_code == 200} == {"manager", "installer"}
    doings = ("change", "value", "look", "take", "install", "drop", "begin")
    for doing in doings:  # the installer has no draft of her own, and nobody reaches another's
        answers = {who: as_(who).post(f"{STUDIO}/{doing}", {"version": "none"}).status_code for who in EVERYBODY}
        assert {who for who, status in answers.items() if status < 400} <= {"manager"}, doing
    assert as_("manager").get("/desk/studio/nothing").status_code == 404


def test_what_is_wrong_is_said_as_it_is_typed(as_: Reader, begun: Township) -> None:
    spot = {"file": SCHEDULE, "at": "contacts.0.from"}
    wrong = as_("manager").post(f"{STUDIO}/change", {**spot, "value": "add_day(start, 1)"}).content.decode()
    assert wrong.count("add_day&#x27;, which is not a function") == 1
    right = "case when times_met = 0 then start else add_days(start, -13) end"
    assert "It holds" in as_("manager").post(f"{STUDIO}/change", {**spot, "value": right}).content.decode()
    folder = draft(begun.users["manager"], "hypertension")
    assert folder is not None
    meant = (shipped("hypertension") / SCHEDULE).read_text(encoding="utf-8")
    assert folder.read(SCHEDULE) == meant.replace(f"from: {right}", f'from: "{right}"')


@pytest.mark.parametrize(
    ("file", "at"),
    [
        ("../../secret.key", "version"), ("pack.yaml", "id"), ("forms/htn_visit.md", "version"),
        (SCHEDULE, "contacts.0.id"), (SCHEDULE, "contacts.99.due"), ("cases/edges.yaml", "say"), ("", ""),
    ],
)  # fmt: skip
def test_nothing_else_can_be_changed(as_: Reader, begun: Township, file: str, at: str) -> None:
    def files() -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    folder = Path(settings.STORE) / "drafts"
    before = files()
    answer = as_("manager").post(f"{STUDIO}/change", {"file": file, "at": at, "value": "x"})
    assert (answer.status_code, files()) == (404, before)


def test_a_number_gets_a_value_from_a_day_on(as_: Reader, begun: Township) -> None:
    told = {"file": "numbers/control_systolic.yaml", "value": "135", "since": "2027-01-01", "source": "pack_choice", "status": "local entry"}  # fmt: skip
    assert as_("manager").post(f"{STUDIO}/value", told).status_code == 302
    copy = draft(begun.users["manager"], "hypertension")
    assert copy is not None
    values = copy.load().numbers["control_systolic"].values
    assert [(str(v.value), v.since.isoformat()) for v in values][-1] == ("135", "2027-01-01")
    assert len(values) == 2
    as_("manager").post(f"{STUDIO}/value", {**told, "since": ""})
    assert len(copy.load().numbers["control_systolic"].values) == 2


def test_it_can_be_taken_along_and_comes_back_the_same(as_: Reader, begun: Township, tmp_path: Path) -> None:
    answer = as_("manager").post(f"{STUDIO}/take")
    with ZipFile(BytesIO(answer.content)) as archive:
        given = {name: archive.read(name) for name in archive.namelist()}
    had = {p.relative_to(shipped("hypertension")).as_posix(): p.read_bytes()
           for p in shipped("hypertension").rglob("*") if p.is_file()}  # fmt: skip
    changed = {name for name in had if given[name] != had[name]}
    assert (set(given), changed) == (set(had), {"pack.yaml"})


def test_only_the_installer_puts_it_into_the_store(as_: Reader, begun: Township) -> None:
    def versions() -> list[str]:
        sql = "SELECT version FROM pack_version WHERE pack_id = 'hypertension' ORDER BY id"
        return [version for (version,) in db.current().rows(sql)]

    before = versions()
    as_("installer").post(f"{STUDIO}/begin", {"version": before[0]})
    assert as_("manager").post(f"{STUDIO}/install").status_code == 404
    assert versions() == before
    spot = {"file": SCHEDULE, "at": "contacts.0.from"}
    as_("installer").post(f"{STUDIO}/change", {**spot, "value": "nonsense("})
    as_("installer").post(f"{STUDIO}/install")
    assert versions() == before
    as_("installer").post(f"{STUDIO}/change", {**spot, "value": "start"})
    as_("installer").post(f"{STUDIO}/change", {"file": SCHEDULE, "at": "contacts.0.due", "value": "start"})
    as_("installer").post(f"{STUDIO}/install")
    assert versions() == before  # its stories no longer hold


def test_a_copy_can_be_thrown_away(as_: Reader, begun: Township) -> None:
    assert as_("manager").post(f"{STUDIO}/drop").status_code == 302
    assert draft(begun.users["manager"], "hypertension") is None
