"""Every text a person reads stands in every language of the pack."""

from __future__ import annotations

from collections.abc import Iterator

from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import At
from doorstep.engine.model.spec import FormSpec, Text
from doorstep.engine.packs.yaml_file import Found

_UNSEEN = ("calculate", "hidden", "start", "end", "today", "deviceid", "audit", "username", "email", "phonenumber")


def check_languages(pack: Pack, found: Found) -> None:
    """Add a problem for each text that lacks one of the languages of the pack's title."""
    for part, text, at in _texts(pack):
        missing = [code for code in pack.languages if not text.get(code)]
        if missing:
            found.add("language_missing", at, part, part=part, languages=", ".join(missing))
    for form, spec in pack.forms.items():
        _check_form(spec, pack, At(pack.files.get(form, "")), found)


def _texts(pack: Pack) -> Iterator[tuple[str, Text, At]]:
    """Each text of the pack: all that must be there, and the optional ones (about, why, notes) that are."""
    top = At("pack.yaml", 1)
    yield from ((f"source {s.id}", s.title, top) for s in pack.sources.values())
    yield from ((f"service {s.id}", s.title, s.at) for s in pack.services.values())
    yield from ((f"form {u.form}", u.title, u.at) for u in pack.uses.values())
    yield from ((f"episode {e.id}", e.title, e.at) for e in pack.episodes.values())
    for episode in pack.episodes.values():
        drawn = [t.title for t in episode.trends] + [line.title for t in episode.trends for line in t.lines]
        drawn += [line.title for line in episode.sheet]
        yield from ((f"episode {episode.id}, trend", title, episode.at) for title in drawn)
    yield from ((f"curve {c.of}", c.title, c.at) for c in pack.curves)
    yield from ((f"fact {f.id}", f.title, f.rule.at) for f in pack.facts.values() if f.title)
    yield from ((f"number {n.id}", n.title, n.at) for n in pack.numbers.values())
    yield from ((f"words {word}", text, At(f"words/{word}.yaml", 1)) for word, text in pack.words.items())
    yield from ((f"case {c.id}", c.sentence, c.at) for c in pack.cases)
    yield from ((f"report {r.id}", r.title, r.at) for r in pack.reports.values())
    yield from (text for report in pack.reports.values() for text in report.texts())
    yield from ((f"picture {p.id}", p.title, p.at) for p in pack.pictures.values())
    yield from ((f"picture {p.id}, step", s.title, p.at) for p in pack.pictures.values() for s in p.steps)
    yield from ((f"picture {p.id}, note", p.note, p.at) for p in pack.pictures.values())
    yield from ((f"indicator {i.id}", i.title, i.at) for i in pack.indicators.values())
    yield from ((f"indicator {i.id}, note", i.note, i.at) for i in pack.indicators.values() if i.note)
    if pack.about:
        yield "about", pack.about, top
    yield from _method_texts(pack)
    yield from ((f"series {s.id}", s.title, s.at) for s in pack.series.values())
    yield from ((f"series {s.id}, why", s.why, s.at) for s in pack.series.values() if s.why)
    yield from ((f"series {s.id}, card", c.title, s.at) for s in pack.series.values() for c in s.card)
    yield from ((f"contact {c.id}", c.title, c.at) for c in pack.series_contacts())
    for schedule, contacts in pack.schedules.items():
        yield f"schedule {schedule}", pack.schedule_titles[schedule], At(f"schedules/{schedule}.yaml", 1)
        yield from ((f"contact {c.id}", c.title, c.at) for c in contacts)
        yield from ((f"contact {c.id}, why", c.why, c.at) for c in contacts if c.why)


def _method_texts(pack: Pack) -> Iterator[tuple[str, Text, At]]:
    for method in pack.methods.values():
        at = At(method.file, method.line)
        yield from ((f"method {method.id}, {part}", text, at) for part, text in method.said().items())
        if method.figures and method.figures.note:
            yield f"method {method.id}, note", method.figures.note, at
    for table in pack.safety.values():
        at = At(f"safety/{table.id}.yaml", 1)
        yield f"safety {table.id}", table.title, at
        yield from ((f"condition {c.id}", c.title, at) for c in table.conditions)


def _check_form(spec: FormSpec, pack: Pack, at: At, found: Found) -> None:
    for part, text, row in _form_texts(spec):
        missing = [code for code in pack.languages if not text.get(code)]
        if missing:
            found.add("language_missing", At(at.file, row), part, part=part, languages=", ".join(missing))


def _form_texts(spec: FormSpec) -> Iterator[tuple[str, Text, int | None]]:
    shown_lists = {}
    for question in spec.questions:
        if question.type in _UNSEEN:
            continue
        yield f"question {question.key}", question.labels, question.row
        optional = ("hint", question.hints), ("constraint_message", question.constraint_message)
        for name, text in (*optional, ("required_message", question.required_message)):
            if text:
                yield f"question {question.key}, {name}", text, question.row
        if question.list_name in spec.choices:
            shown_lists[question.list_name] = question.row
    for name, row in shown_lists.items():
        for choice in spec.choices[name]:
            yield f"choice {name}/{choice.name}", choice.labels, row
    for group in spec.groups:
        if group.labels:
            yield f"group {group.path[-1]}", group.labels, group.row
