"""The command line, in this process, on the township of the cast."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from doorstep.access.permissions import ROLES
from doorstep.lib import days, db
from doorstep.programmes import moment
from doorstep.site import command, commands
from tests.cast import Township, forge
from tests.indicators.test_differences import births, hand_in

Run = Callable[..., str]
FORMS = Path(__file__).parent.parent / "api" / "forms"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command line; it must end with ``code``. Gives what it printed (on failure: what it said of it)."""
    monkeypatch.setenv("LANGUAGE", "en")
    command.speak("en")

    def run_one(*words: str, code: int = 0) -> str:
        ended = commands.run(words)
        said = capsys.readouterr()
        assert ended == code, (words, said)
        return said.out if code == 0 else said.out + said.err

    return run_one


def read(said: str) -> object:
    return json.loads(said)


def test_add_someone_who_can_then_be_found(run: Run, township: Township) -> None:
    told = json.loads(run("user", "add", "sun", "--role", "worker", "--name", "孙丽", "--place", "c1-t1-v1", "--place",
                          "c1-t1-v2", "--clinic", "c1-t1-clinic", "--json"))  # fmt: skip
    assert list(told) == ["username", "password"]
    (found,) = (u for u in json.loads(run("user", "list", "--json")) if u["username"] == "sun")
    del found["id"]
    assert found == {
        "username": "sun", "name": "孙丽", "role": "worker", "places": ["c1-t1-v1", "c1-t1-v2"],
        "clinic": "c1-t1-clinic", "active": True,
    }  # fmt: skip


def password_opens(username: str, password: str) -> bool:
    from django.contrib.auth.hashers import check_password

    return check_password(password, db.current().value("SELECT password FROM account WHERE username = ?", [username]))


def test_passwords_made_and_chosen(run: Run, township: Township) -> None:
    made = json.loads(run("user", "password", "worker", "--json"))["password"]
    assert password_opens("worker", made)
    assert run("user", "password", "worker", "--password", "three wet umbrellas") == "worker has a new password.\n"
    assert password_opens("worker", "three wet umbrellas")
    assert not password_opens("worker", made)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("short", "too short. Use at least 8 signs."),
        ("password1", "too easy to guess. Take words that do not belong together, and no name."),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(run: Run, township: Township, word: str, why: str) -> None:
    told = run("user", "password", "worker", "--password", word, code=1)
    assert told == f"This password is {why}\n"


