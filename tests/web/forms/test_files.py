"""The files a form asks for: given by its owner, served to the page and to the owner's phone, to nobody else."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from doorstep.access import actions as access
from doorstep.forms import media
from doorstep.forms.queries import library
from tests.cast import Township
from tests.web.forms.conftest import EVERYBODY_ELSE, config_of, upload
from tests.web.worker.conftest import Reader

FORM = """
| survey   |                                      |       |          |
|          | type                                 | name  | label    |
|          | select_one_from_file colours.csv     | colour | Colour? |
|          | select_one_from_file place.csv       | place  | Where?  |
|          | select_one_from_file household.csv   | home   | Who?    |
| settings |                                      |       |          |
|          | form_title                           | form_id | version |
|          | Colours                              | colours | {version} |
"""
COLOURS = b"name,label\nred,Red\n"


def given(client: Client, *files: tuple[str, bytes]) -> str:
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post("/forms/files/colours", {"files": sent}, follow=True).content.decode()


@pytest.fixture
def owner(as_: Reader, township: Township) -> Client:
    client = as_("worker")
    assert upload(client, FORM.format(version="1").encode(), "colours.md").status_code == 302
    return client


def test_what_is_missing_is_said_until_it_is_given(owner: Client) -> None:
    before = owner.get("/forms/of/colours").content.decode()
    assert "Files the form asks for are not here" in before
    assert re.findall(r"<p>(\S+)</p><p>Until", before) == [
        "colours.csv"
    ]  # lists of our own are never given by an owner
    after = given(owner, ("colours.csv", COLOURS))
    assert "Files the form asks for are not here" not in after
    assert "Here now: colours.csv" in after


def test_the_page_gets_it_and_the_lists_of_ones_own_places_but_no_families(owner: Client) -> None:
    given(owner, ("colours.csv", COLOURS))
    lists = config_of(owner.get("/forms/fill/colours").content)["attachments"]
    assert set(lists) == {"colours.csv", "place.csv"}
    assert lists["place.csv"].splitlines()[1].split(",")[:2] == ["c1-t1-v1", "East Slope"]
    answer = owner.get(lists["colours.csv"])
    assert (answer.content, answer.headers["Content-Type"]) == (COLOURS, "text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"] == "attachment"


@pytest.mark.parametrize("name", ["others.csv", "household.csv", "../colours.csv"])
def test_only_files_it_asks_for_are_taken(owner: Client, name: str) -> None:
    said = given(owner, (name, COLOURS))
    assert "The form asks for no file named" in said or name.startswith("..")  # a path is cut to its last part
    assert set(media.given(library().current["colours"])) <= {"colours.csv"}


def test_a_new_version_keeps_them(owner: Client) -> None:
    given(owner, ("colours.csv", COLOURS))
    assert upload(owner, FORM.format(version="2").encode(), "colours.md").status_code == 302
    now = library().current["colours"]
    assert (now.version, media.content(now, "colours.csv")) == ("2", COLOURS)


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
def test_nobody_else_gets_them(owner: Client, as_: Reader, who: str) -> None:
    given(owner, ("colours.csv", COLOURS))
    assert as_(who).get("/forms/file/colours?version=1&name=colours.csv").status_code == 404


def test_the_owners_phone_gets_them_by_the_manifest(owner: Client, township: Township) -> None:
    given(owner, ("colours.csv", COLOURS))
    phone, stranger = (access.add_collect_device(township.users[who], "phone") for who in ("worker", "neighbour"))
    client = Client(headers={"x-openrosa-version": "1.0", "accept-language": "en"})
    manifest = client.get(f"/odk/{phone}/forms/colours/manifest").content.decode()
    files = re.findall(r"<filename>(.*?)</filename><hash>md5:(.*?)</hash><downloadUrl>(.*?)</downloadUrl>", manifest)
    assert [name for name, _, _ in files] == ["colours.csv", "place.csv", "household.csv"]
    _, md5, url = files[0]
    answer = client.get(url.replace("&amp;", "&"))
    assert (answer.content, md5) == (COLOURS, hashlib.md5(COLOURS, usedforsecurity=False).hexdigest())
    assert client.get(url.replace("&amp;", "&").replace(phone, stranger)).status_code == 404
