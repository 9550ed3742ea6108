from decimal import Decimal

import pytest

from service.register import filters

SCOPE = {
    "states": ["拟纳入", "候补"],
    "wanted": "申请",
    "nothing": None,
    "figure": Decimal(3),
    "batch": [{"unit": "T01"}],
}


def state(expression):
    allowed = filters.limits(expression, SCOPE).get("state")
    return None if allowed is None else set(allowed)


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ('=case.state = "申请"', {"申请"}),
        ('"申请" = case.state', {"申请"}),
        ("case.state = wanted", {"申请"}),
        ('list contains(["甲", "乙"], case.state)', {"甲", "乙"}),
        ("list contains(states, case.state)", {"拟纳入", "候补"}),
        ('case.state in ("甲", "乙")', {"甲", "乙"}),
        ('case.state = "甲" and case.persons > 3', {"甲"}),
        ('case.persons > 3 and list contains(["甲", "乙"], case.state)', {"甲", "乙"}),
        ('list contains(["甲", "乙"], case.state) and case.state = "乙"', {"乙"}),
        ('case.state = "甲" or (case.state = "乙" and case.flow = "新增")', {"甲", "乙"}),
        ('if case.flow = "新增" then case.state = "甲" else list contains(["乙"], case.state)', {"甲", "乙"}),
        ("case.state = nothing", set()),
        ("=false", set()),
        ('case.state = "甲" and false', set()),
    ],
)
def test_what_the_state_must_be_is_read_from_the_filter(expression, allowed):
    assert state(expression) == allowed


@pytest.mark.parametrize(
    "expression",
    [
        "=true",
        "",
        'not(case.state = "甲")',
        'case.state != "甲"',
        'case.state = "甲" or case.persons > 3',
        'if case.persons > 3 then case.state = "甲" else true',
        "case.state = case.flow",
        'case.state = (if answered then "甲" else "乙")',
        "list contains(case.flags.states, case.state)",
        "case.state = figure",
        'case.state in (> "甲")',
        'case.state in ["甲".."乙"]',
        'other.state = "甲"',
        'case.household.state = "甲"',
        "case.state = = wrong",
        "some x in states satisfies case.state = x",
    ],
)
def test_what_says_nothing_certain_restricts_nothing(expression):
    assert state(expression) is None


def test_other_columns_are_read_as_well():
    expression = 'list contains(batch.unit, case.township) and case.flow = "脱贫" and case.kind = "household"'
    assert filters.limits(expression, SCOPE) == {
        "township": {"T01"},
        "flow": {"脱贫"},
        "kind": {"household"},
    }


def test_the_database_hands_out_what_the_filter_would_pass(world):
    codes = [world.household(unit).code for unit in (world.upper, world.upper, world.lower)]
    world.do("cases-open", world.township, {"state": "申请"})
    world.do("cases-update", world.upper, {"where": f'=case.code = "{codes[0]}"', "state": "拟纳入", "flow": "新增"})
    keys = [str(world.cases()[code].key) for code in codes]
    for where, count in (
        ('=case.state = "申请"', 2),
        ('=case.flow = "新增" or case.state = "申请"', 3),
        ("=list contains(keys, case.key)", 2),
        ('=case.unit = "500299001002"', 1),
        ('=case.township = "500299001"', 3),
        ('=case.township = "500299002"', 0),
        ('=case.kind = "village"', 0),
        ('=list contains(["x"], case.key)', 0),
    ):
        given = world.do("cases-count", world.township, {"where": where}, keys=keys[1:])
        assert (where, given["cases_households"]) == (where, count)
