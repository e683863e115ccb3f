"""The charter's lexicon: what a text means, in Chinese and English, however it is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from doorstep.engine.model.spec import Text

FILE = Path(__file__).with_name("lexicon.yaml")

_SIMPLIFIED = str.maketrans(
    "準計劃罰會撫養費環檢證舉報動別單絕產終婦雙純戶強額務標違規無線兒鑒鑑選擇監視許審繳結應補數臺團孫係總達評績點對獎懲責黃紅燈婚證開貼佈",
    "准计划罚会抚养费环检证举报动别单绝产终妇双纯户强额务标违规无线儿鉴鉴选择监视许审缴结应补数台团孙系总达评绩点对奖惩责黄红灯婚证开贴布",
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MARKS = re.compile(r"[\W_]+")
_HAN = r"[\u3400-\u9fff]"
_BLANK_BY_HAN = re.compile(rf"(?<={_HAN}) | (?={_HAN})")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of the lexicon."""

    id: str
    clause: str
    meaning: Text
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    stated: re.Pattern[str] | None
    means_as: str
    policing: bool

    def found_in(self, text: str, means: str = "") -> str:
        """The words of ``text`` that carry this meaning, '' when none do.

        ``means`` is the stated meaning of the question or column, which lets an everyday word pass.
        """
        said = plain(text)
        if self.stated and (means == self.means_as or self.stated.search(said)):
            return ""
        everyday = [m.span() for m in self.unless.finditer(said)] if self.unless else []
        for match in self.words.finditer(said):
            if not any(start <= match.start() and match.end() <= end for start, end in everyday):
                return match.group(0)
        return ""


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """``text`` as the lexicon's patterns see it: one script, lower case, no marks, no hidden characters."""
    said = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    said = _HUMP.sub(" ", said).translate(_SIMPLIFIED).lower()
    return _BLANK_BY_HAN.sub("", _MARKS.sub(" ", said)).strip()


@cache
def meanings() -> Mapping[str, Meaning]:
    """Every meaning of the lexicon, by id."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        key: Meaning(
            id=key,
            clause=block["clause"],
            meaning=block["meaning"],
            words=_either(block["words"]),
            unless=_either(block["unless"]) if "unless" in block else None,
            stated=_either(block["stated"]) if "stated" in block else None,
            means_as=block.get("means_as", ""),
            policing=block.get("policing", False),
        )
        for key, block in raw.items()
    }


def policing_meanings() -> tuple[Meaning, ...]:
    """Those refused wherever they stand."""
    return tuple(m for m in meanings().values() if m.policing)


def said_in(meaning_id: str, texts: Iterable[str]) -> str:
    """The first words in ``texts`` that carry the meaning, '' when none do."""
    meaning = meanings()[meaning_id]
    return next(filter(None, (meaning.found_in(text) for text in texts)), "")


def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
