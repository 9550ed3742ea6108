"""Nothing an expression can say makes it run on, grow without limit or reach the host."""

import time
import tracemalloc

import pytest

from service import feel
from service.feel import Limits

SMALL = Limits(steps=10_000, depth=20, list_size=1_000, string_size=1_000)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("for i in 1..1000000000 return i", "list_too_long"),
        ("for i in 1..5000 return i", "list_too_long"),
        ("some i in 1..1000000000 satisfies i < 0", "too_many_steps"),
        ("{f: function(n) f(n + 1), r: f(1)}.r", "too_deep_calls"),
        ("{f: function(n) [f(n + 1)][1], r: f(1)}.r", "too_deep_calls"),
        ('{x: string join(for i in 1..900 return "abcd", "")}', "string_too_long"),
        ('{a: string join(for i in 1..200 return "abcd", ""), b: a + a}', "string_too_long"),
        ("for i in 1..100, j in 1..1000 return 1", "list_too_long"),
        ("{l: for i in 1..900 return i, r: concatenate(l, l)}", "list_too_long"),
    ],
)
def test_bound(expression, code):
    value, warnings = feel.evaluate_with_warnings(expression, limits=SMALL)
    assert value is None
    assert code in {warning.code for warning in warnings}


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|aa)+$",
        "(a*)*b",
        "([a-z]+)*1",
        "(.*)(.*)(.*)(.*)(.*)x",
        "^(\\\\w+\\\\s?)*$",
        "a*a*a*a*a*a*a*b",
        "(a*)*\\\\1b",
        "(a{1,50}){1,50}b",
        "((a?){20}){20}b",
    ],
)
def test_no_pattern_hangs(pattern):
    started = time.monotonic()
    feel.evaluate(f'matches(text, "{pattern}")', {"text": "a" * 20_000 + "!"})
    feel.evaluate(f'replace(text, "{pattern}", "x")', {"text": "a" * 2_000 + "!"})
    assert time.monotonic() - started < 15


def test_deep_data_and_deep_lists_do_no_harm():
    deep: list = []
    for _ in range(5_000):
        deep = [deep]
    assert feel.evaluate("count(deep)", {"deep": deep}) == 1
    for comparison in ("deep = deep", "deep in (= deep)", "deep in (deep)", "deep in [deep]"):
        assert feel.evaluate(comparison, {"deep": deep}) is None
    assert feel.evaluate("string(deep)", {"deep": deep}) is None
    assert feel.evaluate("flatten(deep)", {"deep": deep}) == []
    circle: dict = {}
    circle["self"] = circle
    assert feel.evaluate("circle = circle", {"circle": circle}) is None


def test_a_long_chain_of_operators_needs_no_deep_stack():
    assert feel.evaluate(" + ".join(["1"] * 5_000)) == 5_000
    assert feel.evaluate(" or ".join(["false"] * 3_000 + ["true"])) is True


class Host:
    secret = "s"

    def run(self):
        raise AssertionError


@pytest.mark.parametrize(
    "expression",
    [
        "host.secret",
        "host.run()",
        "host.__class__",
        "text.upper()",
        "text.__class__.__mro__",
        "host",
        "[host][1].secret",
        "f()",
        "f.__globals__",
        'get value(host, "secret")',
        "string(host)",
        "{x: host}.x",
    ],
)
def test_host_objects_cannot_be_reached(expression):
    assert feel.evaluate(expression, {"host": Host(), "text": "t", "f": lambda: 1}) is None


def test_a_given_function_can_be_called_with_checked_arguments():
    from service.feel.types import BUILT_IN

    double = feel.HostFunction("double", ("n",), lambda runtime, n: n * 2, (BUILT_IN["number"],))
    assert feel.evaluate("double(4)", {"double": double}) == 8
    assert feel.evaluate("double(n: 4)", {"double": double}) == 8
    assert feel.evaluate('double("x")', {"double": double}) is None


NESTED = (
    "{a: for i in 1..300 return i, b: for i in 1..300 return a, c: for i in 1..300 return b, "
    "d: for i in 1..300 return c, x: for i in 1..300 return i, y: for i in 1..300 return x, "
    "z: for i in 1..300 return y, w: for i in 1..300 return z, r: %s}.r"
)


@pytest.mark.parametrize(
    "expression",
    [
        "d = w",
        "string(d)",
        "d instance of list<list<list<list<number>>>>",
        "d.name",
        "flatten(d)",
        "d in ([w])",
        "list contains([d], w)",
        "distinct values([d, w])",
        "d[item = w[1]]",
        "index of(d, z)",
        "is(d, w)",
    ],
)
def test_lists_that_share_their_parts_cannot_multiply_the_work(expression):
    started = time.monotonic()
    feel.evaluate(NESTED % expression, limits=Limits(steps=200_000))
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "expression",
    [
        "append(l, i)",
        "reverse(l)",
        "upper case(s)",
        "l = m",
        "i in l",
        'matches(s, "(a+)+$")',
        'matches(s, "x.*y")',
        "modulo(1e6000, 7)",
        "sum(l)",
        'contains(s, "zz")',
        "string(l)",
        'split(s, "a")',
        'replace(s, "b", "c")',
        "sort(l, function(a, b) a > b)",
        "count(l.name)",
        "partial",
    ],
)
def test_steps_count_the_size_of_what_is_gone_through(expression):
    text = (
        "{l: for i in 1..20000 return i, m: for i in 1..20000 return i, "
        f's: string join(for i in 1..20000 return "abcdefghij", ""), r: for i in 1..900000 return {expression}}}.r'
    )
    started = time.monotonic()
    _, warnings = feel.evaluate_with_warnings(text, limits=Limits(steps=400_000))
    assert {"too_many_steps", "list_too_long"} & {warning.code for warning in warnings} or len(warnings) == 100
    assert time.monotonic() - started < 15


@pytest.mark.parametrize(
    "expression",
    [
        's + "x"',
        "string join(texts)",
        'replace(s, "b", s)',
        'split(s, "b")',
        "get entries(wide)",
        "context merge([wide, {a: 1}])",
        'context put(wide, "z", 1)',
        "partition(texts, 1)",
        "{a: i, b: i}",
        "function(x) x",
        "[1..i]",
        'range("[1.." + string(i + 1) + "]")',
        "decimal(1/3, 6000)",
        "for j in 1..10 return j",
    ],
)
def test_steps_bound_the_memory(expression):
    text = (
        '{s: string join(for i in 1..90 return "abcdefghij"), texts: for i in 1..500 return s, '
        "wide: context(for i in 1..500 return {key: string(i), value: i}), "
        f"r: for i in 1..900000 return {expression}}}.r"
    )
    limits = Limits(steps=100_000)
    feel.compile(text)
    tracemalloc.start()
    try:
        feel.evaluate(text, limits=limits)
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
