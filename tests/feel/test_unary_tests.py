"""Cells of decision tables."""

import pytest

from service import feel


@pytest.mark.parametrize(
    ("tests", "value", "passed"),
    [
        ("-", None, True),
        ("5", 5, True),
        ("5", 6, False),
        ("-5", -5, True),
        ('"a"', "a", True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a")', "c", True),
        ("< 5", 4, True),
        (">= 5, < 2", 1, True),
        ("[1..5]", 5, True),
        ("]1..5[", 5, False),
        ("(1..5), 9", 9, True),
        ("not([1..5])", 6, True),
        ("true", True, True),
        ("true", False, False),
        ("null", None, True),
        ("null", 5, False),
        ("not(null)", 5, True),
        ("not(null)", None, False),
        ("< 5", None, None),
        ("< 5", "x", None),
        ('"5"', 5, None),
        ("= 5", 5, True),
        ("!= 5", 6, True),
        ("limit", 5, True),
        ("< limit", 4, True),
        ("[low..limit]", 3, True),
        ("limit * 2", 10, True),
        ("? > 3 and ? < limit", 4, True),
        ("list contains(wanted, ?)", "a", True),
        ("wanted", "b", True),
        ("wanted", "c", False),
        ("ranges", 12, True),
        ("count(?) > 1", [1, 2], True),
        ('starts with(?, "a")', "abc", True),
        ("flag", 77, True),
        ('date("2020-01-02")', None, False),
        ("some x in ? satisfies x = 2", [1, 2], True),
        ("not(? = 5)", 6, True),
        ("[1, 2]", [1, 2], True),
        ("5", [5], True),
        ('not("a") and true', "a", False),
    ],
)
def test_test(tests, value, passed):
    context = {"limit": 5, "low": 1, "wanted": ["a", "b"], "flag": True, "ranges": feel.evaluate("[[1..3], [10..20]]")}
    assert feel.unary_test(tests, value, context) is passed


def test_a_compiled_test_is_kept():
    assert feel.compile_unary_tests("< 5") is feel.compile_unary_tests("< 5", ["x"])
    assert feel.compile_unary_tests("< x").test(4, {"x": 5}) is True