def test_another_role(run: Run, township: Township) -> None:
    assert run("user", "role", "worker", "supervisor") == "worker is now: supervisor.\n"
    assert db.current().value("SELECT role FROM account WHERE username = 'worker'") == "supervisor"
    told = run("user", "role", "worker", "king", code=1)
    assert told == f"There is no role “king”. Choose one of: {', '.join(ROLES)}.\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("user", "add", "worker", "--role", "worker"), "There is a user “worker” already.\n"),
        (("user", "add", "sun", "--role", "worker", "--place", "x"), "There is no place with the code “x”.\n"),
        (("user", "password", "nobody"), "There is no user “nobody”. See: doorstep user list\n"),
        (("device", "add", "nobody"), "There is no user “nobody”. See: doorstep user list\n"),
        (("device", "add", "manager"), "manager does not fill in forms (manager), so a phone would be of no use.\n"),
        (("device", "revoke", "99"), "There is no phone with number 99. See: doorstep device list\n"),
        (("pack", "on", "nothing", "--place", "c1"), "nothing is not installed. See: doorstep pack list\n"),
        (("pack", "on", "maternal", "--place", "x"), "There is no place with the code “x”.\n"),
        (("pack", "publish", "no-such.md", "--owner", "worker"),
         "no-such.md: This file cannot be opened. Check that it is there and that you may read it.\n"),
        (("pack", "check", "no-such"), "There is no file or folder no-such.\n"),
        (("due", "--on", "yesterday"), "“yesterday” is not a day. Write it as 2026-03-01.\n"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_in_a_sentence(run: Run, township: Township, words: tuple[str, ...], told: str) -> None:
    before = db.current().rows("SELECT * FROM account ORDER BY id")
    assert run(*words, code=1) == told
    assert db.current().rows("SELECT * FROM account ORDER BY id") == before


def test_a_wrong_use_gives_code_2(run: Run) -> None:
    run("nosuch", code=2)
    run("serve", "--port", "many", code=2)


def test_a_phone_from_its_first_day_to_its_last(run: Run, township: Township) -> None:
    from doorstep.access import queries as access

    told = json.loads(
        run("device", "add", "worker", "--label", "red phone", "--address", "https://clinic.example/", "--json")
    )
    base, _, token = told["url"].rpartition("/")
    assert base == "https://clinic.example/odk"
    assert collect_settings(told["collect"]) == {
        "general": {"server_url": told["url"], "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"},
        "admin": {},
        "project": {"name": "worker"},
    }
    device = access.device(token)
    assert device is not None and (device.id, device.user_id) == (told["id"], township.users["worker"])
    (listed,) = json.loads(run("device", "list", "--json"))
    assert listed == {"id": told["id"], "worker": "worker", "label": "red phone", "added": str(days.today()),
                      "last_contact": None, "usable": True, "collect_until": str(days.today() + timedelta(30))}  # fmt: skip
    db.current().run("UPDATE device SET expires_on = ?, collect_until = ?", [days.today()] * 2)
    run("device", "renew", str(told["id"]))
    assert [one["collect_until"] for one in json.loads(run("device", "list", "--json"))] == [
        str(days.today() + timedelta(30))
    ]
    run("device", "renew", "99", code=1)
    run("device", "revoke", str(told["id"]))
    assert access.device(token) is None
    run("device", "renew", str(told["id"]), code=1)
    assert [one["usable"] for one in json.loads(run("device", "list", "--json"))] == [False]


def collect_settings(code: str) -> object:
    """What ODK Collect reads from the code."""
    import base64
    import zlib

    return json.loads(zlib.decompress(base64.b64decode(code)))


def test_the_phones_address_and_code_for_people(run: Run, township: Township) -> None:
    lines = run("device", "add", "worker").splitlines()
    assert lines[0] == "Address of the phone of worker (shown only now):"
    assert lines[1].startswith("http://127.0.0.1:8000/odk/")
    assert lines[2] == "In ODK Collect: add a project, scan this code."
    assert set("".join(lines[3:])) >= {"█", "▀", "▄", " "}


def test_a_bare_form_is_published_for_one_person(run: Run, township: Township) -> None:
    form = str(FORMS / "well.md")
    assert json.loads(run("pack", "publish", form, "--owner", "worker", "--json")) == {
        "form": "well",
        "version": "1",
        "new": True,
    }
    assert run("pack", "publish", form, "--owner", "worker") == "well, version 1, was there already.\n"
    told = run("pack", "publish", form, "--owner", "neighbour", code=1)
    assert told == (
        "The form id “well” is taken. Each form id stands for one form only."
        " Write another one in the sheet settings, column form_id.\n"
    )


def test_other_content_under_the_same_version_is_refused(run: Run, township: Township, tmp_path: Path) -> None:
    run("pack", "publish", str(FORMS / "well.md"), "--owner", "worker")
    changed = tmp_path / "well.md"
    changed.write_text((FORMS / "well.md").read_text().replace("How deep", "How deep is it"))
    told = run("pack", "publish", str(changed), "--owner", "worker", code=1)
    assert told == (
        "Version “1” of the form “well” is published already, with other content. What was filled on a version must"
        " stay readable as it was asked. Write another version in the sheet settings, column version.\n"
    )


def test_a_form_that_cannot_be_read_names_its_row(run: Run, township: Township, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.md"
    wrong.write_text("| survey | | | |\n| | type | name | label |\n| | nonsense | a | A |\n")
    problem = (
        "wrong.md[survey]:3: “nonsense” is not a type of question."
        " Use for example: text, integer, decimal, date, note, select_one LIST.\n"
    )
    assert run("pack", "check", str(wrong), code=1) == problem + "1 errors, 0 warnings.\n"
    assert run("pack", "publish", str(wrong), "--owner", "worker", code=1) == problem


def test_programmes_switched_off_and_on_again(run: Run, township: Township) -> None:
    on = {one["pack"]: one["on_at"] for one in json.loads(run("pack", "list", "--json"))}
    assert on == {"register": ["c1"], "maternal": ["c1"], "hypertension": ["c1"]}
    person = township.person()
    township.pregnancy(person, days.today() - timedelta(weeks=12))
    listed = json.loads(run("due", "--json"))
    assert {row["person_id"] for row in listed} == {person}
    assert run("pack", "off", "maternal", "--place", "c1-t1") == "maternal is off at c1-t1.\n"
    assert json.loads(run("due", "--json")) == []
    assert run("due") == "No planned visits.\n"
    run("pack", "on", "maternal", "--place", "c1-t1")
    assert json.loads(run("due", "--json")) == listed


def test_a_schedule_that_is_not_there(run: Run, township: Township) -> None:
    told = run("pack", "on", "maternal", "--place", "c1", "--schedule", "none", code=1)
    assert told == "maternal has no schedule “none”. Choose one of: nbphs_2017, who_2016, who_2022.\n"


def test_due_visits_by_place_and_day_and_never_a_name(run: Run, township: Township) -> None:
    east, west = (
        township.person("王秀英"),
        township.person("李桂兰", who="neighbour", home=township.household("neighbour", "c1-t1-v2")),
    )
    lmp = date(2025, 3, 3)
    for person, who in ((east, "worker"), (west, "neighbour")):
        township.pregnancy(person, lmp, who=who)
    said = run("due", "--on", "2025-06-01", "--place", "c1-t1-v1", "--json")
    rows = json.loads(said)
    assert {row["person_id"] for row in rows} == {east}
    assert "王秀英" not in said
    by_contact = {row["contact"]: row for row in rows}
    assert by_contact["anc_1"]["state"] == "overdue"
    later = {
        row["contact"]: row["state"]
        for row in json.loads(run("due", "--on", "2026-06-01", "--place", "c1-t1-v1", "--json"))
    }
    assert later["anc_1"] == "missed"
    assert {row["person_id"] for row in json.loads(run("due", "--on", "2025-06-01", "--json"))} == {east, west}


def test_verify_finds_what_was_tampered_with(run: Run, township: Township) -> None:
    township.person()
    assert json.loads(run("verify", "--json")) == []
    db.current().run("UPDATE person SET name = 'someone else'")
    assert [(d["table"], d["kind"]) for d in json.loads(run("verify", "--json", code=1).split("\n")[0])] == [
        ("person", "altered")
    ]
    run("rebuild")
    assert run("verify") == "0 differences.\n"


def test_the_charter_is_proved_on_this_release(run: Run, township: Township) -> None:
    told = json.loads(run("charter", "verify", "--json"))
    assert told["problems"] == []
    assert told["demonstration_only"] is True
    assert len(told["enforced"]) + len(told["not_enforced"]) == 21


def test_a_new_programme_passes_its_own_check(run: Run, tmp_path: Path) -> None:
    run("pack", "new", "foot_care", "--folder", str(tmp_path))
    folder = str(tmp_path / "foot_care")
    assert [p["severity"] for p in json.loads(run("pack", "check", folder, "--json")) if p["severity"] == "error"] == []
    results = json.loads(run("pack", "test", folder, "--json"))
    assert results and all(one["passed"] for one in results)


def test_a_story_that_fails_is_told(run: Run, tmp_path: Path) -> None:
    run("pack", "new", "foot_care", "--folder", str(tmp_path))
    (story,) = (tmp_path / "foot_care" / "cases").iterdir()
    story.write_text(story.read_text().replace("from 2026-03-30", "from 2026-03-31"))
    (told,) = json.loads(run("pack", "test", str(tmp_path / "foot_care"), "--json", code=1))
    assert (told["passed"], [p["code"] for p in told["problems"]]) == (False, ["packs.case_fails"])
    assert run("pack", "test", str(tmp_path / "foot_care"), code=1).splitlines()[-1] == "0 of 1 stories hold."


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        (["serve", "--store", "here"], ["--store", "here", "serve"]),
        (["--store", "here", "serve"], ["--store", "here", "serve"]),
        (["due", "--store=here", "--json", "--language", "zh"], ["--store", "here", "--language", "zh", "due", "--json"]),
        (["user", "add", "--", "--store"], ["user", "add", "--", "--store"]),
        (["serve", "--store"], ["serve", "--store"]),
    ],
)  # fmt: skip
def test_the_store_may_be_named_anywhere(typed: list[str], first: list[str]) -> None:
    assert command.with_anywhere_first(typed) == first


