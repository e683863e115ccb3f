"""A form becomes typed questions, the same from every kind of file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engine.model.spec import Choice, EntityDecl, FormSpec, Group, Question
from doorstep.engine.xlsform import parse_xform, read

from .forms import NAMESPACES, SETTINGS, VISIT, as_csv, as_xlsx, form


def spec_of(markdown: str, name: str = "visit.md") -> FormSpec:
    return read(markdown.encode(), name, check=False)


def test_the_whole_form() -> None:
    spec = spec_of(VISIT)
    assert (spec.form_id, spec.version, spec.titles) == ("visit", "7", {"default": "Visit"})
    assert spec.languages == ("zh", "en")
    assert spec.repeats == (("babies",),)
    assert spec.attachments == ("person.csv",)
    assert spec.entities == (EntityDecl("person", ("babies",), creates=True, updates=False),)
    assert spec.choices["sign"] == (Choice("fever", {"zh": "发热", "en": "Fever"}, {"urgent": "1"}),)
    assert [(q.key, q.path, q.type, q.data_type, q.required) for q in spec.questions] == [
        ("person", ("person",), "select_one_from_file", "string", True),
        ("seen_on", ("seen_on",), "date", "date", True),
        ("weight", ("care", "weight"), "decimal", "decimal", True),
        ("signs", ("care", "signs"), "select_multiple", "string", False),
        ("sent", ("care", "sent"), "select_one", "string", False),
        ("full_name", ("babies", "full_name"), "text", "string", True),
        ("weight", ("babies", "birth", "weight"), "integer", "int", False),
        ("bmi", ("bmi",), "calculate", "string", False),
        ("thanks", ("thanks",), "note", "string", False),
    ]


def test_one_question_in_full() -> None:
    spec = spec_of(VISIT)
    assert spec.by_path[("care", "sent")] == Question(
        key="sent",
        name="sent",
        path=("care", "sent"),
        type="select_one",
        data_type="string",
        labels={"zh": "转诊了吗", "en": "Sent on?"},
        list_name="yn",
        relevant="selected( /visit/care/signs , 'fever')".replace("/visit", "/data"),
        tag="sensitive.health",
        row=13,
    )
    assert spec.by_path[("babies", "full_name")].save_to == "phone"
    assert spec.by_path[("babies", "full_name")].repeat == ("babies",)
    assert [q.key for q in spec.in_repeat(("babies",))] == ["full_name", "weight"]
    assert spec.groups[0] == Group(("care",), {"zh": "护理", "en": "Care"}, row=10)
    assert spec.groups[1] == Group(("babies",), {"zh": "宝宝", "en": "Babies"}, repeats=True, row=15)


@pytest.mark.parametrize(("data", "name"), [(as_xlsx(VISIT), "visit.xlsx"), (as_csv(VISIT), "visit.csv")])
def test_every_kind_of_file_says_the_same(data: bytes, name: str) -> None:
    spec, markdown = read(data, name, check=False), spec_of(VISIT)
    assert spec.xml == markdown.xml
    assert [(q.key, q.type, q.labels, q.tag) for q in spec.questions] == [
        (q.key, q.type, q.labels, q.tag) for q in markdown.questions
    ]


def test_kinds_are_told_without_a_name() -> None:
    expected = spec_of(VISIT).questions
    for data in (VISIT.encode(), as_xlsx(VISIT), as_csv(VISIT)):
        assert [q.path for q in read(data, check=False).questions] == [q.path for q in expected]


def test_rows_are_sheet_rows_in_workbooks_and_lines_in_text_files(tmp_path: Path) -> None:
    assert read(as_xlsx(VISIT), "a.xlsx", check=False).by_key["seen_on"].row == 3
    path = tmp_path / "visit.md"
    path.write_text("# A remark\n\n" + VISIT.lstrip("\n"), encoding="utf-8")
    line = path.read_text(encoding="utf-8").splitlines()[read(path, check=False).by_key["seen_on"].row - 1]  # type: ignore[operator]
    assert line.startswith("| | date | seen_on |")


def test_a_cell_of_two_lines_does_not_shift_the_rows_of_csv() -> None:
    text = 'survey\n,type,name,label\n,integer,a,"first\nsecond"\n,integer,b,B\n'
    assert [(q.name, q.row) for q in read(text.encode(), "f.csv", check=False).questions] == [("a", 3), ("b", 5)]


def test_stored_xml_alone_gives_the_same_form() -> None:
    spec = spec_of(VISIT)
    again = parse_xform(spec.xml.encode())
    assert [(q.key, q.path, q.type, q.labels, q.tag, q.required) for q in again.questions] == [
        (q.key, q.path, q.type, q.labels, q.tag, q.required) for q in spec.questions
    ]
    assert (again.entities, again.repeats, again.choices) == (spec.entities, spec.repeats, spec.choices)


def test_a_name_at_one_level_twice_gives_paths_as_keys() -> None:
    spec = spec_of(
        form(
            """
