"""What depends on other answers: hidden, readonly and computed components, rows of lists."""

from decimal import Decimal
from typing import Any

import pytest

from service import forms
from tests.forms.building import box, component, form, refusal, rows


def test_a_hidden_value_is_dropped_and_not_judged() -> None:
    made = form(component("checkbox", "proxy"), component("textfield", "name", required=True, hide="=proxy != true"))
    assert forms.validate(made, {"proxy": False, "name": "吴"}) == {"proxy": False}
    assert forms.validate(made, {"name": 5}) == {"proxy": False}, "nor is its type"
    assert list(refusal(made, {"proxy": True})) == ["name"]


def test_a_condition_that_has_no_answer_hides_nothing() -> None:
    made = form(component("textfield", "a", required=True, hide="=unknown > 5"))
    assert list(refusal(made, {})) == ["a"]


def test_a_hidden_group_or_list_hides_all_inside() -> None:
    made = form(
        component("checkbox", "show"),
        box(component("textfield", "a", required=True), box(component("number", "b"), id="G2"), hide="=not(show)"),
        rows(
            "r", component("textfield", "c", required=True), minRows=1, hide="=not(show)", properties={"minRows": "1"}
        ),
    )
    assert forms.validate(made, {"show": False, "a": "x", "b": 1, "r": [{"c": "x"}]}) == {"show": False}
    assert refusal(made, {"show": True}).keys() == {"a", "r"}


def test_a_hidden_group_with_a_path_leaves_no_empty_object() -> None:
    made = form(component("checkbox", "show"), box(component("textfield", "a"), path="g", hide="=not(show)"))
    assert forms.validate(made, {"show": False, "g": {"a": "x"}}) == {"show": False}
    assert forms.validate(made, {"show": True, "g": {"a": "x"}}) == {"show": True, "g": {"a": "x"}}


def test_expressions_do_not_see_hidden_answers() -> None:
    made = form(
        component("checkbox", "more"),
        component("number", "extra", hide="=not(more)"),
        component("expression", "total", expression="=if extra = null then 0 else extra"),
    )
    assert forms.validate(made, {"more": False, "extra": 5})["total"] == 0
    assert forms.validate(made, {"more": True, "extra": 5})["total"] == 5


def test_conditions_may_stand_before_what_they_depend_on_and_form_chains() -> None:
    made = form(
        component("textfield", "c", hide="=b = null"),
        component("textfield", "b", hide='=a != "1"'),
        component("textfield", "a"),
    )
    assert forms.validate(made, {"a": "1", "b": "2", "c": "3"}) == {"a": "1", "b": "2", "c": "3"}
    assert forms.validate(made, {"a": "0", "b": "2", "c": "3"}) == {"a": "0"}


def test_conditions_that_chase_each_other_come_to_an_end() -> None:
    made = form(component("textfield", "a", hide="=b != null"), component("textfield", "b", hide="=a != null"))
    forms.validate(made, {"a": "1", "b": "2"})
    swing = form(component("expression", "n", expression="=if n = 1 then 2 else 1"))
    assert forms.validate(swing, {})["n"] in (1, 2)


def test_a_condition_sees_process_variables_below_the_answers() -> None:
    made = form(component("number", "x"), component("textfield", "a", hide="=x > line"))
    assert forms.validate(made, {"x": 3, "a": "y"}, {"line": Decimal(2), "x": Decimal(0)}) == {"x": Decimal(3)}
    assert forms.validate(made, {"x": 1, "a": "y"}, {"line": Decimal(2), "x": Decimal(9)})["a"] == "y"


def test_a_readonly_answer_is_never_taken_and_expressions_see_the_process_variable() -> None:
    made = form(component("number", "quota", readonly=True), component("number", "x", max="=quota"))
    assert forms.validate(made, {"quota": 999, "x": 5}, {"quota": Decimal(5)}) == {"x": Decimal(5)}
    assert list(refusal(made, {"quota": 999, "x": 6}, {"quota": Decimal(5)})) == ["x"]
    assert forms.validate(made, {"quota": "wrong type", "x": 1}, {"quota": Decimal(5)}) == {"x": Decimal(1)}


