"""Whatever is thrown at it, the library answers with a value or its own exception."""

import contextlib
import os
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service import feel
from service.feel import FeelSyntaxError, Limits

EXAMPLES = int(os.environ.get("FEEL_FUZZ_EXAMPLES", "300"))
LIMITS = Limits(steps=5_000, depth=20, list_size=2_000, string_size=5_000)
relaxed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

ATOMS = st.sampled_from(
    [
        "1",
        "0",
        "-1.5",
        "1e300",
        "null",
        "true",
        "false",
        '"a"',
        '""',
        "x",
        "y",
        "items",
        "rows",
        "item",
        "?",
        "[]",
        "{}",
        '@"2020-02-29"',
        '@"10:00:00@Europe/Paris"',
        '@"2020-01-01T00:00:00Z"',
        '@"P1Y"',
        '@"-PT5S"',
        "[1..3]",
        "(> 1)",
        "partial",
    ]
)
NAMES = sorted(feel.functions())
NAMED = [
    (name, [parameter.name for parameter in signature.parameters])
    for name, function in sorted(feel.functions().items())
    for signature in function.signatures
]
OPERATORS = ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"]


def named_call(parts):
    (name, parameters), values = parts
    arguments = ", ".join(f"{parameter}: {value}" for parameter, value in zip(parameters, values, strict=False))
    return f"{name}({arguments})"


def grow(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from(OPERATORS), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(st.sampled_from(NAMES), st.lists(inner, max_size=3)).map(lambda p: f"{p[0]}({', '.join(p[1])})"),
        st.tuples(st.sampled_from(NAMED), st.lists(inner, min_size=7, max_size=7)).map(named_call),
        st.tuples(st.sampled_from(["<", ">="]), inner).map(lambda p: f"[{p[0]} {p[1]}]"),
        pair.map(lambda p: f"{p[0]}[{p[1]}]"),
        inner.map(lambda p: f"({p}).x"),
        inner.map(lambda p: f"-{p}"),
        pair.map(lambda p: f"(for x in {p[0]} return {p[1]})"),
        pair.map(lambda p: f"(for x in 1..{p[0]} return {p[1]})"),
        pair.map(lambda p: f"(some x in {p[0]} satisfies {p[1]})"),
        pair.map(lambda p: f"[{p[0]}, {p[1]}]"),
        pair.map(lambda p: f"{{x: {p[0]}, y: {p[1]}}}"),
        pair.map(lambda p: f"[{p[0]}..{p[1]}]"),
        pair.map(lambda p: f"(function(x) {p[0]})({p[1]})"),
        inner.map(lambda p: f"{{f: function(x) f({p}), r: f(1)}}.r"),
        pair.map(lambda p: f"(if {p[0]} then {p[1]} else 0)"),
        pair.map(lambda p: f"({p[0]} between 1 and {p[1]})"),
        inner.map(lambda p: f"({p} instance of list<number>)"),
    )


EXPRESSIONS = st.recursive(ATOMS, grow, max_leaves=12)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.decimals(),
        st.text(max_size=5),
        st.dates(),
        st.times(),
        st.datetimes(),
        st.timedeltas(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)),
    max_leaves=6,
)
KINDS = (
    Decimal,
    str,
    bool,
    type(None),
    date,
    time,
    datetime,
    timedelta,
    list,
    dict,
    feel.Range,
    feel.YearsMonths,
    feel.WideDate,
    feel.WideTime,
    feel.WideDateTime,
    feel.WideDuration,
)


def assert_is_value(value):
    from service.feel.values import Function

    assert isinstance(value, (*KINDS, Function)), type(value)
    for inner in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        assert_is_value(inner)


@relaxed
@given(EXPRESSIONS, VALUES, VALUES)
def test_any_expression_has_a_value(expression, x, y):
    context = {"x": x, "y": y, "items": [1, "a", None, 2.5], "rows": [{"x": 1}, {"x": None}, {}]}
    before = repr(context)
    value, warnings = feel.evaluate_with_warnings(expression, context, limits=LIMITS)
    assert repr(context) == before
    assert_is_value(value)
    for warning in warnings:
        assert warning.message("en")
        assert warning.message("zh")