| | type | name | label |
| | begin_group | before | B |
| | integer | weight | W |
| | end_group | | |
| | begin_group | after | A |
| | integer | weight | W |
| | integer | height | H |
| | begin_repeat | visits | V |
| | integer | weight | W |
| | integer | height | H |
| | end_repeat | | |
| | end_group | | |
"""
        )
    )
    assert [q.key for q in spec.questions] == ["before/weight", "after/weight", "height", "weight", "height"]


def test_a_question_gives_way_to_a_repeat_of_its_name() -> None:
    spec = spec_of(
        form(
            """
| | type | name | label |
| | begin_group | g | G |
| | integer | babies | How many |
| | end_group | | |
| | begin_repeat | babies | V |
| | integer | weight | W |
| | end_repeat | | |
"""
        )
    )
    assert [q.key for q in spec.questions] == ["g/babies", "weight"]


TYPES = [
    ("text", "text", "string"),
    ("integer", "integer", "int"),
    ("decimal", "decimal", "decimal"),
    ("date", "date", "date"),
    ("time", "time", "time"),
    ("dateTime", "dateTime", "dateTime"),
    ("geopoint", "geopoint", "geopoint"),
    ("geotrace", "geotrace", "geotrace"),
    ("geoshape", "geoshape", "geoshape"),
    ("image", "image", "binary"),
    ("audio", "audio", "binary"),
    ("video", "video", "binary"),
    ("file", "file", "binary"),
    ("barcode", "barcode", "barcode"),
    ("acknowledge", "acknowledge", "string"),
    ("range", "range", "int"),
    ("note", "note", "string"),
    ("start", "start", "dateTime"),
    ("end", "end", "dateTime"),
    ("today", "today", "date"),
    ("deviceid", "deviceid", "string"),
    ("username", "username", "string"),
    ("start-geopoint", "start-geopoint", "geopoint"),
    ("background-audio", "background-audio", "binary"),
    ("hidden", "hidden", "string"),
    ("select_one yn", "select_one", "string"),
    ("select_multiple yn", "select_multiple", "string"),
    ("rank yn", "rank", "rank"),
    ("select_one_from_file a.csv", "select_one_from_file", "string"),
    ("select_multiple_from_file a.csv", "select_multiple_from_file", "string"),
]
YN = "| choices |\n| | list_name | name | label |\n| | yn | yes | Yes |\n| | yn | no | No |\n"


@pytest.mark.parametrize(("written", "kind", "data"), TYPES)
def test_each_type_is_known_again(written: str, kind: str, data: str) -> None:
    spec = spec_of(form(f"| | type | name | label |\n| | {written} | a | A |\n| | text | z | Z |\n", YN))
    assert (spec.questions[0].type, spec.questions[0].data_type) == (kind, data)


def test_audit_is_seen() -> None:
    spec = spec_of(form("| | type | name | label |\n| | audit | | |\n| | text | z | Z |\n"))
    assert [(q.type, q.path) for q in spec.questions] == [("text", ("z",)), ("audit", ("meta", "audit"))]


def test_a_filled_in_read_only_text_is_no_note() -> None:
    rows = (
        "| | type | name | label | readonly | default |\n| | text | a | A | yes | hello |\n| | text | b | B | yes | |\n"
    )
    assert [q.type for q in spec_of(form(rows)).questions] == ["text", "note"]


def test_required_means_always_required() -> None:
    rows = """
| | type | name | label | required | relevant |
| | text | plain | A | yes | |
| | text | sometimes | B | ${plain} = 'x' | |
| | text | hidden | C | yes | ${plain} = 'x' |
| | begin_group | g | G | | ${plain} = 'x' |
| | text | inside | D | yes | |
| | end_group | | | | |
"""
    assert [(q.name, q.required) for q in spec_of(form(rows)).questions] == [
        ("plain", True),
        ("sometimes", False),
        ("hidden", False),
        ("inside", False),
    ]


def test_words_with_outputs_messages_and_missing_translations() -> None:
    rows = """
| | type | name | label::English (en) | label::中文 (zh) | constraint | constraint_message::English (en) | constraint_message::中文 (zh) |
| | text | who | Who | 谁 | | | |
| | integer | age | How old is ${who}? | ${who}多大了？ | . > 0 | Above 0 | 大于0 |
| | integer | kg | Weight | | | | |
"""
    spec = spec_of(form(rows))
    assert spec.by_key["age"].labels == {"en": "How old is {who}?", "zh": "{who}多大了？"}
    assert spec.by_key["age"].constraint_message == {"en": "Above 0", "zh": "大于0"}
    assert spec.by_key["kg"].labels == {"en": "Weight"}


def test_a_form_without_languages_has_default_words() -> None:
    plain = SETTINGS.replace("| 中文 (zh) |", "| |")
    spec = spec_of(form("| | type | name | label |\n| | text | a | A |\n", settings=plain))
    assert (spec.languages, spec.by_key["a"].labels) == ((), {"default": "A"})


@pytest.mark.parametrize(
    ("row", "creates", "updates"),
    [
        ("| | list_name | label |\n| | person | ${a} |\n", True, False),
        ("| | list_name | label | create_if |\n| | person | ${a} | ${a} = 'x' |\n", True, False),
        ("| | list_name | entity_id |\n| | person | ${a} |\n", False, True),
        (
            "| | list_name | label | entity_id | create_if | update_if |\n| | person | ${a} | ${a} | true() | true() |\n",
            True,
            True,
        ),
    ],
)
def test_what_a_form_does_to_a_list(row: str, creates: bool, updates: bool) -> None:
    rows = "| | type | name | label | save_to |\n| | text | a | A | phone |\n"
    spec = spec_of(form(rows, entities="| entities |\n" + row))
    assert spec.entities == (EntityDecl("person", (), creates, updates),)


def test_two_lists_in_one_form_each_at_its_place() -> None:
    rows = """
