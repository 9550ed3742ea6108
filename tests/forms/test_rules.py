"""Rules in properties: errors block, warnings need a reason."""

from typing import Any

import pytest

from service import forms
from tests.forms.building import box, component, form, refusal, refused, rows, warned


def rule(condition: str, message: str = "不对", id: str = "r", **more: str) -> dict[str, str]:
    return {
        f"rule.{id}": condition,
        f"rule.{id}.message": message,
        **{f"rule.{id}.{name}": text for name, text in more.items()},
    }


def test_a_rule_that_is_false_refuses_at_its_component() -> None:
    made = form(component("number", "a"), component("number", "b", properties=rule("=b <= a", "b不能大于a")))
    assert refusal(made, {"a": 1, "b": 1}) == {}
    assert refusal(made, {"a": 1, "b": 2}) == {"b": ["b不能大于a"]}


def test_a_rule_without_an_answer_refuses_nothing() -> None:
    made = form(component("number", "a"), component("number", "b", properties=rule("=b <= a")))
    assert refusal(made, {"b": 2}) == {}


def test_a_rule_speaks_the_asked_language_if_it_can() -> None:
    made = form(component("number", "b", properties=rule("=b > 1", "太小", message_en="Too small")))
    assert refusal(made, {"b": 1}, lang="zh") == {"b": ["太小"]}
    assert refusal(made, {"b": 1}, lang="en") == {"b": ["Too small"]}
    only_chinese = form(component("number", "b", properties=rule("=b > 1", "太小")))
    assert refusal(only_chinese, {"b": 1}, lang="en") == {"b": ["太小"]}


def test_a_rule_in_a_list_is_judged_in_each_row() -> None:
    made = form(rows("r", component("number", "a"), component("number", "b", properties=rule("=this.b <= this.a"))))
    answers = {"r": [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 5, "b": 6}]}
    assert refusal(made, answers).keys() == {"r.1.b", "r.2.b"}


@pytest.mark.parametrize(
    ("wrap", "place"),
    [
        (lambda p: component("textfield", "t", properties=p), "t"),
        (lambda p: component("expression", "e", expression="=1", properties=p), "e"),
        (lambda p: component("textfield", "t", readonly=True, properties=p), "t"),
        (lambda p: component("separator", id="Line", properties=p), "Line"),
        (lambda p: box(id="Group_a", properties=p), "Group_a"),
        (lambda p: box(component("textfield", "z"), path="g", properties=p), "g"),
        (lambda p: rows("l", properties=p), "l"),
    ],
)
def test_a_rule_may_stand_on_any_component(wrap: Any, place: str) -> None:
    made = form(component("number", "a"), wrap(rule("=a > 0")))
    assert refusal(made, {"a": 0}) == {place: ["不对"]}


def test_a_rule_of_the_whole_form_stands_in_its_own_properties() -> None:
    made = form(component("number", "a"), properties=rule("=a > 0"))
    assert refusal(made, {"a": 0}) == {"form": ["不对"]}


def test_a_rule_of_a_hidden_component_rests() -> None:
    made = form(component("number", "a"), component("textfield", "b", hide="=a = 0", properties=rule("=a > 0")))
    assert refusal(made, {"a": 0}) == {}
    assert refusal(made, {"a": -1}) == {"b": ["不对"]}


def test_a_component_may_have_several_rules() -> None:
    made = form(component("number", "a", properties=rule("=a > 0", "一", "r1") | rule("=a > 1", "二", "r2")))
    assert refusal(made, {"a": 0}) == {"a": ["一", "二"]}


WARNING = form(component("number", "km", properties=rule("=km <= 5", "太远", "far", severity="warning")))


def test_a_warning_blocks_until_a_reason_is_given_and_the_reason_is_kept() -> None:
    assert warned(WARNING, {"km": 6}) == ["far"]
    assert warned(WARNING, {"km": 6, "warning_reasons": {"far": "  "}}) == ["far"]
    assert warned(WARNING, {"km": 6, "warning_reasons": {"other": "山路"}}) == ["far"]
    assert warned(WARNING, {"km": 6, "warning_reasons": "山路"}) == ["far"]
    result = forms.validate(WARNING, {"km": 6, "warning_reasons": {"far": " 山路 ", "other": "x"}})
    assert result == {"km": 6, "warning_reasons": {"far": "山路"}}


def test_a_reason_nobody_asked_for_is_not_kept() -> None:
    assert forms.validate(WARNING, {"km": 5, "warning_reasons": {"far": "山路"}}) == {"km": 5}


def test_a_refusal_tells_warnings_apart_from_errors() -> None:
    made = form(
        component("number", "a", required=True),
        component("number", "km", properties=rule("=km <= 5", "太远", "far", severity="warning")),
    )
    found = refused(made, {"km": 6})
    assert found.fields.keys() == {"a", "km"}
    assert found.warnings == [{"rule": "far", "path": "km", "message": "太远"}]


def test_one_reason_covers_all_rows_that_break_the_same_rule() -> None:
    made = form(rows("r", component("number", "n", properties=rule("=this.n < 5", "大", "big", severity="warning"))))
    answers = {"r": [{"n": 6}, {"n": 7}]}
    assert warned(made, answers) == ["big", "big"]
    assert forms.validate(made, {**answers, "warning_reasons": {"big": "已核实"}})["warning_reasons"] == {
        "big": "已核实"
    }
