"""Two named people accept a looser tag in a pack of somebody's own, for one wording, and can take it back."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from doorstep.access import actions as access
from doorstep.access import queries as staff
from doorstep.engine.model.pack import Pack
from doorstep.engine.packs import load
from doorstep.forms import queries as forms
from doorstep.intake import rebuild
from doorstep.lib.problems import Problems
from doorstep.programmes import actions as programmes
from doorstep.programmes import library, tags
from doorstep.programmes.standing import report
from doorstep.site import command, commands
from tests.cast import PASSWORD, Township, shipped

FORM = "feet_visit"
ONE = "feet/visit"
_FORM = """\
| survey | | | | | | | |
| | type | name | label::English (en) | label::中文 (zh) | required | relevant | bind::doorstep:tag |
| | select_one_from_file person.csv | person | Who | 是谁 | yes | | identity |
| | date | on | Day | 日期 | yes | | service |
| | integer | sores | Sores seen | 有几处破损 | yes | | sensitive.health |

| settings | | | | | |
| | form_title | form_id | version | default_language | namespaces |
| | 足部护理 · Foot care | feet_visit | {version} | 中文 (zh) | doorstep="https://doorstep.example/ns" |
"""
_PACK = """\
id: feet
version: {version}
titles: {{en: Foot care, zh: 足部护理}}
services:
  feet: {{title: {{en: Foot care, zh: 足部护理}}, care: ""}}
forms:
  feet_visit: {{title: {{en: Foot care, zh: 足部护理}}, subject: person, who: person, occurred_on: "on", service: feet}}
