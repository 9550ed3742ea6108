"""What a form shows first, and what is told of a form that cannot say it."""

from datetime import date

from service import feel, forms
from tests.forms.building import box, component, form, problem, rows, source

ME = {"name": "石玉兰", "username": "shi"}


def _asks(key, expression, kind="textfield"):
    return component(kind, key, properties={"prefill": expression})


def test_a_field_begins_with_the_value_that_its_form_names_over_variables_and_the_person():
    made = form(_asks("by", "=me.name"), box(_asks("sum", "=persons * 2")), component("textfield", "plain"))
    known = {"persons": feel.evaluate("21", {}), "by": "another"}
    assert forms.prefilled(made, known, ME) == {"by": "石玉兰", "sum": 42}


def test_today_is_the_day_of_the_clock_here(at):
    at("2014-06-30T16:30+00:00")
    assert forms.prefilled(form(_asks("on", "=today()")), {}, ME) == {"on": date(2014, 7, 1)}


def test_what_has_no_value_leaves_the_field_alone_and_rows_have_none():
    made = form(_asks("a", "=unknown.name"), rows("members", _asks("b", "=me.name")))
    assert forms.prefilled(made, {}, ME) == {}


def test_a_prefill_that_is_no_expression_is_refused():
    assert list(problem(forms.parse, source(_asks("a", "me.name"))).fields) == ["Field_a"]
    assert list(problem(forms.parse, source(_asks("a", "=me."))).fields) == ["Field_a"]
