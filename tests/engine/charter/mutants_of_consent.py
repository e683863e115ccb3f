"""C5, C6, C8, C12 and C13: choosing, stopping, awards, consent and confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clinic import (
    DAY,
    PERSON,
    Change,
    Mutant,
    both,
    choices,
    contact,
    form,
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

from doorstep.engine.model.pack import AdviceDef, FormUse, Pack, Service
from doorstep.engine.model.spec import Choice, Question

YES_NO = choices(("yes", "Yes", "是"), ("no", "No", "否"))
ONLY_YES = choices(("yes", "Yes", "是"))


def titled(language: str, text: str, **more: str) -> dict[str, str]:
    return {"en": "Something", "zh": "一项", **more, language: text}


# --- C6 -------------------------------------------------------------------------------------------------------
def stopping(*asked: Question, lists: Mapping[str, tuple[Choice, ...]] | None = None) -> Change:
    """The contraception of the clinic with a form of its own for stopping."""
    stop = form("method_stop", PERSON, DAY, *asked, lists=lists)

    def change(pack: Pack) -> Pack:
        care = replace(pack.episodes["method"], closes=("method_stop",))
        use = FormUse("method_stop", "person", "person", "on", "methods", {"en": "Stop", "zh": "停用"})
        return replace(
            pack,
            forms={**pack.forms, "method_stop": stop},
            uses={**pack.uses, "method_stop": use},
            episodes={**pack.episodes, "method": care},
        )

    return change


WHY_EN = ("Reason", "Why do you stop?", "What made her stop", "Reasons for removal")
WHY_ZH = ("停用原因", "为什么不用了", "取出理由", "因为什么停")
APPROVAL_EN = ("Approved", "Authorised for removal", "Permission to remove", "Signed off")
APPROVAL_ZH = ("审批", "批准取出", "审核结果", "核准")


def stops() -> list[Mutant]:
    found: list[Mutant] = []
    for n in (1, 2, 3):
        more = tuple(question(f"extra_{i}", "choice", "integer") for i in range(n + 1))
        found.append((f"{n} more questions to stop", stopping(*more), {"stopping_harder"}))
    must = question("extra", "choice", "integer", required=True)
    found.append(("a question that must be answered to stop", stopping(must), {"stopping_harder"}))
    paged = replace(question("one", "choice", "integer"), required=True)
    found.append(("two required against none", stopping(paged), {"stopping_harder"}))
    for language, words in (("en", WHY_EN), ("zh", WHY_ZH)):
        for text in words:
            asked = replace(question("extra", "choice"), labels=titled(language, text))
            hinted = replace(question("extra", "choice"), hints=titled(language, text))
            found.append((f"stopping asks: {text}", stopping(asked), {"asks_reason"}))
            found.append((f"stopping hints: {text}", stopping(hinted), {"asks_reason"}))
    for language, words in (("en", APPROVAL_EN), ("zh", APPROVAL_ZH)):
        for text in words:
            asked = replace(question("extra", "choice"), labels=titled(language, text))
            found.append((f"stopping needs: {text}", stopping(asked), {"needs_approval"}))
    return found


# --- C5 without methods/ ----------------------------------------------------------------------------------------
FEW = (
    ("iud", "IUD", "节育环"),
    ("implant", "Implant", "皮埋"),
    ("pill", "Combined pill", "避孕药"),
    ("condom", "Condoms", "避孕套"),
    ("jab", "DMPA", "避孕针"),
)
POINTS_EN = ("Recommended: IUD", "The best method: implant", "Which is preferred, IUD or condom?")
POINTS_ZH = ("推荐上环", "首选皮埋", "优先节育环，不用避孕套")


def ranges() -> list[Mutant]:
    found: list[Mutant] = []
    for name, en, zh in FEW:
        asked = question("which", "choice", "select_one", list_name="which")
        found.append(
            (
                f"signing up for {name} alone",
                with_question("method_start", asked, *choices((name, en, "甲"))),
                {"range_not_whole"},
            )
        )
        zh_only = choices(("a", "A", zh), ("b", "Other", "别的"))
        several = replace(asked, type="select_multiple")
        found.append((f"signing up for {zh}", with_question("method_start", several, *zh_only), {"range_not_whole"}))
    ranked = question("order", "choice", "rank", list_name="order")
    found.append(
        (
            "put in order",
            with_question("method_visit", ranked, *choices(*FEW)),
            {"ranks_methods"},
        )
    )
    for language, words in (("en", POINTS_EN), ("zh", POINTS_ZH)):
        for text in words:
            asked = replace(question("extra", "choice"), labels=titled(language, text))
            found.append((f"points: {text}", with_question("method_visit", asked), {"ranks_methods"}))
    return found


# --- C8 -------------------------------------------------------------------------------------------------------
BENEFIT_EN = ("Subsidy visit", "Cash handed over", "Allowance", "Bonus", "Entitled to help")
BENEFIT_ZH = ("补贴发放", "奖励金", "津贴", "生活补助", "奖扶")


def awards() -> list[Mutant]:
    found: list[Mutant] = []
    by_choice = "last(method_visit.well) > 0"
    for language, words in (("en", BENEFIT_EN), ("zh", BENEFIT_ZH)):
        for text in words:
            title = titled(language, text)
            found += [
                (
                    f"{text} for a method",
                    with_contact(contact("x", "method", "method_visit", "methods", title=title)),
                    {"benefit_on_choice"},
                ),
                (
                    f"{text} for a pregnancy",
                    with_contact(
                        contact("x", "pregnancy", "anc_visit", "antenatal", due="add_weeks(lmp, 20)", title=title)
                    ),
                    {"benefit_on_choice"},
                ),
                (
                    f"{text} counted by births",
                    with_indicator(indicator("x", measure("pregnancy", by="delivered_on"), None, title=title)),
                    {"benefit_on_choice"},
                ),
                (
                    f"{text} while she uses one",
                    with_contact(
                        contact("x", "pressure_care", "pressure_visit", "pressure", while_=by_choice, title=title)
                    ),
                    {"benefit_on_choice"},
                ),
                (
                    f"{text} for the married",
                    with_indicator(
                        indicator(
                            "x", measure("pressure_care", where="person.relation = 'wife'"), None, title=title
                        )
                    ),
                    {"benefit_on_choice", "sorts_people"},
                ),
                (
                    f"{text} told with a method",
                    both(
                        with_word("money", title["en"], title["zh"]),
                        lambda p: replace(p, advice=(AdviceDef("method_visit", rule("method_visit.well > 0"), "money"),)),
                    ),
                    {"benefit_on_choice"},
                ),
            ]  # fmt: skip
    return found


# --- C12 ------------------------------------------------------------------------------------------------------
PAPERS_EN = (
    "ID number",
    "Identity card",
    "National ID",
    "Passport",
    "Marriage certificate",
    "Residence permit",
    "Hukou",
)
PAPERS_ZH = ("身份证号", "户口本", "结婚证", "居住证", "证件号码", "单位证明", "介绍信")
WANTED_EN = ("Bring your ID card.", "Show her marriage certificate first.", "Identity card required")
WANTED_ZH = ("请出示身份证", "凭户口本办理", "必须带结婚证", "提供居住证")
UNFREE_EN = (
    "I agree to all of the above",
    "Blanket consent",
    "Irrevocable consent",
    "Consent cannot be withdrawn",
    "No consent, no service",
    "Whoever refuses will lose the visits, no service",
)
UNFREE_ZH = ("同意以上全部内容", "一揽子同意", "永久授权", "同意后不得撤回", "不同意则不予服务", "拒绝的停止随访")


def consents() -> list[Mutant]:
    found: list[Mutant] = []
    for language, words in (("en", PAPERS_EN), ("zh", PAPERS_ZH)):
        for text in words:
            asked = replace(question("paper", "identity"), labels=titled(language, text))
            gate = replace(question("more", "service"), relevant="${paper} != ''")
            found.append(
                (f"must give: {text}", with_question("family", replace(asked, required=True)), {"needs_papers"})
            )
            found.append(
                (
                    f"gate: {text}",
                    both(with_question("family", asked), with_question("family", gate)),
                    {"needs_papers"},
                )
            )
    for language, words in (("en", WANTED_EN), ("zh", WANTED_ZH)):
        for text in words:
            found.append((f"said: {text}", with_word("w", **titled(language, text)), {"needs_papers"}))
            title = titled(language, text)
            found.append((f"service: {text}", with_service(Service("more", title)), {"needs_papers"}))
            planned = contact("x", "pressure_care", "pressure_visit", "pressure", why=title)
            found.append((f"visit: {text}", with_contact(planned), {"needs_papers"}))
    for language, words in (("en", UNFREE_EN), ("zh", UNFREE_ZH)):
        for text in words:
            title = titled(language, text)
            asked = replace(question("extra", "service"), labels=title)
            found.append((f"asked: {text}", with_question("family", asked), {"consent_not_free"}))
            found.append(
                (
                    f"hinted: {text}",
                    with_question("family", replace(question("extra", "service"), hints=title)),
                    {"consent_not_free"},
                )
            )
            found.append((f"unfree word: {text}", with_word("w", **title), {"consent_not_free"}))
            found.append((f"unfree service: {text}", with_service(Service("more", title)), {"consent_not_free"}))
    return [*found, *forced(), *other_purposes()]  # fmt: skip


def forced() -> list[Mutant]:
    """More than the service itself has to be agreed to."""
    agree = question("agree_photos", "sensitive.health", "select_one", "Agrees to photos", "同意拍照", list_name="only")
    must = replace(agree, required=True)
    own = question("agrees", "sensitive.health", "select_one", "Agrees to the visits", "同意随访", list_name="only")
    constrained = replace(must, list_name="yes_no", constraint=". = 'yes'")
    opening = both(with_question("pressure_start", replace(own, required=True), *ONLY_YES))
    relabelled = {"goal_on_choice"}  # a form somebody added to is unreviewed until its tags are accepted
    return [
        (
            "a second yes to begin",
            both(opening, with_question("pressure_start", must, *ONLY_YES)),
            {"consent_not_free", *relabelled},
        ),
        (
            "a second yes by constraint",
            both(opening, with_question("pressure_start", constrained, *YES_NO)),
            {"consent_not_free", *relabelled},
        ),
        ("a yes at each visit", with_question("pressure_visit", must, *ONLY_YES), {"consent_not_free", *relabelled}),
        (
            "a yes at each visit by constraint",
            with_question("pressure_visit", constrained, *YES_NO),
            {"consent_not_free", *relabelled},
        ),
    ]


def other_purposes() -> list[Mutant]:
    """A visit or advice only for those who said yes to something else."""
    found: list[Mutant] = []
    for en, zh in (("May we ring her?", "可以打电话吗？"), ("Consents to photos", "同意拍照"), ("Agrees", "愿意")):
        asked = question("may", "service", "select_one", en, zh, list_name="yes_no")
        ask = with_question("family", asked, *YES_NO)
        for text in ("last(family.may) = 'yes'", "not any(family, family.may = 'no')", "allowed"):
            facts = {"allowed": ("last(family.may) = 'yes'", "person")}
            planned = contact("x", "pressure_care", "pressure_visit", "pressure", while_=text)
            found.append(
                (f"visit while {text}: {en}", both(ask, with_contact(planned, **facts)), {"consent_of_other_purpose"})
            )
        advice = AdviceDef("pressure_visit", rule("last(family.may) = 'yes'"), "rest")
        found.append(
            (
                f"advice when yes: {en}",
                both(ask, lambda p, a=advice: replace(p, advice=(a,))),
                {"consent_of_other_purpose"},
            )
        )
    return found  # fmt: skip


# --- C13 ------------------------------------------------------------------------------------------------------
GUARDIAN_EN = ("Guardian's consent", "Parents agree", "Parental yes")
GUARDIAN_ZH = ("监护人同意", "家长在场", "父母知道吗")
TELLS_EN = (
    "Tell the parents",
    "Inform her guardian",
    "Notify the school",
    "Show the head of household",
    "Parents informed",
)
TELLS_ZH = ("告知家长", "通知监护人", "报告学校", "告诉家里人", "抄送户主")


def confidence() -> list[Mutant]:
    found: list[Mutant] = []
    for tag in ("choice", "sensitive.hiv", "sensitive.mental", "sensitive.violence"):
        talk = with_question("method_visit", question("talk", tag))
        for language, words in (("en", GUARDIAN_EN), ("zh", GUARDIAN_ZH)):
            for text in words:
                asked = replace(question("extra", tag), labels=titled(language, text), required=True)
                found.append(
                    (
                        f"{tag} needs {text}",
                        both(talk, with_question("method_visit", asked)),
                        {"guardian_of_confidential"},
                    )
                )
    for language, words in (("en", TELLS_EN), ("zh", TELLS_ZH)):
        for text in words:
            title = titled(language, text)
            asked = replace(question("extra", "choice"), labels=title)
            found.append((f"form: {text}", with_question("method_visit", asked), {"told_to_guardian"}))
            hinted = replace(question("extra", "choice"), hints=title)
            found.append((f"hint: {text}", with_question("method_visit", hinted), {"told_to_guardian"}))
            found.append((f"advice: {text}", both(with_word("tell", **title), _told), {"told_to_guardian"}))
    return found


def _told(pack: Pack) -> Pack:
    return replace(pack, advice=(AdviceDef("method_visit", rule("method_visit.well > 0"), "tell"),))
