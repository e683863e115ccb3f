"""C10 by meaning: two corpora, and every way of writing the same thing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from doorstep.engine.charter import Refused, policing_columns
from doorstep.engine.charter.lexicon import FILE, meanings, plain, policing_meanings

CORPORA = Path(__file__).with_name("corpora")
POLICING = (CORPORA / "policing.txt").read_text(encoding="utf-8").splitlines()
HONEST = (CORPORA / "honest.txt").read_text(encoding="utf-8").splitlines()


def test_every_policing_header_is_refused_and_no_honest_one() -> None:
    assert [h for h in POLICING if not policing_columns([h])] == []
    assert policing_columns(HONEST) == []


def test_refused_columns_come_back_in_order_with_clause_and_meaning() -> None:
    assert policing_columns(["姓名", "准生证", "phone", "ring check", "应扎未扎", "双女户"]) == [
        Refused("准生证", "C10", {"en": "a permit to give birth", "zh": "生育许可"}),
        Refused("ring check", "C10", {"en": "checking that a woman still has an IUD", "zh": "查环"}),
        Refused("应扎未扎", "C7", {"en": "a procedure a woman is made to have", "zh": "强迫做手术"}),
        Refused(
            "双女户",
            "C9",
            {"en": "families sorted by number or sex of their children", "zh": "按子女数量或性别区分家庭"},
        ),
    ]


def test_an_everyday_word_passes_only_when_its_own_meaning_is_stated() -> None:
    assert [r.column for r in policing_columns(["孕检", "pregnancy check"])] == ["孕检", "pregnancy check"]
    assert (
        policing_columns(["孕检", "pregnancy check"], {"孕检": "antenatal_check", "pregnancy check": "antenatal_check"})
        == []
    )
    assert [r.column for r in policing_columns(["孕检"], {"孕检": "other"})] == ["孕检"]
    assert [r.column for r in policing_columns(["查孕", "准生证", "季度孕检"], dict.fromkeys(("查孕", "准生证", "季度孕检"), "antenatal_check"))] == [
        "查孕", "准生证", "季度孕检",
    ]  # fmt: skip


def test_every_meaning_has_a_header_it_alone_explains() -> None:
    """Without this meaning at least one line of the corpus would pass: no pattern stands for show."""
    alone = {
        meaning.id: [h for h in POLICING if {m.id for m in policing_meanings() if m.found_in(h)} == {meaning.id}]
        for meaning in policing_meanings()
    }
    assert [meaning for meaning, lines in alone.items() if not lines] == []


def test_no_pattern_stands_for_show() -> None:
    """Each line of a policing meaning finds something in the one corpus, each exception saves something of the other."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    refused, spared = [plain(h) for h in POLICING], [plain(h) for h in HONEST]
    idle = []
    for name, block in raw.items():
        if block.get("policing"):
            idle += [(name, p) for p in block["words"] if not any(re.search(p, h) for h in refused)]
            either = re.compile("|".join(f"(?:{p})" for p in block["words"]))
            saved = [h for h in spared if either.search(h)]
            idle += [
                (name, p)
                for p in (*block.get("unless", ()), *block.get("stated", ()))
                if not any(re.search(p, h) for h in saved)
            ]
    assert idle == []


def test_every_meaning_is_said_in_both_languages() -> None:
    assert [m.id for m in meanings().values() if set(m.meaning) != {"en", "zh"} or not all(m.meaning.values())] == []


CHINESE = [h for h in POLICING if all("\u3400" <= c <= "\u9fff" for c in h)]
ENGLISH = [h for h in POLICING if h.isascii() and " " in h and h == h.lower()]


@given(
    st.sampled_from(CHINESE),
    st.lists(st.sampled_from(["", "", " ", "·", "-", "\u200b", "　", "_", "/"]), min_size=20, max_size=20),
)
def test_marks_between_characters_hide_nothing(header: str, marks: list[str]) -> None:
    written = "".join(c + mark for c, mark in zip(header, marks, strict=False))
    assert [r.column for r in policing_columns([written])] == [written]


@pytest.mark.parametrize("write", [str.upper, str.title, lambda h: h.replace(" ", "_"), lambda h: h.replace(" ", "-"),
                                   lambda h: "".join(w.capitalize() for w in h.split()), lambda h: h.replace(" ", "\u00a0"),
                                   lambda h: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in h)])  # fmt: skip
def test_spelling_styles_hide_nothing(write: object) -> None:
    written = [write(h) for h in ENGLISH if "-" not in h and "." not in h]  # type: ignore[operator]
    assert [h for h in written if not policing_columns([h])] == []
    assert len(written) > 60


@given(st.text())
def test_the_plain_form_is_stable(text: str) -> None:
    assert plain(plain(text)) == plain(text)
