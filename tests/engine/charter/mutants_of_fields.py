"""C10: words of policing and kinds of question."""

from __future__ import annotations

from dataclasses import replace

from clinic import (
    CLINIC,
    Change,
    Mutant,
    choices,
    number,
    question,
    with_number,
    with_question,
    with_word,
)

from doorstep.engine.model.pack import CaseDef, Source, TableDef, Trend, TrendLine
from doorstep.engine.model.spec import Group

# --- C10 ------------------------------------------------------------------------------------------------------
POLICING_EN = (
    "Birth permit number",
    "Out-of-plan birth",
    "Social maintenance fee",
    "Ring check",
    "Mandatory pregnancy test",
    "Informer",
    "Migrant marriage and birth certificate",
    "Fetal sex",
    "Published names",
    "Runaway pregnant woman",
    "Forced sterilisation",
    "Unmarried pregnancy",
    "Two-daughter household",
    "Pregnancy check",
)
POLICING_ZH = (
    "准生证",
    "计划外生育",
    "社会抚养费",
    "查环",
    "查孕",
    "举报人",
    "流动人口婚育证明",
    "胎儿性别",
    "公示名单",
    "躲孕",
    "应扎未扎",
    "未婚先孕",
    "双女户",
    "孕检",
)
EVERYDAY = {"Pregnancy check", "孕检"}


def policing() -> list[Mutant]:
    found: list[Mutant] = []
    for text in (*POLICING_EN, *POLICING_ZH):
        said = {"en": text, "zh": text}
        spec = CLINIC.forms["pressure_visit"]
        code = {"unstated_word"} if text in EVERYDAY else {"policing_word"}
        form_says = {"Mandatory pregnancy test": {"cannot_decline"}, "Forced sterilisation": {"irreversible_planned"}}
        places: list[tuple[str, Change]] = [
            ("word", with_word("w", text)),
            ("number", with_number(number("n", text, "数"))),
            ("source", lambda p, s=said: replace(p, sources={"s": Source("s", s)})),
            ("about", lambda p, s=said: replace(p, about=s)),
            ("case", lambda p, s=said: replace(p, cases=(CaseDef("c", s, {}),))),
            ("table column", lambda p, t=text: replace(p, tables={"t": TableDef("t", {t: "text"}, ())})),
            ("table cell", lambda p, t=text: replace(p, tables={"t": TableDef("t", {"a": "text"}, ({"a": t},))})),
            (
                "title of a form",
                lambda p, s=said, f=spec: replace(p, forms={**p.forms, "pressure_visit": replace(f, titles=s)}),
            ),
            (
                "line of a picture",
                lambda p, s=said: replace(
                    p,
                    episodes={
                        **p.episodes,
                        "method": replace(p.episodes["method"], trends=(Trend({}, (TrendLine(s, ()),)),)),
                    },
                ),
            ),
            (
                "group",
                lambda p, s=said, f=spec: replace(
                    p, forms={**p.forms, "pressure_visit": replace(f, groups=(Group(("g",), s),))}
                ),
            ),
        ]
        found += [
            (f"{place}: {text}", change, code | (form_says.get(text, set()) if place == "title of a form" else set()))
            for place, change in places
        ]
        for part in ("labels", "hints", "constraint_message", "required_message"):
            asked = replace(question("extra", "service"), **{part: said})
            found.append((f"{part}: {text}", with_question("family", asked), code))
        listed = choices(("a", text, "甲"))
        asked = question("extra", "service", "select_one", list_name="extra")
        found.append((f"choice: {text}", with_question("family", asked, *listed), code))
    return found


def kinds() -> list[Mutant]:
    found: list[Mutant] = [
        (kind, with_question("family", question("extra", "service", kind)), {"trace_of_person"})
        for kind in (
            "geopoint",
            "geotrace",
            "geoshape",
            "start-geopoint",
            "audio",
            "background-audio",
            "video",
            "audit",
            "file",
            "select_one_from_map",
        )
    ]
    found += [
        (
            "a point on the list",
            with_question(
                "family", question("extra", "service", "text", save_to="geometry", constraint="string-length(.)<9")
            ),
            {"trace_of_person"},
        ),
        ("photo", with_question("family", question("extra", "service", "image")), {"photo_without_use"}),
        (
            "photo of her",
            with_question("family", question("extra", "service", "image", means="portrait")),
            {"photo_without_use"},
        ),
        (
            "photo as proof",
            with_question("family", question("extra", "service", "image", "Proof of visit", means="own_paper")),
            {"photo_as_proof"},
        ),
        (
            "photo as proof, zh",
            with_question("family", question("extra", "service", "image", zh="入户留痕照片", means="own_paper")),
            {"photo_as_proof"},
        ),
    ]
    for bound in (
        "",
        "string-length(.) <= 201",
        "string-length(.) < 202",
        "string-length(.) >= 2",
        "string-length(.) <= 20 or true()",
        ". != ''",
    ):
        found.append(
            (
                f"text {bound}",
                with_question("family", question("extra", "service", "text", constraint=bound)),
                {"long_text"},
            )
        )
    return found
