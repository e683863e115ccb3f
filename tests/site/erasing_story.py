"""A store of its own, in a process of its own: people full of unique marks, in every drawer a person can lie in.

``python -m tests.site.erasing_story make FOLDER`` makes the store and prints who is who as JSON.
``python -m tests.site.erasing_story run FOLDER COMMANDS`` runs commands (a JSON list of lists of words) on it, one after
another in one process, and prints the exit code of each with what it said, as JSON.
"""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path

NAME, PHONE, ADDRESS = "canaryname欧阳", "13977770001", "canaryaddress"
WORDS, PHOTO, FILE, WAITING, TABLE, ID_NUMBER = (
    "canarywords", b"canaryphotobytes", "canaryfile.jpg", "canarywaiting", "canarytable", "11010519491231002X",
)  # fmt: skip
MARKS = [mark.encode() for mark in (NAME, PHONE, ADDRESS, WORDS, FILE, WAITING, TABLE, ID_NUMBER)] + [PHOTO]
ON = date(2026, 3, 2)
FORM = f"""| survey | | | | | |
| | type | name | label | constraint | bind::doorstep:tag |
| | select_one_from_file person.csv | person | Who | | identity |
| | text | card | Number of the card | regex(., '^[0-9X]{{18}}$') | identity |
| | text | remark | Remark | string-length(.) <= 100 | identity |
| | image | photo | Photo | | identity |

| settings | | | |
| | form_id | version | namespaces |
| | {WORDS[:6]}card | 1 | doorstep="https://doorstep.example/ns" |
"""


def run_all(commands: list[list[str]]) -> list[tuple[int, str]]:
    from doorstep.site import command
    from doorstep.site.commands import run

    command.speak(command.ENGLISH)
    done = []
    for words in commands:
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            code = run(words)
        done.append((code, out.getvalue()))
    return done


def make(folder: Path) -> None:
    from doorstep.site import store

    store.make()
    from doorstep.access import actions as access
    from doorstep.lib import db
    from doorstep.places import actions as places
    from doorstep.programmes import actions as programmes
    from tests.cast import PASSWORD, Township, shipped

    cast = Township()
    with db.transaction():
        village = places.add("v", "village", {"zh": "村", "en": "Village"}, None)
        for who, role in (("worker", "worker"), ("supervisor", "supervisor")):
            cast.users[who] = access.add_user(who, who, role, PASSWORD)
            access.serve(cast.users[who], village, ON - timedelta(days=900))
        pack = programmes.install(shipped("register"), by=cast.users["supervisor"])
        programmes.switch(village, pack.id, pack.version, by=cast.users["supervisor"])
    (folder.parent / "card.md").write_text(FORM)
    sys.stdout.write(json.dumps(_people(cast, folder)))


def _people(cast, folder: Path) -> dict[str, object]:  # type: ignore[no-untyped-def]
    from django.core.files.uploadedfile import SimpleUploadedFile

    from doorstep.engine.xlsform import read
    from doorstep.forms import actions as forms
    from doorstep.forms import quarantine
    from doorstep.forms.quarantine import ToKeep
    from doorstep.intake import door
    from doorstep.intake.parse import SentFile
    from doorstep.lib import db
    from doorstep.lib.problems import Problem
    from doorstep.programmes import syncing
    from doorstep.web.desk import parcels
    from tests.cast import at_noon, fill

    home = cast.household(place="v", number="7", on=ON)
    told = {"household": home, "changed_on": ON, "what": "address", "address": ADDRESS}
    cast.write("worker", "household_change", told, on=ON, entity=home)
    her = cast.person(NAME, home=home, phone=PHONE, on=ON)
    others = [cast.person(f"某人{n}", home=cast.household(place="v", number=f"9{n}", on=ON), on=ON) for n in range(30)]
    spec = read(folder.parent / "card.md", check=False)
    forms.publish(spec, {"subject": "person", "who": "person", "tag": "identity"}, pack_id="register")
    answers = {"person": her, "card": ID_NUMBER, "remark": WORDS, "photo": FILE}
    filled = fill(spec, answers)
    door.accept(filled, cast.sender("worker"), attached=(SentFile(FILE, "image/jpeg", PHOTO),), received_at=at_noon(ON))
    waiting = f"<data><p>{her}</p><t>{WAITING}</t></data>".encode()
    with db.transaction():
        quarantine.keep(db.current(), [ToKeep(1, 1, "uuid:w", "00", waiting, Problem("intake.our_fault"))])
        db.current().run(
            "INSERT INTO import_run (at, user_id, file_name, summary) VALUES (?, 1, ?, '{}')",
            [at_noon(ON), f"{NAME} {FILE}.xlsx"],
        )
    parcels.keep(1, SimpleUploadedFile("people.csv", TABLE.encode()))
    cast.write("worker", "person_change", {"person": her, "changed_on": ON, "what": "phone", "phone": PHONE}, on=ON, entity=her)  # fmt: skip
    syncing.sync()
    return {"her": her, "others": others, "filled": filled.decode()}


if __name__ == "__main__":
    what, store_folder = sys.argv[1], Path(sys.argv[2])
    os.environ["DOORSTEP_STORE"] = str(store_folder)
    if what == "make":
        make(store_folder)
    else:
        said = run_all(json.loads(sys.argv[3]))
        sys.stdout.write("\n" + json.dumps(said))