def test_readonly_may_depend_on_answers() -> None:
    made = form(component("checkbox", "locked"), component("textfield", "a", readonly="=locked", required=True))
    assert forms.validate(made, {"locked": True, "a": "x"}) == {"locked": True}
    assert forms.validate(made, {"locked": False, "a": "x"}) == {"locked": False, "a": "x"}
    assert list(refusal(made, {"locked": False})) == ["a"]


def test_a_disabled_answer_is_dropped() -> None:
    made = form(component("textfield", "a", disabled=True, required=True), component("textfield", "b"))
    assert forms.validate(made, {"a": "x", "b": "y"}, {"a": "z"}) == {"b": "y"}


def test_computed_values_are_computed_here_whatever_was_sent() -> None:
    made = form(
        component("number", "a"),
        component("number", "b"),
        component("expression", "sum", expression="=a + b"),
        component("expression", "double", expression="=sum * 2"),
    )
    assert forms.validate(made, {"a": 1, "b": 2, "sum": 99, "double": "x"}) == {
        "a": Decimal(1),
        "b": Decimal(2),
        "sum": Decimal(3),
        "double": Decimal(6),
    }
    assert forms.validate(made, {"a": 1, "sum": 99})["sum"] is None


def test_computed_values_may_stand_before_what_they_need() -> None:
    made = form(
        component("expression", "double", expression="=total * 2"),
        component("expression", "total", expression="=sum(r.n)"),
        rows("r", component("expression", "n", expression="=this.m + 1"), component("number", "m")),
    )
    result = forms.validate(made, {"r": [{"m": 1}, {"m": 2}]})
    assert (result["double"], result["total"]) == (10, 5)


def test_a_function_or_range_as_computed_value_becomes_null() -> None:
    made = form(
        component("expression", "f", expression="=function(x) x"),
        component("expression", "l", expression="=[1, [1..2]]"),
    )
    assert forms.validate(made, {}) == {"f": None, "l": [Decimal(1), None]}


def test_in_a_row_expressions_see_the_row_its_number_and_what_is_around_it() -> None:
    made = form(
        component("number", "top"),
        rows(
            "r",
            component("number", "n"),
            component("expression", "e", expression="=this.n * top + i[1]"),
            component("expression", "p", expression="=parent.top"),
            rows(
                "s",
                component("number", "m"),
                component("textfield", "why", hide="=this.m < parent.n"),
                component("expression", "at", expression="=i"),
            ),
        ),
    )
    result = forms.validate(made, {"top": 10, "r": [{"n": 1}, {"n": 2, "s": [{"m": 1}, {"m": 3}]}]})
    assert [row["e"] for row in result["r"]] == [11, 22]
    assert [row["p"] for row in result["r"]] == [10, 10]
    assert result["r"][1]["s"] == [{"m": Decimal(1), "at": [2, 1]}, {"m": Decimal(3), "why": "", "at": [2, 2]}]


def test_an_answer_named_like_a_special_name_wins_over_it() -> None:
    made = form(
        component("textfield", "parent"),
        component("expression", "e", expression="=parent"),
        component("expression", "t", expression="=_this_.parent"),
    )
    assert forms.validate(made, {"parent": "p"}) == {"parent": "p", "e": "p", "t": "p"}


def test_a_computed_value_that_contains_itself_does_not_grow_for_ever() -> None:
    made = form(rows("r", component("expression", "e", expression="=[parent, this, r]"), component("number", "n")))
    assert len(forms.validate(made, {"r": [{"n": 1}, {"n": 2}]})["r"]) == 2


def test_a_list_has_as_many_rows_as_its_properties_allow() -> None:
    made = form(rows("r", component("textfield", "a"), properties={"minRows": "1", "maxRows": "2"}))
    assert refusal(made, {}) == {"r": ["At least 1 rows are needed."]}
    assert refusal(made, {"r": [{}, {}]}) == {}
    assert refusal(made, {"r": [{}, {}, {}]}) == {"r": ["At most 2 rows are allowed."]}
    assert "r" in refusal(form(rows("r", component("textfield", "a"))), {"r": [{}] * 1001})


