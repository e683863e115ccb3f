"""C3, C7 and C9: what may not be planned, asked or sorted by."""

from __future__ import annotations

from dataclasses import replace

from clinic import (
    CARE,
    CLINIC,
    FORMS,
    Mutant,
    both,
    choices,
    contact,
    indicator,
    measure,
    question,
    rule,
    with_contact,
    with_indicator,
    with_question,
    with_service,
    with_word,
)

from doorstep.engine.model.pack import AdviceDef, Service

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


# --- C4 -------------------------------------------------------------------------------------------------------
NO_EN = (
    "Refusal rate",
    "Declined visits",
    "Those who refused",
    "Opt-outs",
    "Drop-out rate",
    "Unwilling families",
    "refusals",
)
NO_ZH = ("拒绝率", "拒访人数", "不配合的家庭", "脱落率", "退出名单", "不愿意的人", "说不的人")


def counting_no() -> list[Mutant]:
    """Figures of those who said no, of any service."""
    found: list[Mutant] = []
    for language, words in (("en", NO_EN), ("zh", NO_ZH)):
        for text in words:
            title = {"en": "Figure", "zh": "数", language: text}
            for over in ("pressure_care", "method"):
                counted = indicator("x", measure(over), None, title=title)
                found.append((f"{text} of {over}", with_indicator(counted), {"tells_of_declines"}))
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
        "deeper",
    ):
        facts = {
            "kin": ("last(family.relation)", "person"),
            "deep": ("kin", "person"),
            "deeper": ("coalesce(deep, 'none')", "person"),
        }
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
