"""Honest packs of somebody's own, one after another by program: the charter must not stop a township's everyday work."""

from __future__ import annotations

from clinic import DAY, GOAL, PERSON, choices, contact, form, indicator, measure, number, question, rule

from doorstep.engine.model.pack import AdviceDef, EpisodeDef, FactDef, FormUse, Pack, ReportDef, Service
from doorstep.engine.model.planned import At

# id, what it is called, what a visit measures
TOPICS = (
    ("tb", "Tuberculosis treatment", "结核病治疗", "Doses taken", "服药次数"),
    ("diabetes", "Diabetes follow-up", "糖尿病随访", "Fasting blood sugar", "空腹血糖"),
    ("asthma", "Asthma care", "哮喘服务", "Attacks this month", "本月发作次数"),
    ("stroke", "Care after a stroke", "脑卒中康复", "Steps walked", "走了几步"),
    ("eyes", "Cataract care", "白内障服务", "Lines read", "看清几行"),
    ("wound", "Wound dressing", "伤口换药", "Size of the wound (cm)", "伤口大小（厘米）"),
    ("teeth", "Dental care", "口腔服务", "Teeth treated", "治了几颗牙"),
    ("mood", "Care for low mood", "情绪低落服务", "Nights slept badly", "几晚没睡好"),
    ("epilepsy", "Epilepsy care", "癫痫服务", "Fits since last time", "上次以来发作几次"),
    ("kidney", "Kidney care", "肾病服务", "Weight (kg)", "体重（公斤）"),
    ("falls", "Prevention of falls", "防跌倒服务", "Falls since last time", "上次以来跌倒几次"),
    ("worms", "Worm treatment", "驱虫服务", "Tablets given", "发了几片药"),
    ("water", "Safe water help", "安全饮水服务", "Filters handed out", "发了几个滤水器"),
    ("smoking", "Help to stop smoking", "戒烟服务", "Cigarettes a day", "每天几支"),
    ("hearing", "Hearing aids", "助听器服务", "Hours worn", "每天戴几小时"),
    ("back", "Back pain exercises", "腰痛锻炼", "Days exercised", "锻炼了几天"),
    ("growth", "Child growth help", "儿童生长服务", "Height (cm)", "身高（厘米）"),
    ("anaemia", "Anaemia care", "贫血服务", "Haemoglobin", "血红蛋白"),
    ("home", "Nursing at home", "居家护理", "Hours of help", "帮了几小时"),
    ("memory", "Care for memory loss", "失智照护", "Words remembered", "记住几个词"),
    ("gout", "Gout care", "痛风服务", "Attacks since last time", "上次以来发作几次"),
    ("hepatitis", "Hepatitis care", "肝炎服务", "Tablets left", "还剩几片药"),
    ("feet", "Foot care", "足部护理", "Sores seen", "有几处破损"),
)  # fmt: skip


def local_pack(topic: tuple[str, ...], tag: str = "", *, goal: bool = False) -> Pack:
    """A course of care with sign-up, visits and an end. ``tag`` of every question of health; '' as somebody who knows
    nothing of tags writes it."""
    name, en, zh, asked_en, asked_zh = topic
    care, start, visit, end = f"{name}_care", f"{name}_start", f"{name}_visit", f"{name}_end"
    person, day = (PERSON, DAY) if tag else (question("person", "", PERSON.type), question("on", "", "date"))
    result = question("result", tag, "select_one", "How is it now?", "现在怎样？", list_name="result")
    forms = (
        form(start, person, day, question("since", tag, "date", "Since when", "什么时候开始的")),
        form(visit, person, day, question("value", tag, "decimal", asked_en, asked_zh)),
        form(end, person, day, result, lists={
            "result": choices(("well", "Better", "好了"), ("moved", "Goes on elsewhere", "到别处继续"))}),
    )  # fmt: skip
    titles = {"en": en, "zh": zh}
    contacts = (
        contact("next", care, visit, name, due="add_weeks(opened_on, 4)", while_="is_missing(closed_on)"),
        contact("last", care, visit, name, due="add_weeks(last_day, 2)"),
    )
    shares = measure(care, where="value > number('enough', opened_on)")
    counted = (
        indicator("share", shares, measure(care), title={"en": "Share", "zh": "比例"}, goal=GOAL if goal else None),
        indicator("open", measure(care, where="is_missing(closed_on)"), None, title={"en": "Open", "zh": "在管"}),
    )
    facts = {"value": f"last({visit}.value)", "last_day": f"coalesce(closed_on, last_date({visit}))"}
    return Pack(
        id=f"local_{name}",
        version="1",
        titles=titles,
        sources={},
        services={name: Service(name, titles)},
        uses={f.form_id: FormUse(f.form_id, "person", "person", "on", name, titles) for f in forms},
        forms={f.form_id: f for f in forms},
        episodes={care: EpisodeDef(care, "person", start, (end,), visits=(visit,), title=titles, at=At("pack.yaml", 9))},
        facts={key: FactDef(key, rule(text), care) for key, text in facts.items()},
        schedules={"own": contacts},
        indicators={one.id: one for one in counted},
        reports={"r": ReportDef("r", titles, ("share", "open"))},
        numbers={
            "enough": number("enough", "Enough from this value", "多少算够", "", 5),
            **({"control_goal": number("control_goal", "Goal", "目标", "percent", 60)} if goal else {}),
        },
        words={"go_on": {"en": "Go on like this.", "zh": "就这样继续。"}},
        advice=(AdviceDef(visit, rule(f"{visit}.value > number('enough', {visit}.on)"), "go_on"),),
    )  # fmt: skip
