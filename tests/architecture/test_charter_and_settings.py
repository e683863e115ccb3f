"""C20: no setting weakens the charter. C8: no programme brings an award. C21: roles are those of the closed list."""

from __future__ import annotations

import ast
import json
import random
import shutil
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests import commands
from tests.cast import shipped
from tests.shares import share

import doorstep
from doorstep.access.permissions import ROLES
from doorstep.engine.charter.shown import READERS
from doorstep.engine.packs import load
from doorstep.lib.problems import Problems
from doorstep.site.settings import SETTINGS

SOURCES = Path(doorstep.__file__).parent
CHECKER = [*SOURCES.glob("engine/charter/*.py"), *SOURCES.glob("engine/outputs/*.py")]
DOORS = [SOURCES / "programmes/standing.py", SOURCES / "programmes/tags.py", SOURCES / "access/showing.py",
         SOURCES / "access/permissions.py", SOURCES / "web/context.py"]  # fmt: skip
FROM_OUTSIDE = frozenset({"environ", "getenv", "environb", "setting", "settings", "argv"})
NAMES = ("DOORSTEP_CHARTER", "DOORSTEP_DEMONSTRATION", "DOORSTEP_DEBUG", "DEBUG", "DOORSTEP_ENFORCE", "PYTHONOPTIMIZE")


def names_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.name.rpartition(".")[2] for alias in node.names)


def test_a_setting_that_is_read_would_be_seen() -> None:
    assert FROM_OUTSIDE & set(names_in("import os\nif os.environ.get('X'): pass")) == {"environ"}
    assert FROM_OUTSIDE & set(names_in("from django.conf import settings")) == {"settings"}


@pytest.mark.parametrize("file", [*CHECKER, *DOORS], ids=lambda file: file.relative_to(SOURCES).as_posix())
def test_what_holds_the_charter_reads_no_setting(file: Path) -> None:
    assert FROM_OUTSIDE & set(names_in(file.read_text(encoding="utf-8"))) == set()


def settings_of(seed: int) -> dict[str, str]:
    """A random configuration: every setting there is, others that sound as if they could switch something off."""
    drawn = random.Random(seed)
    words = (
        "",
        "0",
        "no",
        "off",
        "false",
        "yes",
        "json",
        "Europe/Berlin",
        "".join(drawn.choices(string.printable, k=9)),
    )
    free = [name for name, _, _ in SETTINGS if name not in ("DOORSTEP_STORE", "DOORSTEP_DATABASE_URL")]
    chosen = {name: drawn.choice(words).replace("\0", "") for name in (*free, *NAMES) if drawn.random() < 0.7}
    chosen["DOORSTEP_TIME_ZONE"] = drawn.choice(("Asia/Shanghai", "UTC", "America/Lima"))
    for number in (name for name, default, _ in SETTINGS if default.isdigit()):
        chosen[number] = str(drawn.randint(1, 1000))
    chosen.pop("DOORSTEP_TODAY", None)
    return chosen


def stands(configuration: Mapping[str, str], folder: Path) -> dict[str, object]:
    """How the charter stands in a process of its own that was started with ``configuration``."""
    code = """
import json, os, sys
sys.argv = ["doorstep", "charter", "verify", "--json"]
from doorstep.site.store import set_up
set_up()
from django.conf import settings
from doorstep.access.showing import declared
from doorstep.engine import charter
from doorstep.engine.packs import load
from pathlib import Path
packs = [load(Path(one)) for one in json.loads(os.environ["PACKS_TO_READ"])]
told = charter.verify(declared().values(), packs).as_dict("en")
print(json.dumps({**told, "debug": settings.DEBUG, "guarded": "doorstep.web.middleware.DefaultDeny" in settings.MIDDLEWARE}))
"""
    packs = json.dumps([str(shipped("maternal"))])
    told = {**configuration, "DOORSTEP_STORE": str(folder), "PACKS_TO_READ": packs}
    done = commands.run([], commands.plain_environment(told), source=code)
    assert done.returncode == 0, (configuration, done.stderr)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.once
def test_random_settings_change_nothing_about_the_charter(tmp_path: Path) -> None:
    plain = stands({}, tmp_path)
    assert (plain["demonstration_only"], plain["debug"], plain["guarded"]) == (True, False, True)
    for seed in range(share(1, 60)):
        assert stands(settings_of(seed), tmp_path) == plain, settings_of(seed)


def test_a_programme_that_brings_an_award_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "maternal"
    shutil.copytree(shipped("maternal"), folder)
    (folder / "entitlements").mkdir()
    (folder / "entitlements" / "cash.yaml").write_text("amount: 500\nif: parity = 2\n", encoding="utf-8")
    with pytest.raises(Problems) as refused:
        load(folder)
    assert [(p.code, p.args["folder"]) for p in refused.value.problems] == [("packs.folder_unknown", "entitlements")]


def test_every_role_is_of_the_closed_list() -> None:
    assert set(ROLES) - READERS == set()
