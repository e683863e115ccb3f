"""Packs bent towards policing, by program: every one must be refused, for the right clause and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clinic import (
    CARE,
    CLINIC,
    FORMS,
    REVIEWED,
    SERVICES,
    Change,
    both,
    choices,
    codes,
    contact,
    form,
    indicator,
    measure,
    number,
    question,
    rule,
    with_contact,
    with_indicator,
    with_number,
    with_question,
    with_service,
    with_word,
)

from doorstep.engine.model.pack import AdviceDef, CaseDef, Pack, ReportDef, Service, Source, TableDef
from doorstep.engine.model.spec import Group

Mutant = tuple[str, Change, set[str]]
GOAL = rule("number('control_goal', opened_on)")


# --- C1: goals, however they are hidden -------------------------------------------------------------------------
PROTECTED = {
    "births": measure("pregnancy", by="delivered_on"),
    "babies": measure("pregnancy", sum="live_babies", by="delivered_on"),
    "users": measure("method"),
    "users_by_fact": measure("method", sum="users"),
    "users_by_fact_of_fact": measure("method", sum="users_again"),
    "inverted": measure("method", sum="1 - users"),
    "ratio": measure("method", sum="users / users_again"),
    "only_where": measure("pressure_care", where="any(method_visit, method_visit.well > 0)"),
    "only_by": measure("pressure_care", by="last_date(method_visit)"),
    "only_in_the_answer_this_form_holds": measure("pressure_care", where="has(method_start.method, 'x')"),
}


def goals() -> list[Mutant]:
    care, goal = measure("pressure_care"), {"goal": GOAL}
    found: list[Mutant] = []
    for name, one in PROTECTED.items():
        arithmetic = {"quota_in_arithmetic"} if name == "inverted" else set()
        found += [
            (f"goal on {name}", with_indicator(indicator("x", one, care, **goal)), {"goal_on_choice", *arithmetic}),
            (f"goal over {name}", with_indicator(indicator("x", care, one, **goal)), {"goal_on_choice", *arithmetic}),
            (
                f"goal on {name} per 1000",
                with_indicator(indicator("x", one, care, per=1000, **goal)),
                {"goal_on_choice", *arithmetic},
            ),
        ]
    found += [
        ("goal over nobody", with_indicator(indicator("x", care, None, **goal)), {"goal_not_over_enrolled"}),
        (
            "goal over everybody",
            with_indicator(indicator("x", care, measure("person"), **goal)),
            {"goal_not_over_enrolled"},
        ),
        (
            "goal by name only",
            with_indicator(indicator("x", care, care, title={"en": "Births", "zh": "出生"}, **goal)),
            {"goal_on_choice"},
        ),
        (
            "goal by translation only",
            with_indicator(indicator("x", care, care, title={"en": "Share", "zh": "避孕"}, **goal)),
            {"goal_on_choice"},
        ),
    ]
    return found


def mistagged() -> list[Mutant]:
    """A private question called something looser, under a goal."""
    under_goal = with_indicator(
        indicator(
            "x", measure("pressure_care", where="any(pressure_visit, extra = 1)"), measure("pressure_care"), goal=GOAL
        )
    )
    one_more = lambda tag, **more: both(with_question("pressure_visit", question("extra", tag, **more)), under_goal)  # noqa: E731
    hidden = question("extra", "service", "calculate", calculation="${method}")
    reworded = replace(FORMS[6].questions[2], labels={"en": "Ring in place", "zh": "环还在"})
    all_goals = {"goal_on_choice"}
    return [
        ("no tag", one_more(""), all_goals),
        ("loose tag nobody reviewed", one_more("service"), all_goals),
        ("tag of another question", one_more("sensitive.health"), all_goals),
        ("a tag that is none", one_more("public"), all_goals | {"unknown_tag"}),
        ("reviewed question reworded", with_question("pressure_visit", reworded), all_goals),
        (
            "another type under a reviewed name",
            with_question(
                "pressure_visit", replace(FORMS[6].questions[2], type="text", constraint="string-length(.)<9")
            ),
            all_goals,
        ),
        (
            "calculation",
            both(
                with_question("pressure_visit", hidden),
                with_question("pressure_visit", question("method", "choice")),
                under_goal,
            ),
            all_goals,
        ),
        ("another pack's id", lambda p: replace(p, id="other"), all_goals),
    ]


def arithmetic() -> list[Mutant]:
    found: list[Mutant] = []
    for fact, over in (
        ("live_babies", "pregnancy"),
        ("users", "method"),
        ("users_again", "method"),
        ("count(pregnancy_start)", "pregnancy"),
    ):
        for text in (
            "{0} / number('a', opened_on)",
            "{0} - number('a', opened_on)",
            "number('a', opened_on) - {0}",
            "{0} * number('a', opened_on)",
            "number('a', opened_on) / {0}",
            "{0} / 2",
            "2 - {0}",
            "({0}) / (number('a', opened_on))",
            "1 - {0} / number('a', opened_on)",
            "coalesce({0} / number('a', opened_on), 0)",
            "{0} / coalesce(number('a', opened_on), 1)",
            "{0} + -1",
            "case when {0} > 0 then {0} - 2 else 0 end",
            "{0} / (number('a', opened_on) * 2)",
            "greatest(number('a', opened_on) - {0}, 0)",
        ):
            rest = indicator("x", measure(over, sum=text.format(fact)), measure(over))
            found.append((text.format(fact), with_indicator(rest), {"quota_in_arithmetic"}))
        through = indicator("x", measure(over, sum="share"), None)
        found.append(
            (
                f"{fact} through a fact",
                with_indicator(through, share=(f"{fact} / number('a', opened_on)", over)),
                {"quota_in_arithmetic"},
            )
        )
    return found


TARGET_WORDS_EN = (
    "Births against target",
    "Quota of users",
    "Goal for IUDs",
    "Ranking of births",
    "League table",
    "Shortfall of users",
    "Gap to plan",
    "Completion rate",
    "Must reach 90",
    "Traffic light",
    "Best performing",
    "Planned births",
    "Compliance rate",
    "Ceiling of births",
    "Should rise each year",
    "Keep below 500",
    "Not exceed 12 per 1000",
    "Benchmark",
    "births_target",
    "userQuota",
)
TARGET_WORDS_ZH = (
    "出生人口目标",
    "任务数",
    "指标完成率",
    "达标率",
    "年度考核",
    "排名",
    "末位淘汰",
    "红黄绿灯",
    "与计划的差距",
    "缺口",
    "限额",
    "控制在5‰以内",
    "不得超过",
    "一票否决",
    "責任狀",
    "目 标",
    "目-标",
    "责任状签订",
)


def words_of_targets() -> list[Mutant]:
    found: list[Mutant] = []
    births, users = measure("pregnancy", by="delivered_on"), measure("method")
    for i, (language, text) in enumerate([("en", t) for t in TARGET_WORDS_EN] + [("zh", t) for t in TARGET_WORDS_ZH]):
        over = (births, users)[i % 2]
        plain = {"en": "A figure", "zh": "一个数"}
        found.append(
            (
                f"title {text}",
                with_indicator(indicator("x", over, None, title={**plain, language: text})),
                {"target_words"},
            )
        )
        found.append(
            (
                f"note {text}",
                with_indicator(indicator("x", over, None, note={**plain, language: text})),
                {"target_words"},
            )
        )
        found.append(
            (
                f"report {text}",
                lambda p, t={**plain, language: text}: replace(p, reports={"r": ReportDef("r", t, ("early",))}),
                {"target_words"},
            )
        )
        found.append(
            (
                f"visit {text}",
                with_contact(contact("x", "method", "method_visit", "methods", title={**plain, language: text})),
                {"target_words"},
            )
        )
    found.append(("id says it", with_indicator(indicator("births_target", births, None)), {"target_words"}))
    return found


def numbers() -> list[Mutant]:
    named = [
        ("Planned births", "计划出生数"),
        ("Birth quota", "指标"),
        ("IUD target", "上环任务数"),
        ("Level", "避孕达标率"),
        ("Births: ceiling", "上限"),
    ]
    found: list[Mutant] = [
        (f"number {en}", with_number(number("n", en, zh, "people")), {"target_number"}) for en, zh in named
    ]
    behind = with_indicator(indicator("x", measure("method", where="users > number('n', opened_on)"), None))
    through = with_indicator(
        indicator("x", measure("method", where="enough"), None), enough=("users > number('n', opened_on)", "method")
    )
    for name, used in (("used", behind), ("used through a fact", through)):
        found.append((f"plain target {name}", both(with_number(number("n", "Target", "数")), used), {"target_number"}))
        found.append(
            (
                f"target in the unit {name}",
                both(with_number(number("n", "Number", "数", unit="quota")), used),
                {"target_number"},
            )
        )
    return found


# --- C2 -------------------------------------------------------------------------------------------------------
def narrow() -> list[Mutant]:
    found: list[Mutant] = []
    for over in ("pregnancy", "method"):
        for breakdown in ("village", "worker", "author", "group", "household", "person.sex", "clinic"):
            new = indicator("x", measure(over), None, breakdowns=("quarter", breakdown))
            found.append((f"{over} by {breakdown}", with_indicator(new), {"narrow_breakdown"}))
        for grain in ("village", "group", "worker", "household", "person", "street", ""):
            shown = {"pregnancy": "five_visits", "method": "method_share"}[over]
            found.append(
                (
                    f"{over} report by {grain}",
                    lambda p, s=shown, g=grain: replace(
                        p, reports={"r": ReportDef("r", {"en": "R", "zh": "表"}, ("controlled", s), grain=g)}
                    ),
                    {"narrow_report"},
                )
            )
    return found


# --- C3 -------------------------------------------------------------------------------------------------------
MUST_EN = ("Mandatory visit", "Compulsory check", "A visit that cannot be declined", "Must not refuse", "Obligatory")
MUST_ZH = ("强制服务", "必须参加", "不得拒绝", "义务检查")
BEFORE_EN = (
    "Preconception check",
    "Folic acid reminder",
    "Infertility visit",
    "Pre-pregnancy exam",
    "Planning a baby?",
    "IVF follow up",
    "Time for a second child",
)
BEFORE_ZH = ("孕前检查", "叶酸发放", "备孕提醒", "不孕不育随访", "再生育意愿", "优生检查", "試管嬰兒")


def declining() -> list[Mutant]:
    visit = lambda **more: contact("x", "pressure_care", "pressure_visit", **{"service": "pressure", **more})  # noqa: E731
    found: list[Mutant] = [
        ("no service", with_contact(visit(service="")), {"contact_without_service"}),
        ("service of nobody", with_contact(visit(service="elsewhere")), {"contact_without_service"}),
    ]
    for language, words in (("en", MUST_EN), ("zh", MUST_ZH)):
        for text in words:
            title = {"en": "Visit", "zh": "随访", language: text}
            found.append((f"visit: {text}", with_contact(visit(title=title)), {"cannot_decline"}))
            found.append((f"service: {text}", with_service(Service("pressure", title)), {"cannot_decline"}))
    for language, words in (("en", BEFORE_EN), ("zh", BEFORE_ZH)):
        for text in words:
            title = {"en": "Visit", "zh": "随访", language: text}
            found.append((f"reminder: {text}", with_contact(visit(title=title)), {"reminder_before_pregnancy"}))
            found.append((f"reason: {text}", with_contact(visit(why=title)), {"reminder_before_pregnancy"}))
            asked = replace(question("extra", "sensitive.health"), labels=title)
            found.append(
                (
                    f"asked at the visit: {text}",
                    with_question("pressure_visit", asked),
                    {"reminder_before_pregnancy", "goal_on_choice"},
                )
            )
            found.append(
                (f"advice: {text}", both(with_word("rest", title["en"], title["zh"])), {"reminder_before_pregnancy"})
            )
    return found


# --- C7 -------------------------------------------------------------------------------------------------------
NEVER_EN = (
    "Sterilisation",
    "sterilization visit",
    "Tubal ligation",
    "vasectomy",
    "Abortion",
    "Termination of pregnancy",
    "Permanent method",
)
NEVER_ZH = ("绝育", "结扎", "人工流产", "引产", "终止妊娠", "絕育手術", "药流")
FINER_EN = (
    "Miscarriage",
    "Abortion",
    "Stillbirth",
    "Still born",
    "Ectopic",
    "Terminated",
    "Fetal death",
    "Pregnancy loss",
    "Molar",
)
FINER_ZH = ("流产", "人工流产", "引产", "死胎", "死产", "宫外孕", "葡萄胎", "终止妊娠")
CONSENT_EN = (
    "Husband's consent",
    "Spouse agrees",
    "Partner's signature",
    "Approved by the village committee",
    "Family consents",
    "Consent of the husband",
    "Official approval",
    "Permission from her mother-in-law",
    "Signed by the employer",
)
CONSENT_ZH = (
    "配偶同意",
    "丈夫签字",
    "家属同意",
    "村委会盖章",
    "计生专干审批",
    "单位意见",
    "领导批准",
    "婆婆同意吗",
    "夫妻双方同意",
)


def irreversible() -> list[Mutant]:
    found: list[Mutant] = []
    for language, words in (("en", NEVER_EN), ("zh", NEVER_ZH)):
        for text in words:
            title = {"en": "Visit", "zh": "随访", language: text}
            found += [
                (
                    f"visit: {text}",
                    with_contact(contact("x", "pressure_care", "pressure_visit", "pressure", title=title)),
                    {"irreversible_planned"},
                ),
                (f"service: {text}", with_service(Service("more", title)), {"irreversible_planned"}),
                (
                    f"figure: {text}",
                    with_indicator(indicator("x", measure("pressure_care"), None, title=title)),
                    {"irreversible_planned"},
                ),
                (f"advice: {text}", with_word("rest", title["en"], title["zh"]), {"irreversible_planned"}),
                (
                    f"asked at a visit: {text}",
                    with_question("method_visit", replace(question("extra", "choice"), labels=title)),
                    {"irreversible_planned"},
                ),
            ]
    counted = with_question("method_start", question("extra", "choice", en="Sterilised?"))
    found.append(
        (
            "counted by a question",
            both(counted, with_indicator(indicator("x", measure("method", where="any(method_start.extra = 1)"), None))),
            {"irreversible_planned"},
        )
    )
    return found


def outcomes() -> list[Mutant]:
    found: list[Mutant] = []
    base = FORMS[2].questions[2]
    for language, words in (("en", FINER_EN), ("zh", FINER_ZH)):
        for text in words:
            extra = (
                *FORMS[2].choices["result"],
                *choices(("other", *((text, "别的") if language == "en" else ("Other", text)))),
            )
            planned = (
                {"irreversible_planned"} if text in (*NEVER_EN, *NEVER_ZH) else set()
            )  # said at a visit, or counted
            found.append(
                (f"closing choice {text}", with_question("pregnancy_end", base, *extra), {"finer_outcome", *planned})
            )
            why = question("why", CARE, "select_one", "Why", "为什么", list_name="why")
            found.append(
                (f"visit choice {text}", with_question("anc_visit", why, *extra[2:]), {"finer_outcome", *planned})
            )
    more = (*FORMS[2].choices["result"], *choices(("unknown", "Not known", "不清楚")))
    two = choices(("live", "Alive", "活着"), ("not", "Not", "没有"))
    nothing = (f for f in (replace(CLINIC.episodes["pregnancy"], ends_by_itself=None),))
    never_ends = next(nothing)
    renamed = question("fin", CARE, "select_one", "Pregnancy outcome", "结局", list_name="fin")
    found += [
        ("a third end", with_question("pregnancy_end", base, *more), {"finer_outcome"}),
        ("other ends", with_question("pregnancy_end", renamed, *two), {"finer_outcome"}),
        (
            "never ends by itself",
            lambda p: replace(p, episodes={**p.episodes, "pregnancy": never_ends}),
            {"never_ends"},
        ),
        (
            "a visit to ask how it ended",
            with_contact(contact("ask", "pregnancy", "pregnancy_end", "antenatal", due="add_days(lmp, 300)")),
            {"chases_the_end"},
        ),
        (
            "counts unclosed",
            with_indicator(indicator("x", measure("pregnancy", where="is_missing(delivered_on)"), None)),
            {"counts_missing_ends"},
        ),
        (
            "counts unclosed, closed_on",
            with_indicator(indicator("x", measure("pregnancy", where="is_missing(closed_on)"), None)),
            {"counts_missing_ends"},
        ),
    ]
    return found


def consents() -> list[Mutant]:
    found: list[Mutant] = []
    for language, words in (("en", CONSENT_EN), ("zh", CONSENT_ZH)):
        for text in words:
            labels = {"en": "Something", "zh": "一项", language: text}
            for form_id, tag in (("method_start", "choice"), ("anc_visit", CARE)):
                found.append(
                    (
                        f"{form_id} asks: {text}",
                        with_question(form_id, replace(question("extra", tag), labels=labels)),
                        {"consent_of_others"},
                    )
                )
    return found


# --- C9 -------------------------------------------------------------------------------------------------------
def sorting() -> list[Mutant]:
    found: list[Mutant] = []
    for text in (
        "person.relation = 'wife'",
        "last(family.relation) = 'wife'",
        "last(family.children) > 2",
        "kin",
        "deep",
    ):
        facts = {"kin": ("last(family.relation)", "person"), "deep": ("kin", "person")}
        found += [
            (
                f"visit while {text}",
                with_contact(contact("x", "pressure_care", "pressure_visit", "pressure", while_=text), **facts),
                {"sorts_people"},
            ),
            (
                f"figure where {text}",
                with_indicator(indicator("x", measure("pressure_care", where=text), None), **facts),
                {"sorts_people"},
            ),
            (
                f"pregnancies where {text}",
                with_indicator(indicator("x", measure("pregnancy", where=text), None), **facts),
                {"sorts_people"},
            ),
            (
                f"figure by {text}",
                with_indicator(indicator("x", measure("pressure_care"), None, breakdowns=(text,)), **facts),
                {"sorts_people"},
            ),
            (
                f"advice when {text}",
                both(
                    with_indicator(indicator("x", measure("pressure_care"), None), **facts),
                    lambda p, t=text: replace(p, advice=(AdviceDef("pressure_visit", rule(t), "rest"),)),
                ),
                {"sorts_people"},
            ),
        ]
    since = {"last_birth": ("last_date(pregnancy_end)", "person"), "born": ("count(pregnancy_end)", "person")}
    for text in (
        "add_months(last_birth, 12)",
        "add_months(last_date(pregnancy_end), 12)",
        "add_months(last(pregnancy_end.on), 12)",
    ):
        found.append(
            (
                f"due {text}",
                with_contact(contact("x", "person", "pressure_visit", "pressure", due=text), **since),
                {"time_since_birth"},
            )
        )
        found.append(
            (
                f"method due {text}",
                with_contact(contact("x", "method", "method_visit", "methods", due=text), **since),
                {"time_since_birth"},
            )
        )
    found.append(
        (
            "women with two births",
            with_indicator(indicator("x", measure("person", where="born >= 2"), None), **since),
            {"time_since_birth"},
        )
    )
    found.append(
        (
            "births of a woman",
            with_indicator(indicator("x", measure("person", sum="born"), None), **since),
            {"time_since_birth"},
        )
    )
    return found


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


MUTANTS = [
    *goals(), *mistagged(), *arithmetic(), *words_of_targets(), *numbers(), *narrow(), *declining(),
    *irreversible(), *outcomes(), *consents(), *sorting(), *policing(), *kinds(),
]  # fmt: skip


def test_the_honest_pack_loads() -> None:
    assert codes(CLINIC) == set()


@pytest.mark.parametrize(("change", "want"), [m[1:] for m in MUTANTS], ids=[m[0] for m in MUTANTS])
def test_mutant_is_refused(change: Change, want: set[str]) -> None:
    assert codes(change(CLINIC)) == want


def test_there_are_enough_mutants_and_none_is_the_honest_pack() -> None:
    assert len(MUTANTS) >= 400
    assert [name for name, change, _ in MUTANTS if change(CLINIC) == CLINIC] == []


def test_a_mutant_in_another_pack_is_seen_through_the_forms_it_names() -> None:
    """A pack of indicators alone, over the forms of a reviewed one, does not escape."""
    goal = indicator(
        "x", measure("pressure_care", where="any(method_visit.well = 1)"), measure("pressure_care"), goal=GOAL
    )
    pack = Pack(
        "figures",
        "1",
        {"en": "F", "zh": "数"},
        {},
        {},
        {},
        {},
        indicators={"x": goal},
        episodes={"pressure_care": CLINIC.episodes["pressure_care"]},
        numbers=dict(CLINIC.numbers),
    )
    assert codes(pack, others=(CLINIC,)) == {"goal_on_choice"}
    harmless = replace(goal, numerator=measure("pressure_care", where="any(pressure_visit.upper > 2)"))
    assert codes(replace(pack, indicators={"x": harmless}), others=(CLINIC,)) == set()


def test_services_named_here_are_those_of_the_clinic() -> None:
    assert {s.id for s in SERVICES} == set(CLINIC.services)
    assert form("a", *FORMS[0].questions).questions == FORMS[0].questions
    assert REVIEWED.reviewed_by == ()
