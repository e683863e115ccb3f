"""Writes docs/programmes from the shipped packs, one page each: `pack_pages.py` (`--check`: only compare)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from doorstep.engine.model.methods import Category
from doorstep.engine.model.pack import IndicatorDef, Measure, NumberDef, Pack
from doorstep.engine.model.planned import ContactDef, SeriesDef
from doorstep.engine.model.spec import Text
from doorstep.engine.packs import load

ROOT = Path(__file__).resolve().parent.parent
PACKS, PAGES = ROOT / "packs", ROOT / "docs/programmes"
STATUS = {
    "verified": "checked against the source · 已核对出处",
    "secondary": "from a text that quotes the source · 据转引",
    "local entry": "set by this programme or place · 本服务包或本地自定",
    "check locally": "not asserted: check at your place · 未核实，请问当地",
}
ASKED_OF_NOBODY = ("note", "calculate")


def main() -> int:
    packs = [load(folder) for folder in sorted(PACKS.iterdir()) if (folder / "pack.yaml").exists()]
    pages = {f"{pack.id}.md": page(pack) for pack in packs}
    pages["README.md"] = index(packs)
    had = {file.name: file.read_text(encoding="utf-8") for file in PAGES.glob("*.md")}
    if "--check" in sys.argv:
        stale = sorted(name for name in {*pages, *had} if pages.get(name) != had.get(name))
        if stale:
            print(f"Not as the packs are: {', '.join(stale)}. Run tools/pack_pages.py.")
        return int(bool(stale))
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in had.keys() - pages.keys():
        (PAGES / name).unlink()
    for name, text in pages.items():
        (PAGES / name).write_text(text, encoding="utf-8")
    print(f"{len(packs)} pages written to docs/programmes.")
    return 0


def index(packs: Iterable[Pack]) -> str:
    """The list of programmes."""
    rows = [f"| [{both(pack.titles)}]({pack.id}.md) | {both(pack.about)} |" for pack in packs]
    head = "# The programmes shipped · 自带的服务包\n\nMade from `packs/` by `tools/pack_pages.py`.\n\n"
    return f"{head}| | |\n|---|---|\n" + "\n".join(rows) + "\n"


def page(pack: Pack) -> str:
    """One programme in Markdown, both languages side by side; rules stand as they are written."""
    parts = [
        f"# {both(pack.titles)}",
        f"Made from `packs/{pack.id}` by `tools/pack_pages.py`; version {pack.version}.",
        "\n\n".join(one_line(pack.about[language]) for language in sorted(pack.about)),
        section("Services · 服务", (f"- {both(s.title)} (`{s.id}`)" for s in pack.services.values())),
        section("Forms · 表单", _forms(pack)),
        *(section(f"Planned visits · 规定随访: {both(pack.schedule_titles.get(id_, {}))}", _visits(pack, contacts))
          for id_, contacts in pack.schedules.items()),
        *(section(f"Doses · 剂次: {both(series.title)} (`{id_}`)", _doses(pack, series)) for id_, series in pack.series.items()),
        section("Advice · 提示", (f"- {a.level}: {both(pack.words.get(a.say, {}))}\n  when `{one_line(a.when.text)}` on `{a.form}`" for a in pack.advice)),
        section("For everybody to read · 给大家看的", (f"- {both(pack.words[word])}" for word in pack.leaflet)),
        section("Methods, in no order · 方法（不分先后）", _methods(pack)),
        section("Figures · 指标", (_figure(pack, i) for i in pack.indicators.values())),
        section("Numbers · 数字", _numbers(pack)),
        section("Sources · 出处", (
            f"- {both(s.title)}{f', {s.dated}' if s.dated else ''}: {STATUS[s.status]}" for s in pack.sources.values())),
        section("Stories it is tried by · 用来检查的例子", (f"- {both(case.sentence)}" for case in pack.cases)),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def section(title: str, lines: Iterable[str]) -> str:
    """A heading with its lines, or nothing when there are none."""
    kept = list(lines)
    return f"## {title}\n\n" + "\n".join(kept) if kept else ""


def both(words: Text) -> str:
    """Every language of a text, joined by a middle dot, in one order everywhere."""
    return " · ".join(one_line(words[language]) for language in sorted(words)).replace("|", "\\|")


def one_line(text: str) -> str:
    return " ".join(text.split())


def _forms(pack: Pack) -> Iterator[str]:
    for form_id, spec in pack.forms.items():
        use = pack.uses.get(form_id)
        yield f"### {both(use.title if use and use.title else {'': form_id})} (`{form_id}`)\n"
        yield "| question · 问题 | kind | tells · 数据类别 |\n|---|---|---|"
        for question in spec.questions:
            if question.type not in ASKED_OF_NOBODY:
                yield f"| {both(question.labels)} `{question.name}` | {question.type} | `{question.tag}` |"
        yield ""


def _doses(pack: Pack, series: SeriesDef) -> Iterator[str]:
    """The rules every dose is judged and planned by, and the table they stand on without its titles and remarks."""
    rules = {
        "counts for a row when · 算哪一剂": series.fits,
        "not before · 最早": series.from_,
        "due · 最好在": series.due,
        "until · 最晚": series.until,
        "not after · 过后不算": series.not_after,
        "while · 只给": series.while_,
        "listed while · 只在这时提醒": series.listed_while,
        "listed from · 从哪天提醒": series.listed_from,
    }
    yield from (f"- {name}: `{one_line(rule.text)}`" for name, rule in rules.items() if rule)
    table = pack.tables[series.table]
    shown = [name for name in table.columns if not name.startswith(("title_", "name_", "note_"))]
    yield f"\n| dose · 剂次 | {' | '.join(shown)} |\n|{'---|' * (len(shown) + 1)}"
    for row in table.rows:
        titles = {name.removeprefix("title_"): str(row[name]) for name in table.columns if name.startswith("title_")}
        yield f"| {both(titles)} | {' | '.join(str(row.get(name, '')) for name in shown)} |"


def _visits(pack: Pack, contacts: Iterable[ContactDef]) -> Iterator[str]:
    for contact in contacts:
        yield f"### {both(contact.title)} (`{contact.id}`)\n"
        if contact.why:
            yield f"{both(contact.why)}\n"
        every = contact.every if isinstance(contact.every, str) or contact.every is None else contact.every.text
        rules: Mapping[str, str | None] = {
            "from · 最早": contact.from_ and contact.from_.text,
            "due · 最好在": contact.due and contact.due.text,
            "until · 最晚": contact.until and contact.until.text,
            "while · 只在": contact.while_ and contact.while_.text,
            "every · 多久一次": every,
        }
        yield from (f"- {name}: `{one_line(rule)}`" for name, rule in rules.items() if rule)
        if contact.source in pack.sources:
            yield f"- source · 出处: {both(pack.sources[contact.source].title)}"
        yield ""


def _methods(pack: Pack) -> Iterator[str]:
    for method in pack.methods.values():
        yield f"### {both(method.title)} (`{method.id}`)\n"
        yield from (f"- {name}: {both(text)}" for name, text in method.said().items() if name != "title")
        if method.figures:
            figures = f"{method.figures.usual} usual · 平常, {method.figures.correct} correct · 正确"
            yield f"- pregnancies per 100 in a year · 每100人一年怀孕数: {figures}; {both(pack.sources[method.figures.source].title)}"
        yield ""
    for table in pack.safety.values():
        yield f"### {both(table.title)}\n"
        groups = list(dict.fromkeys(group for condition in table.conditions for group in condition.groups))
        yield f"| | {' | '.join(groups)} |\n|---|{'---|' * len(groups)}"
        for condition in table.conditions:
            cells = (_category(condition.groups.get(group)) for group in groups)
            yield f"| {both(condition.title)} | {' | '.join(cells)} |"


def _category(category: Category | None) -> str:
    """To begin / to go on."""
    if category is None:
        return ""
    begin = str(category.begin) if category.begin == category.begin_most else f"{category.begin}–{category.begin_most}"
    return begin if begin == str(category.go_on) else f"{begin} / {category.go_on}"


def _figure(pack: Pack, indicator: IndicatorDef) -> str:
    lines = [f"### {both(indicator.title)} (`{indicator.id}`)\n", f"- {_measure(indicator.numerator)}"]
    if indicator.denominator:
        lines.append(f"- ÷ {_measure(indicator.denominator)} × {indicator.per}")
    if indicator.source in pack.sources:
        lines.append(f"- {both(pack.sources[indicator.source].title)}: {STATUS[indicator.status]}")
    lines += [f"\n{text}" for text in indicator.note.values()]
    return "\n".join(lines) + "\n"


def _measure(measure: Measure) -> str:
    counted = (
        f"sum of `{one_line(measure.sum.text)}` over {measure.over}" if measure.sum else f"count of {measure.over}"
    )
    where = f" where `{one_line(measure.where.text)}`" if measure.where else ""
    by = f", by `{one_line(measure.by.text)}`" if measure.by else ""
    by += " once in each year" if measure.each else ""
    return f"{counted}{where}{by}"


def _numbers(pack: Pack) -> Iterator[str]:
    if not pack.numbers:
        return
    yield "| | value · 数值 | since · 起 | source · 出处 |\n|---|---|---|---|"
    for number in pack.numbers.values():
        yield from _values(pack, number)


def _values(pack: Pack, number: NumberDef) -> Iterator[str]:
    name = f"{both(number.title)} `{number.id}`"
    if not number.values:
        yield f"| {name} | entered by each place · 由各地填写 | | |"
    for value in number.values:
        source = both(pack.sources[value.source].title) if value.source in pack.sources else value.source
        yield f"| {name} | {value.value.normalize():f} {number.unit} | {value.since} | {source}: {STATUS[value.status]} |"


if __name__ == "__main__":
    sys.exit(main())
