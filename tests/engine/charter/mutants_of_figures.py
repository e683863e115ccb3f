"""C1 and C2: goals, quotas and league tables, however they are hidden."""

from __future__ import annotations

from dataclasses import replace

from clinic import (
    FORMS,
    GOAL,
    Mutant,
    both,
    contact,
    indicator,
    measure,
    number,
    question,
    with_contact,
    with_indicator,
    with_number,
    with_question,
)

from doorstep.engine.model.pack import ReportDef
from doorstep.engine.model.reporting import Block, Paragraph, TableLayout

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
    found += through_three_facts()
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


def through_three_facts() -> list[Mutant]:
    """What is counted stands three facts away, under everyday names."""
    found: list[Mutant] = []
    for rests_on, over in (
        ("count(method_visit)", "method"),
        ("count(method_start)", "method"),
        ("count(anc_visit)", "pregnancy"),
        ("live_babies", "pregnancy"),
        ("last(method_visit.well)", "method"),
    ):
        chain = {"one": (rests_on, over), "two": ("one + 0", over), "three": ("coalesce(two, 0)", over)}
        for name, one in (("sum", measure(over, sum="three")), ("where", measure(over, where="three > 0"))):
            goal = indicator("x", one, measure("pressure_care"), goal=GOAL)
            arithmetic = {"quota_in_arithmetic"} if name == "sum" else set()
            found.append(
                (
                    f"goal on {name} of {rests_on}, three facts away",
                    with_indicator(goal, **chain),
                    {"goal_on_choice", *arithmetic},
                )
            )
            by_village = indicator("x", one, None, breakdowns=("village",))
            found.append(
                (
                    f"{name} of {rests_on} by village, three facts away",
                    with_indicator(by_village, **chain),
                    {"narrow_breakdown", *arithmetic},
                )
            )
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


def words_of_reports() -> list[Mutant]:
    """A goal said in a report's heading, sentence or table, in either language, beside a protected figure."""
    plain = {"en": "R", "zh": "表"}
    said = [("en", "Target: 95 per 100"), ("en", "Ranked by township"), ("zh", "目标95%"), ("zh", "各村排名")]
    found: list[Mutant] = []
    for language, words in said:
        text = {**plain, language: words}
        parts = {
            "heading": {"layout": (Block(heading=text),)},
            "table": {"layout": (Block(table=TableLayout(title=text)),)},
            "sentence": {"narrative": {"p": Paragraph("p", text)}},
            "sentence of what is hidden": {"narrative": {"p": Paragraph("p", plain, hidden=text)}},
        }
        for part, holds in parts.items():
            one = ReportDef("r", plain, ("five_visits",), **holds)  # type: ignore[arg-type]
            found.append(
                (f"{part} of a report: {words}", lambda p, r=one: replace(p, reports={"r": r}), {"target_words"})
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