"""


def folder(tmp_path: Path, version: str = "1", label: str = "Sores seen") -> Path:
    """A pack of one form."""
    made = tmp_path / version / "feet"
    (made / "forms").mkdir(parents=True)
    (made / "pack.yaml").write_text(_PACK.format(version=version), encoding="utf-8")
    text = _FORM.format(version=version).replace("Sores seen", label)
    (made / "forms" / "feet_visit.md").write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def pack(township: Township, tmp_path: Path) -> Pack:
    for name, role in (("reviewer", "reviewer"), ("namesake", "reviewer")):
        shown = "Prof. Wang" if name == "reviewer" else "installer"
        township.users[name] = access.add_user(name, shown, role, PASSWORD)
    return programmes.install(folder(tmp_path), by=0)


def keys(pack: Pack) -> list[tags.Key]:
    return [one.key for one in tags.asked(pack)]


def vouch(township: Township, pack: Pack, who: str, *, is_on: bool = True) -> bool:
    """As the screen does. Gives whether a form counts otherwise than before."""
    tags.vouch(staff.actor(township.users[who]), keys(pack), is_on=is_on)
    return programmes.retag(pack)


def tag_now() -> str:
    return str(forms.library().current[FORM].use["tag"])


def test_a_tag_counts_when_both_said_so_and_not_before(township: Township, pack: Pack) -> None:
    assert [key[2] for key in keys(pack)] == ["person", "on", "sores"]
    assert tag_now() == "choice"
    assert not vouch(township, pack, "installer")
    assert (tags.acceptances(), tag_now()) == ((), "choice")
    assert vouch(township, pack, "reviewer")
    assert tag_now() == "sensitive.health"
    assert {(a.question, a.tag, a.accepted_by, a.reviewed_by) for a in tags.acceptances()} == {
        ("person", "identity", "installer", "Prof. Wang"),
        ("on", "service", "installer", "Prof. Wang"),
        ("sores", "sensitive.health", "installer", "Prof. Wang"),
    }


def test_the_order_of_the_two_does_not_matter(township: Township, pack: Pack) -> None:
    vouch(township, pack, "reviewer")
    assert tag_now() == "choice"
    vouch(township, pack, "installer")
    assert tag_now() == "sensitive.health"


@pytest.mark.parametrize("who", ["worker", "clinician", "supervisor", "manager"])
def test_nobody_else_can_vouch(township: Township, pack: Pack, who: str) -> None:
    with pytest.raises(PermissionError):
        vouch(township, pack, who)


def test_one_person_is_not_two(township: Township, pack: Pack) -> None:
    """Somebody whose role was changed in between has one word still; neither do two of one name count."""
    vouch(township, pack, "installer")
    access.set_role(township.users["installer"], "reviewer")
    vouch(township, pack, "installer")
    assert tags.acceptances() == ()
    vouch(township, pack, "namesake")
    assert tags.acceptances() == ()
    vouch(township, pack, "reviewer")
    assert len(tags.acceptances()) == 3


def test_a_word_taken_back_counts_no_more(township: Township, pack: Pack) -> None:
    vouch(township, pack, "installer")
    vouch(township, pack, "reviewer")
    assert vouch(township, pack, "installer", is_on=False)
    assert (tags.acceptances(), tag_now()) == ((), "choice")
    assert vouch(township, pack, "installer")
    assert tag_now() == "sensitive.health"


def test_a_change_of_wording_drops_it(township: Township, pack: Pack, tmp_path: Path) -> None:
    vouch(township, pack, "installer")
    vouch(township, pack, "reviewer")
    reworded = programmes.install(folder(tmp_path, "2", "Ring in place"), by=0)
    assert [one.key[2] for one in tags.asked(reworded) if not one.counts] == ["sores"]
    assert tag_now() == "choice"


def test_a_rebuild_leaves_what_was_decided(township: Township, pack: Pack) -> None:
    vouch(township, pack, "installer")
    vouch(township, pack, "reviewer")
    before = tags.acceptances()
    rebuild.rebuild()
    assert (tags.acceptances(), rebuild.verify()) == (before, [])


def test_a_pack_comes_in_once_both_have_read_its_folder(township: Township, pack: Pack, tmp_path: Path) -> None:
    """The shipped pack of blood pressure under another name: unread it may be about anything, and speaks of targets."""
    made = Path(shutil.copytree(shipped("hypertension"), tmp_path / "pressure"))
    _rename(made, "hypertension", "pressure")
    with pytest.raises(Problems) as raised:
        programmes.install(made, by=0)
    assert {p.code for p in raised.value.problems} == {"charter.target_words", "charter.target_number"}
    own = load(made)
    for who in ("installer", "reviewer"):
        tags.vouch(staff.actor(township.users[who]), keys(own))
    assert programmes.install(made, by=0).id == "pressure"


def _rename(made: Path, old: str, new: str) -> None:
    """The pack and its forms under other ids, so that none stands in the shipped dictionary."""
    forms = sorted(file.stem for file in (made / "forms").glob("*.md"))
    for file in made.rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8").replace(f"id: {old}\n", f"id: {new}\n")
            text = re.sub(rf"\b({'|'.join(forms)})\b", r"own_\1", text)
            file.unlink()
            name = f"own_{file.name}" if file.parent.name == "forms" else file.name
            file.with_name(name).write_text(text, encoding="utf-8")


# --- the screen -----------------------------------------------------------------------------------------------
def browser(township: Township, who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get(pk=township.users[who]))
    return client


def test_the_screen_takes_two_people_and_the_report_names_both(township: Township, pack: Pack) -> None:
    programmes.switch(township.places["county"], pack.id, pack.version, by=0)
    page = "/desk/packs/of/feet/tags"
    ticked = {"question": ["/".join(key[1:]) for key in keys(pack)], "say": "yes"}
    assert browser(township, "worker").get(page).status_code == 404
    assert browser(township, "supervisor").post("/desk/packs/of/feet/vouch", ticked).status_code == 404
    for who in ("installer", "reviewer"):
        assert "waits" in browser(township, who).get(page).content.decode()
        assert browser(township, who).post("/desk/packs/of/feet/vouch", ticked).status_code == 302
    said = browser(township, "supervisor").get(page).content.decode()
    assert "accepted by installer" in said and "reviewed by Prof. Wang" in said and "waits" not in said
    assert report().accepted_by_pack() == [("feet", 3, ["Prof. Wang", "installer"])]
    both = "3 questions count by looser tags accepted by Prof. Wang, installer."
    assert both in browser(township, "manager").get("/reports/maternal_quarter").content.decode()
    assert "feet: 3 (Prof. Wang, installer)" in browser(township, "worker").get("/about").content.decode()


def test_a_page_left_open_vouches_for_no_other_words(township: Township, pack: Pack, tmp_path: Path) -> None:
    old = {"question": ["/".join(key[1:]) for key in keys(pack)], "say": "yes"}
    reworded = programmes.install(folder(tmp_path, "2", "Ring in place"), by=0)
    browser(township, "installer").post("/desk/packs/of/feet/vouch", old)
    assert {one.key[2] for one in tags.asked(reworded) if one.words} == {"person", "on"}


# --- the command line -----------------------------------------------------------------------------------------
@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("LANGUAGE", "en")
    command.speak("en")

    def run_one(*words: str, password: str = "", code: int = 0) -> str:
        monkeypatch.setattr("typer.prompt", lambda *_, **__: password)
        assert commands.run(words) == code
        said = capsys.readouterr()
        return said.out + said.err

    return run_one


def test_the_command_asks_for_the_persons_own_password(run: Callable[..., str], pack: Pack) -> None:
    told = run("pack", "accept", "feet", "--by", "installer", password="wrong", code=1)
    assert told == "That is not the password of installer.\n"
    assert tags.asked(pack) and not any(one.words for one in tags.asked(pack))
    told = run("pack", "accept", "feet", "--by", "installer", password=PASSWORD)
    assert told == "3 written down. 0 of 3 count now.\n"
    told = run("pack", "accept", "feet", "--by", "reviewer", "--question", "feet_visit.sores", password=PASSWORD)
    assert told == "1 written down. 1 of 3 count now.\n"
    counting = [(r["question"], r["counts"]) for r in json.loads(run("pack", "tags", "feet", "--json"))]
    assert counting == [("feet_visit.person", False), ("feet_visit.on", False), ("feet_visit.sores", True)]
    assert "feet_visit sores = sensitive.health, by installer and Prof. Wang." in run("charter", "verify")
    assert run("pack", "accept", "feet", "--by", "manager", password=PASSWORD, code=1) == (
        "This is not part of the role of manager.\n"
    )


def test_shipped_packs_have_nothing_to_accept(township: Township) -> None:
    assert [one.key for pack in library.latest_packs() for one in tags.asked(pack)] == []