KNOWN = {
    "quotas": [
        {"unit": "A", "name": "甲村", "quota": Decimal(1), "weight": Decimal(7)},
        {"unit": "B", "name": "乙村", "quota": Decimal(2), "weight": Decimal(8)},
    ]
}


def keyed(**attributes: Any) -> forms.Form:
    return form(
        rows(
            "quotas",
            component("textfield", "unit", readonly=True),
            component("textfield", "name", readonly=True),
            component("number", "quota", required=True),
            properties={"rowKey": "unit"},
            **attributes,
        )
    )


def test_rows_are_matched_by_their_key_and_keep_what_the_process_knows() -> None:
    sent = {"quotas": [{"unit": "B", "quota": 20, "name": "假村"}, {"unit": "A", "quota": 10}]}
    assert forms.validate(keyed(allowAddRemove=False), sent, KNOWN) == {
        "quotas": [
            {"unit": "A", "name": "甲村", "quota": Decimal(10), "weight": Decimal(7)},
            {"unit": "B", "name": "乙村", "quota": Decimal(20), "weight": Decimal(8)},
        ]
    }


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ([{"unit": "A", "quota": 1}], "quotas.1.quota"),
        ([{"unit": "A", "quota": 1}, {"unit": "B", "quota": 1}, {"unit": "C", "quota": 1}], "quotas"),
        ([{"unit": "A", "quota": 1}, {"unit": "A", "quota": 1}, {"unit": "B", "quota": 1}], "quotas"),
        ([{"quota": 1}, {"quota": 1}], "quotas"),
        ([5], "quotas"),
        ("x", "quotas"),
        (None, "quotas"),
    ],
)
def test_rows_that_are_missing_strange_or_double_are_refused(sent: Any, place: str) -> None:
    assert place in refusal(keyed(allowAddRemove=False), {"quotas": sent}, KNOWN)


def test_what_the_process_knows_is_not_changed() -> None:
    before = {"quotas": [dict(row) for row in KNOWN["quotas"]]}
    forms.validate(
        keyed(allowAddRemove=False), {"quotas": [{"unit": "A", "quota": 9}, {"unit": "B", "quota": 9}]}, KNOWN
    )
    assert before == KNOWN


def test_new_rows_may_come_where_rows_may_be_added() -> None:
    result = forms.validate(
        keyed(), {"quotas": [{"unit": "A", "quota": 1}, {"unit": "B", "quota": 2}, {"unit": "C", "quota": 5}]}, KNOWN
    )
    assert [row["quota"] for row in result["quotas"]] == [1, 2, 5]


def test_fixed_rows_without_a_key_are_matched_by_their_place() -> None:
    made = form(
        rows("r", component("textfield", "a", readonly=True), component("textfield", "b"), allowAddRemove=False)
    )
    context = {"r": [{"a": "1", "extra": "x"}, {"a": "2"}]}
    assert forms.validate(made, {"r": [{"a": "9", "b": "x"}, {"b": "y"}]}, context) == {
        "r": [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]
    }
    assert "r" in refusal(made, {"r": [{"b": "x"}]}, context)


def test_an_object_keeps_what_the_process_knows_beside_the_components() -> None:
    made = form(box(component("textfield", "a"), component("textfield", "b", readonly=True), path="o"))
    assert forms.validate(made, {"o": {"a": "1", "b": "9", "key": "9"}}, {"o": {"key": "77", "b": "2", "a": "0"}}) == {
        "o": {"key": "77", "b": "2", "a": "1"}
    }


def test_a_missing_answer_never_falls_back_on_the_process_variable() -> None:
    made = form(component("radio", "decision", required=True, values=["同意", "退回"]))
    assert list(refusal(made, {}, {"decision": "同意"})) == ["decision"]
