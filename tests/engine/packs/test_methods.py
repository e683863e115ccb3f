"""Methods of a pack: what is shown and what can be chosen are the same, of one edition, and nothing undone is handed out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstep.engine.packs import load
from doorstep.lib.problems import Problems

SHIPPED = Path(__file__).resolve().parents[3] / "packs" / "contraception"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the shipped pack."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "contraception"))


def change(pack: Path, file: str, old: str, new: str) -> None:
    path = pack / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def drop_a_method(pack: Path) -> None:
    (pack / "methods" / "male_condom.yaml").unlink()


def add_a_method(pack: Path) -> None:
    shutil.copy(pack / "methods" / "male_condom.yaml", pack / "methods" / "diaphragm.yaml")


def mix_figures(pack: Path) -> None:
    change(pack, "methods/implant.yaml", "source: fp_handbook_2007", "source: fp_handbook_2022")


def second_table(pack: Path) -> None:
    shutil.copy(pack / "safety" / "who_mec_2015.yaml", pack / "safety" / "who_mec_2009.yaml")


def hand_out_the_operation(pack: Path) -> None:
    change(pack, "methods/vasectomy.yaml", "offered: referral", "offered: here")


def rank_a_method(pack: Path) -> None:
    change(pack, "methods/implant.yaml", "offered: referral", "offered: referral\nrank: 1")


def untold_risk(pack: Path) -> None:
    change(pack, "methods/implant.yaml", "risk:", "danger:")


def unknown_group(pack: Path) -> None:
    change(pack, "methods/implant.yaml", "safety: implant", "safety: rod")


def fifth_category(pack: Path) -> None:
    change(pack, "safety/who_mec_2015.yaml", "groups: {combined: 4", "groups: {combined: 5")


def unknown_question(pack: Path) -> None:
    change(pack, "pack.yaml", "again: come_again_on", "again: next_visit")


def unknown_leaflet(pack: Path) -> None:
    change(pack, "pack.yaml", "leaflet: [your_choice", "leaflet: [our_choice")


WRONG: dict[Callable[[Path], None], set[str]] = {
    drop_a_method: {"packs.method_one_sided"},
    add_a_method: {"packs.method_one_sided"},
    mix_figures: {"packs.editions_mixed"},
    second_table: {"packs.editions_mixed"},
    hand_out_the_operation: {"packs.irreversible_here"},
    rank_a_method: {"packs.key_unknown"},
    untold_risk: {"packs.key_missing", "packs.key_unknown"},
    unknown_group: {"packs.unknown_group"},
    fifth_category: {"packs.not_one_of"},
    unknown_question: {"packs.unknown_question"},
    unknown_leaflet: {"packs.unknown_word"},
}


@pytest.mark.parametrize("break_it", WRONG, ids=lambda one: one.__name__)
def test_what_is_wrong_with_methods_is_told(pack: Path, break_it: Callable[[Path], None]) -> None:
    break_it(pack)
    with pytest.raises(Problems) as told:
        load(pack)
    assert {problem.code for problem in told.value.problems} == WRONG[break_it]


def test_the_shipped_table_reads_as_it_is_printed(pack: Path) -> None:
    """WHO 2015, table 2.4, as read: a few rows of each kind."""
    loaded = load(pack)
    (table,) = loaded.safety.values()
    rows = {c.id: {g: (k.begin, k.begin_most, k.go_on) for g, k in c.groups.items()} for c in table.conditions}
    assert len(rows) == 22
    assert rows["breastfeeding_under_6_weeks"] == {
        "combined": (4, 4, 4), "monthly_injection": (4, 4, 4), "progestogen_pill": (2, 2, 2),
        "injection_dmpa": (3, 3, 3), "injection_net_en": (3, 3, 3), "implant": (2, 2, 2),
    }  # fmt: skip
    assert rows["cervix_infection"]["copper_iud"] == (4, 4, 2)
    assert rows["infection_risk"]["hormonal_iud"] == (2, 3, 2)
    assert (rows["efavirenz"]["injection_dmpa"], rows["efavirenz"]["injection_net_en"]) == ((1, 1, 1), (2, 2, 2))
    assert rows["birth_under_48_hours_breastfeeding"] == {"copper_iud": (1, 1, 1), "hormonal_iud": (2, 2, 2)}
    assert {m.id for m in loaded.methods.values() if m.irreversible} == {"female_sterilisation", "vasectomy"}
