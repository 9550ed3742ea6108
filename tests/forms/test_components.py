"""Each component type: what it takes, what it gives, what it refuses."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from service import clock, forms
from tests.forms.building import box, component, form, refusal, refused, rows


def one(kind: str, **attributes: Any) -> forms.Form:
    return form(component(kind, "x", **attributes))


def value(made: forms.Form, given: Any, context: dict[str, Any] | None = None) -> Any:
    return forms.validate(made, {"x": given}, context)["x"]


def said(made: forms.Form, given: Any, context: dict[str, Any] | None = None) -> list[str]:
    return refusal(made, {"x": given}, context).get("x", [])


OPTIONS = [{"label": "甲", "value": "a"}, {"label": "乙", "value": "b"}]


@pytest.mark.parametrize(
    ("kind", "empty"),
    [
        ("textfield", ""),
        ("textarea", ""),
        ("number", None),
        ("datetime", None),
        ("checkbox", False),
        ("radio", None),
        ("select", None),
        ("checklist", []),
        ("taglist", []),
        ("filepicker", None),
    ],
)
def test_an_untouched_component_gives_its_empty_value_and_a_required_one_is_told(kind: str, empty: Any) -> None:
    options = {"values": OPTIONS} if kind in ("radio", "select", "checklist", "taglist") else {}
    assert forms.validate(one(kind, **options), {}) == {"x": empty}
    assert forms.validate(one(kind, **options), {"x": None}) == {"x": empty}
    assert list(refusal(one(kind, required=True, **options), {})) == ["x"]


def test_a_default_value_stands_for_a_missing_answer_but_not_for_a_sent_one() -> None:
    made = one("number", defaultValue=3)
    assert forms.validate(made, {}) == {"x": Decimal(3)}
    assert forms.validate(made, {"x": 0}) == {"x": Decimal(0)}


def test_a_text_field_loses_line_breaks_and_a_text_area_keeps_them() -> None:
    assert value(one("textfield"), " 一\n二 ") == "一 二"
    assert value(one("textarea"), " 一\n二 ") == " 一\n二 "


@pytest.mark.parametrize("given", [1, True, ["a"], {"a": 1}, "\x00", "\ud800", "字" * 20_001])
def test_what_is_not_a_storable_text_is_refused(given: Any) -> None:
    assert len(said(one("textfield"), given)) == 1


def test_blanks_do_not_satisfy_a_required_text() -> None:
    assert said(one("textarea", required=True), " \n ") == ["Please fill this in."]


def test_lengths_count_characters_without_the_blanks_around() -> None:
    made = one("textarea", minLength=2, maxLength=3)
    assert said(made, "一") == ["At least 2 characters are needed."]
    assert said(made, " 一二三 ") == []
    assert said(made, "一二三四") == ["At most 3 characters are allowed."]
    assert said(made, "") == []


def test_a_pattern_is_searched_anywhere_and_may_bring_its_own_message() -> None:
    assert said(one("textfield", pattern=r"\d\d"), "房12号") == []
    assert said(one("textfield", pattern=r"^\d\d$"), "房12号") == ["The text does not have the expected form."]
    made = one("textfield", pattern="^a", patternErrorMessage="以a开头")
    assert refusal(made, {"x": "b"}, lang="zh") == {"x": ["以a开头"]}


def test_digits_in_a_pattern_are_ascii_as_in_the_browser() -> None:
    assert said(one("textfield", pattern=r"^\d$"), "４") != []


def test_a_hostile_pattern_costs_no_time() -> None:
    assert said(one("textfield", pattern="^(a+)+$"), "a" * 10_000 + "b") != []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("email", "wu@example.org", "wu@@example"),
        ("email", "w.u-1@a-b.example", "吴@example.org"),
        ("phone", "+8619900000001", "19900000001"),
        ("phone", "008677212345678", "+86abc"),
    ],
)
def test_validation_types_of_form_js(kind: str, good: str, bad: str) -> None:
    assert said(one("textfield", validationType=kind), good) == []
    assert len(said(one("textfield", validationType=kind), bad)) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [(0.1, "0.1"), (2735.99, "2735.99"), (3, "3"), (-2.5, "-2.5"), (Decimal("0.30"), "0.30"), (10**30, "1" + "0" * 30)],
)
def test_numbers_become_decimals_with_the_digits_that_were_sent(given: Any, expected: str) -> None:
    result = value(one("number"), given)
    assert type(result) is Decimal
    assert str(result) == expected


@pytest.mark.parametrize(
    "given", ["12", True, float("nan"), float("inf"), "一", [1], {}, 10**40, 1e300, Decimal("1e-60"), Decimal("NaN")]
)
def test_what_is_not_a_usable_number_is_refused(given: Any) -> None:
    assert len(said(one("number"), given)) == 1


def test_a_number_serialized_to_string_stays_text_and_is_still_judged() -> None:
    made = one("number", serializeToString=True, max=10, decimalDigits=2)
    assert value(made, "9.50") == "9.50"
    assert value(made, 7) == "7"
    assert value(made, "") is None
    assert said(made, "10.01") == ["The greatest value is 10."]
    assert said(made, "x") == ["Enter a number."]


def test_least_and_greatest_values_are_allowed_themselves() -> None:
    made = one("number", min=0, max="2.5")
    assert [said(made, each) for each in (0, 2.5)] == [[], []]
    assert said(made, -0.01) == ["The least value is 0."]
    assert said(made, 2.51) == ["The greatest value is 2.5."]


def test_decimal_digits_and_increments() -> None:
    assert said(one("number", decimalDigits=0), 1.5) == ["Enter a whole number."]
    assert said(one("number", decimalDigits=0), 2.0) == []
    assert said(one("number", decimalDigits=2), 1.005) == ["At most 2 decimal places are allowed."]
    assert said(one("number", increment="0.5"), 1.25) == ["Enter a multiple of 0.5, such as 1 or 1.5."]
    assert said(one("number", increment=5), 15) == []


def test_limits_may_be_expressions_over_answers_and_process_variables() -> None:
    made = form(
        component("number", "x", max="=limit + y"),
        component("number", "y"),
        component("textfield", "z", maxLength="=y"),
    )
    assert refusal(made, {"x": 8, "y": 3}, {"limit": 5}) == {}
    assert refusal(made, {"x": 9, "y": 3, "z": "abcd"}, {"limit": 5}).keys() == {"x", "z"}
    assert refusal(made, {"x": 9}, {}) == {}, "a limit without a value limits nothing"


def test_dates_times_and_moments() -> None:
    assert value(one("datetime"), "2015-07-20") == date(2015, 7, 20)
    assert value(one("datetime", subtype="date"), date(2015, 7, 20)) == date(2015, 7, 20)
    assert value(one("datetime", subtype="time"), "09:30") == time(9, 30)
    assert value(one("datetime", subtype="time"), "09:30Z") == time(9, 30, tzinfo=UTC)
    moment = value(one("datetime", subtype="datetime"), "2015-07-20T09:30+08:00")
    assert moment == datetime(2015, 7, 20, 1, 30, tzinfo=UTC)
    assert value(one("datetime", subtype="datetime"), "2015-07-20T09:30") == moment, "without offset: Beijing time"
    as_feel_writes_it = "2015-07-20T09:30:00@Asia/Shanghai"
    assert value(one("datetime", subtype="datetime"), as_feel_writes_it) == moment
    assert moment.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("subtype", "given"),
    [
        ("date", "2015-02-29"),
        ("date", "2015-7-2"),
        ("date", "20.07.2015"),
        ("date", 20150720),
        ("date", "2015-07-20T00:00"),
        ("time", "24:01"),
        ("time", "9:30"),
        ("time", "09:30+99:00"),
        ("datetime", "2015-07-20"),
        ("datetime", "2015-07-20 09:30"),
        ("datetime", "2015-13-01T00:00Z"),
        ("datetime", {}),
    ],
)
def test_what_the_calendar_or_the_clock_does_not_have_is_refused(subtype: str, given: Any) -> None:
    assert len(said(one("datetime", subtype=subtype), given)) == 1


def test_passed_dates_are_refused_where_the_form_says_so_and_today_is_not_passed() -> None:
    made = one("datetime", disallowPassedDates=True)
    moment = one("datetime", subtype="datetime", disallowPassedDates=True)
    with clock.frozen(datetime(2015, 7, 19, 16, 30, tzinfo=UTC)):
        assert said(made, "2015-07-20") == []
        assert said(made, "2015-07-19") == ["The date must not be in the past."]
        assert said(moment, "2015-07-20T00:01") == []
        assert said(moment, "2015-07-19T23:59") == ["The date must not be in the past."]


def test_a_checkbox_is_true_or_false_and_a_required_one_is_true() -> None:
    assert value(one("checkbox"), True) is True
    assert said(one("checkbox"), "true") == ["Choose yes or no."]
    assert said(one("checkbox", required=True), False) == ["Please tick this box."]


@pytest.mark.parametrize("kind", ["radio", "select"])
def test_one_option_is_chosen(kind: str) -> None:
    made = one(kind, values=OPTIONS)
    assert value(made, "b") == "b"
    for given in ("c", "甲", True, 1, ["a"], {"label": "甲", "value": "a"}):
        assert said(made, given) == ["Choose from the list."]


@pytest.mark.parametrize("kind", ["checklist", "taglist"])
def test_several_options_are_chosen_each_once(kind: str) -> None:
    made = one(kind, values=OPTIONS)
    assert value(made, ["b", "a", "b"]) == ["b", "a"]
    assert said(made, ["a", "c"]) == ["Choose from the list."]
    assert said(made, "a") == ["Choose from the list."]
    assert said(made, [None]) == ["Choose from the list."]


def test_options_keep_their_types_and_true_is_not_one() -> None:
    made = one("radio", values=[{"label": "是", "value": True}, {"label": "否", "value": False}])
    assert value(made, False) is False
    assert said(made, 1) == ["Choose from the list."]
    numbers = one("select", values=[{"label": "一", "value": 1}, {"label": "二", "value": 2.5}])
    assert value(numbers, 2.5) == Decimal("2.5")
    assert said(numbers, True) == ["Choose from the list."]
    objects = one("select", values=[{"label": "甲", "value": {"id": 1}}])
    assert value(objects, {"id": 1}) == {"id": Decimal(1)}
    assert said(objects, {"id": 2}) == ["Choose from the list."]


def test_a_false_answer_to_a_required_question_is_an_answer() -> None:
    made = one("radio", required=True, values=[{"label": "是", "value": True}, {"label": "否", "value": False}])
    assert value(made, False) is False


def test_options_come_from_a_process_variable() -> None:
    made = one("select", valuesKey="villages")
    context = {"villages": ["高岜村", {"label": "平禾", "value": "平禾村"}, {"label": "empty", "value": ""}, 7]}
    assert [value(made, each, context) for each in ("高岜村", "平禾村", 7)] == ["高岜村", "平禾村", Decimal(7)]
    assert said(made, "岩脚村", context) == ["Choose from the list."]
    assert said(made, "高岜村", {}) == ["Choose from the list."]


def test_days_among_the_options_are_chosen_by_their_text_and_what_json_cannot_say_is_left_out() -> None:
    made = one("select", valuesKey="days")
    context = {"days": [date(2015, 7, 20), object(), {"label": "x", "value": {1, 2}}]}
    assert value(made, "2015-07-20", context) == "2015-07-20"


def test_options_come_from_an_expression_over_answers_and_variables() -> None:
    made = form(
        component("number", "limit"), component("select", "x", valuesExpression="=villages[persons <= limit].name")
    )
    context = {"villages": [{"name": "a", "persons": Decimal(5)}, {"name": "b", "persons": Decimal(9)}]}
    assert refusal(made, {"limit": 5, "x": "a"}, context) == {}
    assert list(refusal(made, {"limit": 5, "x": "b"}, context)) == ["x"]


@pytest.mark.parametrize("good", ["files::1ab", ["doc-1", "doc-2"], [123 and "123"]])
def test_files_are_given_by_id(good: Any) -> None:
    assert value(one("filepicker", required=True), good) == good


@pytest.mark.parametrize("bad", ["../etc/passwd", 5, {"id": "a"}, ["a"] * 51, ["a", None], "a b"])
def test_what_is_not_a_file_id_is_refused(bad: Any) -> None:
    assert said(one("filepicker"), bad) == ["Choose files (at most 50)."]


def test_components_that_are_only_looked_at_produce_nothing() -> None:
    made = form(
        component("text", text="# 说明"),
        component("html", content="<p>"),
        component("image", source="=x"),
        component("table", dataSource="=rows", columns=[{"key": "a", "label": "A"}]),
        component("separator"),
        component("button", action="submit"),
        component("spacer", height=20),
        component("iframe", url="https://example.org"),
        component("documentPreview", dataSource="=docs"),
    )
    assert forms.validate(made, {"text": "x", "rows": []}) == {}


def test_unknown_keys_are_dropped_at_every_level() -> None:
    made = form(
        component("textfield", "a"), box(component("textfield", "b"), path="g"), rows("r", component("textfield", "c"))
    )
    answers = {"a": "1", "z": 1, "g": {"b": "2", "z": 1}, "r": [{"c": "3", "z": 1}]}
    assert forms.validate(made, answers) == {"a": "1", "g": {"b": "2"}, "r": [{"c": "3"}]}


def test_dotted_keys_and_group_paths_build_one_object() -> None:
    made = form(
        component("textfield", "home.village", id="A"),
        component("number", "home.door.no", id="B"),
        box(component("textfield", "hamlet", id="C"), path="home"),
    )
    answers = {"home": {"village": "高岜村", "door": {"no": 5}, "hamlet": "老寨屯"}}
    assert forms.validate(made, answers) == {
        "home": {"village": "高岜村", "door": {"no": Decimal(5)}, "hamlet": "老寨屯"}
    }


def test_a_group_without_a_path_leaves_its_values_where_they_are() -> None:
    made = form(box(component("textfield", "a")))
    assert forms.validate(made, {"a": "1"}) == {"a": "1"}


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ({"g": 1}, "g"),
        ({"g": []}, "g"),
        ({"r": {}}, "r"),
        ({"r": "x"}, "r"),
        ({"r": [1]}, "r.0"),
        ({"r": [{}, {"n": "x"}]}, "r.1.n"),
        ({"g": {"b": 1}}, "g.b"),
    ],
)
def test_the_wrong_shape_is_told_where_it_is(answers: dict[str, Any], place: str) -> None:
    made = form(box(component("textfield", "b"), path="g"), rows("r", component("number", "n")))
    assert place in refusal(made, answers)


def test_answers_that_are_no_object_are_refused() -> None:
    with pytest.raises(forms.validation.errors.Invalid):
        forms.validate(form(component("textfield", "a")), [1])  # type: ignore[arg-type]


def test_several_errors_are_told_at_once_by_path() -> None:
    made = form(
        component("textfield", "a", required=True),
        component("number", "b", max=1),
        rows("r", component("textfield", "c", required=True), rows("s", component("number", "d", min=0))),
    )
    answers = {"b": 2, "r": [{"c": "x", "s": [{"d": 1}, {"d": -1}]}, {}]}
    assert refusal(made, answers).keys() == {"a", "b", "r.0.s.1.d", "r.1.c"}


def test_messages_come_in_english_and_chinese() -> None:
    made = one("textfield", pattern="^a", patternErrorMessage="以a开头")
    found = refused(made, {"x": "b"})
    assert found.fields == {"x": ["以a开头"]}
    assert found.status == 422
    assert "f_test" in str(found)
