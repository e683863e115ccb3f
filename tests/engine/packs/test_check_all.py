"""Many packs checked side by side have the problems each has by itself."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

from tests.engine.packs.test_check import needs_java

from doorstep.engine.packs import check, check_all, new


@needs_java
def test_each_has_its_own_problems(tmp_path: Path) -> None:
    sound = new(tmp_path, "sound")
    unruly = Path(copytree(sound, tmp_path / "x" / "sound"))
    plan = unruly / "schedules/plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("add_weeks", "add_wek"), encoding="utf-8")
    broken = Path(copytree(sound, tmp_path / "y" / "sound"))
    form = broken / "forms/help_visit.md"
    form.write_text(form.read_text(encoding="utf-8").replace(". <= today()", "if(. > today(), 1"), encoding="utf-8")
    nothing = tmp_path / "nothing"
    together = check_all([sound, unruly, broken, nothing])
    assert together == [check(path) for path in (sound, unruly, broken, nothing)]
    assert [bool(problems) for problems in together] == [False, True, True, True]