| | type | name | label | save_to |
| | text | number | N | household#number |
| | begin_repeat | members | M | |
| | text | phone | P | person#phone |
| | end_repeat | | | |
"""
    entities = "| entities |\n| | list_name | label |\n| | household | ${number} |\n| | person | ${phone} |\n"
    assert spec_of(form(rows, entities=entities)).entities == (
        EntityDecl("person", ("members",), True, False),
        EntityDecl("household", (), True, False),
    )


def test_the_file_name_is_the_id_when_no_settings_say() -> None:
    assert (
        spec_of(form("| | type | name | label |\n| | text | a | A |\n", settings=""), "weight.md").form_id == "weight"
    )


def test_a_tag_under_another_namespace_is_no_tag() -> None:
    other = SETTINGS.replace(NAMESPACES, 'doorstep="https://elsewhere.example/ns"')
    rows = "| | type | name | label | bind::doorstep:tag |\n| | text | a | A | service |\n"
    assert [q.tag for text in (SETTINGS, other) for q in spec_of(form(rows, settings=text)).questions] == [
        "service",
        "",
    ]


def test_media_are_asked_for() -> None:
    rows = "| | type | name | label::English (en) | media::image::English (en) |\n| | text | a | A | belly.png |\n"
    assert spec_of(form(rows)).attachments == ("belly.png",)


def test_itemsets_for_external_choices() -> None:
    rows = "| | type | name | label | choice_filter |\n| | text | s | S | |\n| | select_one_external towns | t | T | state=${s} |\n"
    external = "| external_choices |\n| | list_name | name | state |\n| | towns | a | b |\n"
    spec = spec_of(form(rows, YN, entities=external))
    assert spec.itemsets.splitlines() == ['"list_name","name","state"', '"towns","a","b"']
    assert (spec.by_key["t"].type, spec.attachments) == ("select_one_external", ("itemsets.csv",))


NAMES = st.sampled_from(["a", "b", "c", "weight"])
TREE = st.recursive(
    st.tuples(st.just("integer"), NAMES),
    lambda inner: st.tuples(st.sampled_from(["group", "repeat"]), NAMES, st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)


def _rows(nodes: list, path: tuple[str, ...], out: list[str], expected: list[tuple[str, ...]], repeats: list) -> None:
    taken: set[str] = set()
    for kind, name, *inner in nodes:
        if name in taken or (kind == "repeat" and any(name == r[-1] for r in repeats)):
            continue
        taken.add(name)
        if kind == "integer":
            out.append(f"| | integer | {name} | L |")
            expected.append((*path, name))
            continue
        if kind == "repeat":
            repeats.append((*path, name))
        out.append(f"| | begin_{kind} | {name} | L |")
        _rows(inner[0], (*path, name), out, expected, repeats)
        out.append(f"| | end_{kind} | | |")


@settings(max_examples=60, deadline=None)
@given(st.lists(TREE, min_size=1, max_size=4))
def test_every_question_is_found_once_with_a_key_of_its_own(nodes: list) -> None:
    out: list[str] = []
    expected: list[tuple[str, ...]] = []
    repeats: list[tuple[str, ...]] = []
    _rows(nodes, (), out, expected, repeats)
    spec = spec_of(form("| | type | name | label |\n" + "\n".join(out) + "\n"))
    assert [q.path for q in spec.questions] == expected
    assert set(spec.repeats) == set(repeats)
    for level in ((), *spec.repeats):
        questions = spec.in_repeat(level)
        inner = {r[-1] for r in repeats if len(r) > len(level) and r[: len(level)] == level}
        direct = {r[-1] for r in repeats if r[-1] in inner and _above(r, repeats) == level}
        assert len({q.key for q in questions}) == len(questions)
        names = [q.name for q in questions]
        for question in questions:
            alone = names.count(question.name) == 1 and question.name not in direct
            assert question.key == (question.name if alone else "/".join(question.path[len(level) :]))


def _above(path: tuple[str, ...], repeats: list[tuple[str, ...]]) -> tuple[str, ...]:
    return max((r for r in repeats if len(r) < len(path) and path[: len(r)] == r), key=len, default=())
