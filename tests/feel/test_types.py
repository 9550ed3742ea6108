"""``instance of`` and type conformance (DMN 1.5 clause 10.3.2.9, tables 43, 44 and 61)."""

import pytest

from service import feel


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 instance of number", True),
        ("1 instance of string", False),
        ("1 instance of Any", True),
        ("null instance of Null", True),
        ("null instance of Any", False),
        ("null instance of number", False),
        ("1 instance of Null", False),
        ('@"P1Y" instance of years and months duration', True),
        ('@"P1D" instance of days and time duration', True),
        ('@"P1D" instance of years and months duration', False),
        ('@"2020-01-01" instance of date and time', False),
        ('@"2020-01-01T00:00:00" instance of date and time', True),
        ('@"10:00:00" instance of time', True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ('[1, "a"] instance of list<Any>', True),
        ("[] instance of list<number>", True),
        ("[null] instance of list<number>", True),
        ("[[1]] instance of list<list<number>>", True),
        ("[1..3] instance of range<number>", True),
        ("(< 3) instance of range<number>", True),
        ("[1..3] instance of range<string>", False),
        ("{a: 1} instance of context<a: number>", True),
        ("{a: 1, b: 2} instance of context<a: number>", True),
        ("{a: 1} instance of context<a: number, b: number>", False),
        ("{a: 1} instance of context<a: string>", False),
        ("{a b: 1} instance of context<a b: number>", True),
    ],
)
def test_values_are_instances_of_types(expression, value):
    assert feel.evaluate(expression) is value


@pytest.mark.parametrize(
    ("function", "type_name", "value"),
    [
        ("function(a: number) a", "function<number> -> number", True),
        ("function(a: number) a", "function<number> -> string", False),
        ("function(a: number) a", "function<number> -> Any", True),
        ("function(a: number) a", "function<string> -> number", False),
        ("function(a: number) a", "function<> -> number", False),
        ("function(a) a", "function<string> -> string", True),
        ("function(a: string) a", "function<Any> -> string", False),
        ('function() "a" + "b"', "function<> -> string", True),
        ('function() "a" + "b"', "function<> -> number", False),
        ("function(n: number) -n * 2 + 1", "function<number> -> number", True),
        ("function(n: number) n > 1 and n < 2", "function<number> -> boolean", True),
        ("function(n: number) if n > 1 then 1 else 2", "function<number> -> string", False),
        ("function() [1, 2]", "function<> -> list<number>", True),
        ("function() [1, 2]", "function<> -> list<string>", False),
        ("function() [1..2]", "function<> -> range<number>", True),
        ("function() {a: 1, b: a}", "function<> -> context<b: number>", True),
        ("function() {a: 1}", "function<> -> context<b: number>", False),
        ("function() null", "function<> -> number", True),
        ('function() date("2020-01-01")', "function<> -> date", True),
        ("function(a: context<x: number>) 1", "function<context<x: number, y: number>> -> number", True),
        ("function(a: context<x: number, y: number>) 1", "function<context<x: number>> -> number", False),
    ],
)
def test_functions_take_wider_arguments_and_give_narrower_results(function, type_name, value):
    assert feel.evaluate(f"({function}) instance of {type_name}") is value


@pytest.mark.parametrize("name", ["list", "range", "context", "function", "foo"])
def test_a_type_without_its_parameters_or_an_unknown_one_gives_null_and_a_reason(name):
    value, warnings = feel.evaluate_with_warnings(f"1 instance of {name}")
    assert value is None
    assert name in warnings[0].message()
    assert warnings[0].fragment == name
