"""Values from the host come in as they are, and nothing foreign goes out."""

from collections import UserDict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest

from service import feel


class Level(IntEnum):
    LOW = 1


class Word(StrEnum):
    A = "a"


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (5, Decimal(5)),
        (0.1, Decimal("0.1")),
        (True, True),
        ("x", "x"),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("NaN"), None),
        ((1, 2), [Decimal(1), Decimal(2)]),
        (Level.LOW, Decimal(1)),
        (Word.A, "a"),
        ({"a": (1, {"b": 2.5})}, {"a": [Decimal(1), {"b": Decimal("2.5")}]}),
        (date(2020, 1, 2), date(2020, 1, 2)),
        (timedelta(1), timedelta(1)),
        (UserDict(a=1), {"a": Decimal(1)}),
        (object(), None),
        (10**40, Decimal("1E+40")),
        (b"x", None),
        ([1, object()], [Decimal(1), None]),
    ],
)
def test_in_and_out(given, value):
    result = feel.evaluate("x", {"x": given})
    assert result == value
    assert type(result) is type(value)


def test_numbers_inside_are_numbers_everywhere():
    context = {"rows": [{"n": 1, "f": 0.1, "s": "a"}, {"n": 2, "f": 0.2, "s": "b"}], "ns": [3, 1, 2]}
    assert feel.evaluate("sum(rows.n) + sum(rows.f)", context) == Decimal("3.3")
    assert feel.evaluate("rows[n = 2].s", context) == ["b"]
    assert feel.evaluate("rows[n = 2][1].n", context) == Decimal(2)
    assert feel.evaluate("max(ns) + ns[1]", context) == 6
    assert feel.evaluate("sort(ns, function(a, b) a < b)", context) == [1, 2, 3]
    assert feel.evaluate("list contains(ns, 2) and 2 in ns", context) is True
    assert feel.evaluate("for n in ns return n instance of number", context) == [True, True, True]
    assert all(type(n) is Decimal for n in feel.evaluate("ns", context))


class Lazy(dict):
    """A mapping that finds its values when they are asked for."""

    asked: list

    def __missing__(self, key):
        self.asked.append(key)
        if key == "answer":
            return 42
        raise KeyError(key)


def test_a_mapping_may_find_its_values_when_asked():
    lazy = Lazy()
    lazy.asked = []
    assert feel.compile("if false then answer else 1", ["answer"]).evaluate(lazy) == 1
    assert lazy.asked == []
    assert feel.compile("answer + 1", ["answer"]).evaluate(lazy) == 43
    assert feel.evaluate("a + 1", UserDict(a=1)) == 2


def test_the_context_is_never_changed():
    context = {"rows": [{"n": 1}], "n": 1}
    feel.evaluate('{a: append(rows, 1), b: context put(rows[1], "n", 5), c: for n in rows return n}', context)
    assert context == {"rows": [{"n": 1}], "n": 1}
    first = feel.compile("[1, 2, 3]").evaluate()
    first.append(4)
    assert feel.compile("[1, 2, 3]").evaluate() == [1, 2, 3]


def test_moments_with_and_without_zone():
    context = {"a": datetime(2020, 1, 1, 8, tzinfo=UTC), "d": date(2020, 1, 1)}
    assert feel.evaluate('a = @"2020-01-01T16:00:00+08:00"', context) is True
    assert feel.evaluate("a > d", context) is None
    assert feel.evaluate("date(a) = d", context) is True


def test_values_print_as_they_are_written():
    value = feel.evaluate('{a: [1, "x\\"y"], b: @"P1Y2M", "c d": (> 3), e: null, f: [1..2), g: @"2020-01-01"}')
    assert feel.to_text(value) == '{a: [1, "x\\"y"], b: P1Y2M, c d: (> 3), e: null, f: [1 .. 2), g: 2020-01-01}'
    assert str(value["b"]) == "P1Y2M"
    assert str(value["f"]) == "[1 .. 2)"


@pytest.mark.parametrize("function", ["sum", "min", "max", "mean"])
@pytest.mark.parametrize("values", [[3, -1, 2], [2**60, 1], [10**40, 1], [3, Decimal("0.5")], [1, True], [1, None]])
def test_host_integers_are_added_up_as_any_numbers(function, values):
    found = feel.evaluate(f"{function}(values)", {"values": values})
    assert found == feel.evaluate(f"{function}(for each in values return [each][1])", {"values": values})
    assert found is None or type(found) is Decimal


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("values[item > 0]", [1]),
        ("values[item = null]", [None, None, None]),
        ("for each in values return each + 1", [None, None, 2, None, None]),
        ("some each in values satisfies each > 0", True),
        ("some each in values satisfies each < 0", None),
        ("max(values)", None),
        ("values = values", True),
    ],
)
def test_numbers_that_are_none_are_null_in_lists_too(expression, value):
    values = [Decimal("NaN"), Decimal("-Infinity"), Decimal(1), Decimal("sNaN")]
    assert feel.evaluate(expression, {"values": [*values, "text"]}) == value
    assert feel.evaluate("values[item > 0]", {"values": values}) == [1]
