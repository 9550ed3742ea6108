"""The functions of ranges against the formulas of the standard's table 78, for all small ranges and points."""

import itertools

import pytest

from service import feel

POINTS = range(1, 5)
RANGES = [
    feel.Range(start, end, start_included, end_included)
    for start in POINTS
    for end in range(start, 5)
    for start_included in (True, False)
    for end_included in (True, False)
]


def point_before_range(p, r):
    return p < r.start or (p == r.start and not r.start_included)


def range_before_point(r, p):
    return r.end < p or (r.end == p and not r.end_included)


def before(a, b):
    return a.end < b.start or ((not a.end_included or not b.start_included) and a.end == b.start)


def point_after_range(p, r):
    return p > r.end or (p == r.end and not r.end_included)


def range_after_point(r, p):
    return r.start > p or (r.start == p and not r.start_included)


def after(a, b):
    return a.start > b.end or ((not a.start_included or not b.end_included) and a.start == b.end)


def meets(a, b):
    return a.end_included and b.start_included and a.end == b.start


def overlaps(a, b):
    return (a.end > b.start or (a.end == b.start and a.end_included and b.start_included)) and (
        a.start < b.end or (a.start == b.end and a.start_included and b.end_included)
    )


def overlaps_before(a, b):
    return (
        (a.start < b.start or (a.start == b.start and a.start_included and not b.start_included))
        and (a.end > b.start or (a.end == b.start and a.end_included and b.start_included))
        and (a.end < b.end or (a.end == b.end and (not a.end_included or b.end_included)))
    )


def finishes(a, b):
    return (
        a.end_included == b.end_included
        and a.end == b.end
        and (a.start > b.start or (a.start == b.start and (not a.start_included or b.start_included)))
    )


def starts(a, b):
    return (
        a.start == b.start
        and a.start_included == b.start_included
        and (a.end < b.end or (a.end == b.end and (not a.end_included or b.end_included)))
    )


def includes_point(r, p):
    return (r.start < p and r.end > p) or (r.start == p and r.start_included) or (r.end == p and r.end_included)


def includes(a, b):
    return (a.start < b.start or (a.start == b.start and (a.start_included or not b.start_included))) and (
        a.end > b.end or (a.end == b.end and (a.end_included or not b.end_included))
    )


def swapped(formula):
    return lambda a, b: formula(b, a)


BY_RANGES = {
    "before": before,
    "after": after,
    "meets": meets,
    "met by": swapped(meets),
    "overlaps": overlaps,
    "overlaps before": overlaps_before,
    "overlaps after": swapped(overlaps_before),
    "finishes": finishes,
    "finished by": lambda a, b: finishes(b, a),
    "includes": includes,
    "during": swapped(includes),
    "starts": starts,
    "started by": swapped(starts),
    "coincides": lambda a, b: a == b,
}
BY_POINT_AND_RANGE = {
    "before": point_before_range,
    "after": point_after_range,
    "finishes": lambda p, r: r.end_included and r.end == p,
    "during": swapped(includes_point),
    "starts": lambda p, r: r.start == p and r.start_included,
}
BY_RANGE_AND_POINT = {
    "before": range_before_point,
    "after": range_after_point,
    "finished by": lambda r, p: r.end_included and r.end == p,
    "includes": includes_point,
    "started by": lambda r, p: r.start == p and r.start_included,
}
BY_POINTS = {"before": lambda a, b: a < b, "after": lambda a, b: a > b, "coincides": lambda a, b: a == b}


@pytest.mark.parametrize(
    ("formulas", "firsts", "seconds"),
    [
        (BY_RANGES, RANGES, RANGES),
        (BY_POINT_AND_RANGE, POINTS, RANGES),
        (BY_RANGE_AND_POINT, RANGES, POINTS),
        (BY_POINTS, POINTS, POINTS),
    ],
    ids=["ranges", "point-range", "range-point", "points"],
)
def test_a_relation_is_what_its_formula_says(formulas, firsts, seconds):
    for name, formula in formulas.items():
        asked = feel.compile(f"{name}(a, b)")
        wrong = [
            (name, a, b)
            for a, b in itertools.product(firsts, seconds)
            if asked.evaluate({"a": a, "b": b}) is not formula(a, b)
        ]
        assert wrong == []