def fault(check, text):
    try:
        check(text)
    except FeelSyntaxError as error:
        return error
    return None


@relaxed
@given(st.text(st.one_of(st.sampled_from("abx01.,()[]{}<>=!+-*/\"'@? \n:；中"), st.characters()), max_size=40))
def test_any_text_is_an_expression_or_a_syntax_error(text):
    for check in (feel.compile, feel.compile_unary_tests):
        error = fault(check, text)
        assert error is None or (0 <= error.offset <= len(text) and error.message())


@relaxed
@given(EXPRESSIONS, st.data())
def test_a_damaged_expression_is_an_expression_or_a_syntax_error(expression, data):
    at = data.draw(st.integers(0, len(expression)))
    scrap = data.draw(st.sampled_from(["", "(", "]", '"', ",", " in ", "..", "@", "for "]))
    damaged = expression[:at] + scrap + expression[at + 1 :]
    with contextlib.suppress(FeelSyntaxError):
        assert_is_value(feel.evaluate(damaged, {"x": 1, "y": [1]}, limits=LIMITS))


@relaxed
@given(EXPRESSIONS, VALUES)
def test_any_test_is_true_false_or_null(tests, value):
    assume(not tests.startswith("not()"))  # a call among expressions, but a negation of nothing among tests
    assert feel.unary_test(tests, value, {"x": 1, "y": 2}, limits=LIMITS) in (True, False, None)


@relaxed
@given(VALUES)
def test_a_value_equals_itself_and_its_text_reads_back(value):
    text = feel.evaluate("string(x)", {"x": value})
    assert text is None or isinstance(text, str)
    assert feel.evaluate("x = x", {"x": value}) in (True, None)


def calculated(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        inner.map(lambda p: f"-{p}"),
    )


PLAIN = st.recursive(st.sampled_from(["x", "y", "z", "r.x", "0", "3", "2.50", "1e3", "-7"]), calculated, max_leaves=8)
COMPARED = st.tuples(PLAIN, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), PLAIN).map(" ".join)
NUMBERS = st.one_of(
    st.integers(-50, 50), st.integers(), st.decimals(), st.decimals(-9, 9, places=2), st.floats(), st.none(), st.text()
)


@relaxed
@given(st.one_of(PLAIN, COMPARED), st.lists(NUMBERS, min_size=3, max_size=3))
def test_what_is_calculated_in_one_step_is_what_its_parts_give(expression, numbers):
    context = dict(zip("xyz", numbers, strict=True))
    slow = re.sub(r"\b([xyz])\b", r"[\1][1]", expression.replace("r.x", "x"))
    value, warnings = feel.evaluate_with_warnings(slow, context)
    for fast in (expression.replace("r.x", "x"), f"(for r in [{{x: x}}] return {expression})[1]"):
        found, told = feel.evaluate_with_warnings(fast, context)
        assert (feel.evaluate(fast, context), feel.to_text(found)) == (found, feel.to_text(value))
        assert type(found) is type(value)
        assert [each.code for each in told] == [each.code for each in warnings]


PATTERNS = st.text(st.sampled_from("ab.*+?|()[]{}^$\\\\1dpL-,{2}i "), max_size=30)


@relaxed
@given(PATTERNS, st.text(st.sampled_from("ab1 é\n"), max_size=200), st.sampled_from(["", "i", "s", "m", "x", "q", "z"]))
def test_any_pattern_matches_or_not_or_is_refused(pattern, text, flags):
    context = {"text": text, "pattern": pattern, "flags": flags}
    assert feel.evaluate("matches(text, pattern, flags)", context) in (True, False, None)
    replaced = feel.evaluate('replace(text, pattern, "-", flags)', context)
    assert replaced is None or isinstance(replaced, str)
    parts = feel.evaluate("split(text, pattern)", context)
    assert parts is None or all(isinstance(part, str) for part in parts)
