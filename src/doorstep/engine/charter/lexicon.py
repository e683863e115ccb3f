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
    "專兩舉義爭産產親個衆眾優會傷偵僱兒養內況準劃別則製辦務動勢單協參雙發變葉號後員處備複復夥獎婦媽孫學實審寫對導將屆層屬師幫幹應庫廟廣開異張強彈徵懲願戶執擇擔據掛撫擴報拋護換損搖攝敵數斷時曉術條來東標樣檢"
    "權歡殘殺決沒滅潔測濟滿漢災無爲為燈熱狀獨獲獻環現當療監盤蓋確禮種稱積穩窮競筆籤簽節範築糧純納紅級紙細終組結絕統經綠維網綜績繳繼續羅罰聯職聽腦膚臺臨與興舊藥蘋蘿補裝見規視觀觸計訂記訪設許訴診證評試詢該語"
    "請調諮識譯議讓責貧貨貼費資賞賠質贈趨跡蹤軟較輔輸轉農過達違進運連遠適選遷還邊郵醫釋針鐵鑑鑒長門閉間關隊階際險隨隱難電靜響頁項順須預領頭題額類顧顯風飛餘館驗驚體麗黃點齡嬰孃婁妳佈係總紀墮墻牆榮纖徹蔔蔭臟"
    "臍陰陽頸啟聲衛卻懷戀慣態慮錄錯鎮鄉縣區國戰壓",
    "专两举义争产产亲个众众优会伤侦雇儿养内况准划别则制办务动势单协参双发变叶号后员处备复复伙奖妇妈孙学实审写对导将届层属师帮干应库庙广开异张强弹征惩愿户执择担据挂抚扩报抛护换损摇摄敌数断时晓术条来东标样检"
    "权欢残杀决没灭洁测济满汉灾无为为灯热状独获献环现当疗监盘盖确礼种称积稳穷竞笔签签节范筑粮纯纳红级纸细终组结绝统经绿维网综绩缴继续罗罚联职听脑肤台临与兴旧药苹萝补装见规视观触计订记访设许诉诊证评试询该语"
    "请调咨识译议让责贫货贴费资赏赔质赠趋迹踪软较辅输转农过达违进运连远适选迁还边邮医释针铁鉴鉴长门闭间关队阶际险随隐难电静响页项顺须预领头题额类顾显风飞余馆验惊体丽黄点龄婴娘娄你布系总纪堕墙墙荣纤彻卜荫脏"
    "脐阴阳颈启声卫却怀恋惯态虑录错镇乡县区国战压",
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


@cache
def policing_meanings() -> tuple[Meaning, ...]:
    """Those refused wherever they stand."""
    return tuple(m for m in meanings().values() if m.policing)


@lru_cache(maxsize=8192)
def policing_in(text: str, means: str = "") -> tuple[tuple[Meaning, str], ...]:
    """Every policing meaning of ``text`` with the words that carry it. Packs are checked again and again: kept."""
    found = ((meaning, meaning.found_in(text, means)) for meaning in policing_meanings())
    return tuple((meaning, words) for meaning, words in found if words)


def said_in(meaning_id: str, texts: Iterable[str]) -> str:
    """The first words in ``texts`` that carry the meaning, '' when none do."""
    return next(filter(None, (_found(meaning_id, text) for text in texts)), "")


@lru_cache(maxsize=131072)
def _found(meaning_id: str, text: str) -> str:
    """The same words are asked about many times over: of each visit, service and form they stand on."""
    return meanings()[meaning_id].found_in(text)


def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
