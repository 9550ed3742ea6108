"""Names of several words, with operators in them, in Chinese: found with the help of the names in scope."""

import pytest

from service import feel


@pytest.mark.parametrize(
    ("expression", "context", "value"),
    [
        ("Monthly Salary * 12", {"Monthly Salary": 10}, 120),
        ("a-b", {"a": 5, "b": 3}, 2),
        ("a-b", {"a": 5, "b": 3, "a-b": 7}, 7),
        ("a - b", {"a-b": 7}, 7),
        ("Pre-bureau Category", {"Pre-bureau Category": 1}, 1),
        ("Student's name", {"Student's name": "x"}, "x"),
        ("Approved/Declined", {"Approved/Declined": 1}, 1),
        ("人均纯收入 < 2736", {"人均纯收入": 2000}, True),
        ("家庭 人口 + 1", {"家庭 人口": 3}, 4),
        ("农户.人均 纯收入", {"农户": {"人均 纯收入": 3}}, 3),
        ("count(农户[人均 收入 < 5])", {"农户": [{"人均 收入": 3}, {"人均 收入": 8}]}, 1),
        ("days in weekend[1]", {"days in weekend": ["sat", "sun"]}, "sat"),
        ("if done and dusted then 1 else 2", {"done and dusted": True}, 1),
        ("a b c", {"a": 1, "a b": 2, "a b c": 3}, 3),
        ("count", {"count": 5}, 5),
        ("min + count([1])", {"min": 5}, 6),
        ("date and time", {"date and time": 4}, 4),
        ("date = null and time = null", {"date": None, "time": None}, True),
        ("x.date and y.time", {"x": {"date": True}, "y": {"time": False}}, False),
        ("🐎.head", {"🐎": {"head": 1}}, 1),
        ("instance + 1", {"instance": 1}, 2),
    ],
)
def test_name(expression, context, value):
    assert feel.evaluate(expression, context) == value


def test_a_longer_name_wins_only_where_it_is_known():
    assert feel.evaluate("for a in [1, 2] return a-b", {"b": 1}) == [0, 1]


def test_members_of_that_kind_are_given_when_compiling():
    compiled = feel.compile('rows[Approved/Declined = "A"].Rate-1', ["rows"], members=["Approved/Declined", "Rate-1"])
    assert compiled.evaluate({"rows": [{"Approved/Declined": "A", "Rate-1": 2}]}) == [2]


def test_free_variables_are_told():
    assert feel.parse_check("a + b.c + count(d[e > f]) + (for g in h return g)") == {"a", "b", "d", "e", "f", "h"}
    assert feel.parse_check("Monthly Salary * 2", ["Monthly Salary"]) == {"Monthly Salary"}
    assert feel.parse_check("< limit, [low..high]", unary_tests=True) == {"limit", "low", "high"}
    assert feel.parse_check("abs(-1) + {x: 1, y: x}.y") == set()
    assert feel.compile("sum(a) + abs(b)").functions == {"sum", "abs"}


def test_the_cache_keeps_readings_apart():
    assert feel.evaluate("a-b", {"a": 5, "b": 3}) == 2
    assert feel.evaluate("a-b", {"a-b": 9}) == 9
    assert feel.evaluate("a-b", {"b": 3, "a": 5}) == 2
    assert feel.compile("x + 1", ["x", "y"]) is feel.compile("x + 1", ["z"])
