"""A text that is no FEEL says where it fails, what was expected, in English and Chinese."""

import pickle

import pytest

from service import feel
from service.feel import FeelSyntaxError


@pytest.mark.parametrize(
    ("expression", "line", "column", "expected"),
    [
        ("1 +", 1, 4, "a value"),
        ("(1 + 2", 1, 7, "')'"),
        ("[1, 2", 1, 6, "']'"),
        ("{a 1}", 1, 5, "':'"),
        ("{a: 1,}", 1, 7, "a key"),
        ("[1,]", 1, 5, "a value"),
        ("if x then 1", 1, 12, "'else'"),
        ("for x in y", 1, 11, "'return'"),
        ("1 2", 1, 3, "an operator or the end"),
        ("a +\n  * b", 2, 3, "a value"),
        ("some x in y z", 1, 14, "'satisfies'"),
        ("5 between 1", 1, 12, "'and'"),
        ("x instance of", 1, 14, "a type"),
        ("", 1, 1, "a value"),
        ("@x", 1, 2, "a text after '@'"),
        ("f(a: 1, 2)", 1, 10, "':'"),
        ("]1..5", 1, 6, "']' or ')' or '['"),
        ("a.", 1, 3, "a name"),
        ("for 1 in x return 1", 1, 5, "a name"),
        ("函数(", 1, 4, "a value"),
        ("#", 1, 1, "a value"),
        ("1 = = 2", 1, 5, "a value"),
    ],
)
def test_position_and_expectation(expression, line, column, expected):
    with pytest.raises(FeelSyntaxError) as caught:
        feel.evaluate(expression)
    error = caught.value
    assert (error.line, error.column, error.expected) == (line, column, expected)
    assert error.code == "unexpected"
    assert "expected" in error.message()
    assert "应为" in error.message("zh")


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('"abc', "unterminated_string"),
        ("1 /* abc", "unterminated_comment"),
        ("f(a: 1, a: 2)", "duplicate_parameter"),
        ("(" * 500 + "1" + ")" * 500, "too_deep"),
        ("-" * 500 + "1", "too_deep"),
        ("a" + ".b" * 500, "too_deep"),
        ("1" + " " * 300_000, "too_long"),
        ("1e99999", "out_of_range"),
    ],
)
def test_other_faults(expression, code):
    with pytest.raises(FeelSyntaxError) as caught:
        feel.compile(expression)
    assert caught.value.code == code
    assert caught.value.message("zh") != caught.value.message("en")


def test_unary_tests_have_their_own_grammar():
    with pytest.raises(FeelSyntaxError):
        feel.evaluate("< 5, > 7")
    with pytest.raises(FeelSyntaxError):
        feel.unary_test("1,", 1)
    assert feel.unary_test("< 5, > 7", 4) is True


def test_an_error_can_be_pickled():
    with pytest.raises(FeelSyntaxError) as caught:
        feel.compile("1 +")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.code, again.column, str(again)) == (caught.value.code, 4, str(caught.value))


def test_an_interval_may_end_with_an_open_bracket_before_other_brackets():
    assert feel.evaluate("5 in [1..5[ or 5 in [2..6[") is True
    assert feel.evaluate("{a: [1, 9], r: 5 in [1..a[2][}.r") is True
    nested = "[1..a" + "[[1..a" * 18
    with pytest.raises(FeelSyntaxError):
        feel.compile(nested)