@pytest.mark.parametrize(
    ("typed", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh_Hans"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB"}, "en"),
        (["--language", "zh"], {"LANG": "en_GB"}, "zh_Hans"),
        (["--language", "en"], {"LANG": "zh_CN"}, "en"),
    ],
)
def test_the_language_of_the_terminal(
    typed: list[str], environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert command.language_of(typed) == language


def test_planned_visits_as_known_then(run: Run, township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-06-01")
    person = township.person(on=date(2026, 1, 6))
    township.pregnancy(person, date(2026, 1, 5), on=date(2026, 3, 2))
    asked = ("due", "--on", "2026-04-01", "--place", "c1-t1-v1", "--json", "--as-of")
    known = read(run(*asked, "2026-03-02"))
    assert known and known == read(run("due", "--on", "2026-04-01", "--place", "c1-t1-v1", "--json"))
    assert read(run(*asked, "2026-03-01")) == []
    assert "2026-01-06" in run("due", "--as-of", "2026-01-05", code=1)
    assert "is not a day" in run("due", "--as-of", "soon", code=1)


def test_a_report_as_handed_in_and_why_it_differs(
    run: Run, township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-11-20")
    home = township.household(on=date(2025, 6, 1))
    births(township, 12, home)
    asked = ("maternal_quarter", "--period", "2026-Q2", "--place", "c1-t1")
    assert "never handed in" in run("report", "diff", *asked, code=1)
    hand_in(township)
    forge("report_copy", "UPDATE report_copy SET at = ?", [moment.parse("2026-11-10T09:30").at])
    before = read(run("report", *asked, "--json"))
    births(township, 20, home)
    assert read(run("report", *asked, "--as-of", "2026-11-10", "--json")) == before
    assert read(run("report", *asked, "--json")) != before
    assert "2026-11-10" in run("report", *asked, "--as-of", "2026-11-11", code=1)
    rows = read(run("report", "diff", *asked, "--against", "1", "--json"))
    early = next(r for r in rows if r["indicator"] == "early_registration_rate" and r["part"] == "denominator")  # type: ignore[attr-defined]
    assert {k: early[k] for k in ("corrections", "moves", "versions", "late")} == {
        "corrections": None, "moves": None, "versions": None, "late": "20"}  # fmt: skip
    assert "copy 1, handed in on 2026-11-10" in run("report", "diff", *asked)
    assert "1 (2026-11-10)" in run("report", "diff", *asked, "--against", "7", code=1)
