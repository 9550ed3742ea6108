"""Functions that compare points and ranges (DMN 1.5 clause 10.3.4.12, Allen's relations), and ``range``."""

from __future__ import annotations

import operator
from collections.abc import Callable

from service.feel.builtins.registry import bad_value, builtin
from service.feel.errors import Failure
from service.feel.operators import compare, equal, in_range
from service.feel.runtime import Runtime
from service.feel.values import Range, Value, kind_of

_SECTION = "10.3.4.12"
PARSING = 20
"""Steps that reading an expression counts, besides its length."""
POINT = "number|string|date|time|date and time|days and time duration|years and months duration"


def _less(left: Value, right: Value) -> bool:
    return _sure(compare(operator.lt, left, right), left, right)


def _same(left: Value, right: Value) -> bool:
    if left is None or right is None:
        return False
    return _sure(equal(left, right), left, right)


def _sure(result: bool | None, left: Value, right: Value) -> bool:
    if result is None:
        raise Failure("operand_types", op="<", left=kind_of(left), right=kind_of(right))
    return result


def _starts_before(one: Range, two: Range) -> bool:
    """Whether ``one`` starts strictly before ``two``; an open start is before every other."""
    if one.start is None or two.start is None:
        return one.start is None and two.start is not None
    if _same(one.start, two.start):
        return one.start_included and not two.start_included
    return _less(one.start, two.start)


def _ends_before(one: Range, two: Range) -> bool:
    """Whether ``one`` ends strictly before ``two``."""
    if one.end is None or two.end is None:
        return one.end is not None and two.end is None
    if _same(one.end, two.end):
        return not one.end_included and two.end_included
    return _less(one.end, two.end)


def _same_start(one: Range, two: Range) -> bool:
    if one.start is None or two.start is None:
        return one.start is two.start
    return _same(one.start, two.start) and one.start_included == two.start_included


def _same_end(one: Range, two: Range) -> bool:
    if one.end is None or two.end is None:
        return one.end is two.end
    return _same(one.end, two.end) and one.end_included == two.end_included


def _before(one: Range, two: Range) -> bool:
    if one.end is None or two.start is None:
        return False
    if _same(one.end, two.start):
        return not (one.end_included and two.start_included)
    return _less(one.end, two.start)


def _touch(one: Range, two: Range) -> bool:
    """Whether ``one`` ends at the very point where ``two`` starts, and both hold it."""
    return (
        one.end is not None
        and two.start is not None
        and one.end_included
        and two.start_included
        and _same(one.end, two.start)
    )


def _point(value: Value) -> Range:
    return Range(value, value)


def _pair(name: str, first: str, second: str, doc: str, relation: Callable[[Range, Range], bool]) -> None:
    """Register ``name`` for two ranges."""

    def implementation(runtime: Runtime, one: Range, two: Range) -> bool:
        return relation(one, two)

    implementation.__doc__ = doc
    builtin(name, f"{first}: range, {second}: range", _SECTION)(implementation)


def _with_points(name: str, first: str, second: str, relation: Callable[[Range, Range], bool]) -> None:
    """Register ``name`` for the given kinds of arguments (``point`` or ``range``)."""

    def implementation(runtime: Runtime, one: Value, two: Value) -> bool:
        return relation(one if type(one) is Range else _point(one), two if type(two) is Range else _point(two))

    kinds = {"point": POINT, "range": "range"}
    first_type, second_type = kinds[first.rstrip("12")], kinds[second.rstrip("12")]
    builtin(name, f"{first}: {first_type}, {second}: {second_type}", _SECTION)(implementation)


def _within(one: Range, two: Range) -> bool:
    return not _starts_before(one, two) and not _ends_before(two, one)


def _point_in(one: Range, two: Range) -> bool:
    """Whether a point is in a range: strictly between its ends, or one of them that is included (table 78)."""
    point, start, end = one.start, two.start, two.end
    if start is None or end is None:
        return _sure(in_range(point, two), point, end if start is None else start)
    at_end = (two.start_included and _same(point, start)) or (two.end_included and _same(point, end))
    return at_end or (_less(start, point) and _less(point, end))


_pair(
    "before",
    "range1",
    "range2",
    """Whether the first lies wholly before the second; either may be a point.

>>> before(1, 10)
true
>>> before([1..10], [10..20])
false
>>> before([1..10), [10..20])
true
""",
    _before,
)
_with_points("before", "point1", "point2", _before)
_with_points("before", "point", "range", _before)
_with_points("before", "range", "point", _before)

_pair(
    "after",
    "range1",
    "range2",
    """Whether the first lies wholly after the second; either may be a point.

>>> after(10, 5)
true
>>> after([11..20], [1..10])
true
""",
    lambda one, two: _before(two, one),
)
_with_points("after", "point1", "point2", lambda one, two: _before(two, one))
_with_points("after", "point", "range", lambda one, two: _before(two, one))
_with_points("after", "range", "point", lambda one, two: _before(two, one))

_pair(
    "meets",
    "range1",
    "range2",
    """Whether the first ends where the second starts.

>>> meets([1..5], [5..10])
true
>>> meets([1..5), [5..10])
false
""",
    _touch,
)
_pair(
    "met by",
    "range1",
    "range2",
    """Whether the first starts where the second ends.

>>> met by([5..10], [1..5])
true
""",
    lambda one, two: _touch(two, one),
)

_pair(
    "overlaps",
    "range1",
    "range2",
    """Whether two ranges have a point in common.

>>> overlaps([5..10], [1..6])
true
>>> overlaps((3..7], [1..3])
false
""",
    lambda one, two: not _before(one, two) and not _before(two, one),
)


def _overlaps_before(one: Range, two: Range) -> bool:
    return _starts_before(one, two) and not _before(one, two) and not _ends_before(two, one)


_pair(
    "overlaps before",
    "range1",
    "range2",
    """Whether the first starts before the second and ends inside it.

>>> overlaps before([1..5], [4..10])
true
>>> overlaps before([1..5), [1..5])
false
""",
    _overlaps_before,
)
_pair(
    "overlaps after",
    "range1",
    "range2",
    """Whether the second starts before the first and ends inside it.

>>> overlaps after([4..10], [1..5])
true
>>> overlaps after([1..10], [1..5])
false
""",
    lambda one, two: _overlaps_before(two, one),
)

_with_points("finishes", "point", "range", lambda one, two: two.end_included and _same(one.start, two.end))
_pair(
    "finishes",
    "range1",
    "range2",
    """Whether a point or range ends a range.

>>> finishes(10, [1..10])
true
>>> finishes([5..10], [1..10])
true
""",
    lambda one, two: _same_end(one, two) and not _starts_before(one, two),
)
_with_points("finished by", "range", "point", lambda one, two: one.end_included and _same(one.end, two.start))
_pair(
    "finished by",
    "range1",
    "range2",
    """Whether a range is ended by a point or range.

>>> finished by([5..10], 10)
true
""",
    lambda one, two: _same_end(one, two) and not _starts_before(two, one),
)

_with_points("includes", "range", "point", lambda one, two: _point_in(two, one))
_pair(
    "includes",
    "range1",
    "range2",
    """Whether a range holds a point or a whole range.

>>> includes([5..10], 6)
true
>>> includes([1..10], [4..6])
true
""",
    lambda one, two: _within(two, one),
)
_with_points("during", "point", "range", _point_in)
_pair(
    "during",
    "range1",
    "range2",
    """Whether a point or a whole range lies in a range.

>>> during(5, [1..10])
true
>>> during([4..6], [1..10])
true
""",
    _within,
)

_with_points("starts", "point", "range", lambda one, two: two.start_included and _same(one.start, two.start))
_pair(
    "starts",
    "range1",
    "range2",
    """Whether a point or range begins a range.

>>> starts(1, [1..10])
true
>>> starts([1..5], [1..10])
true
""",
    lambda one, two: _same_start(one, two) and not _ends_before(two, one),
)
_with_points("started by", "range", "point", lambda one, two: one.start_included and _same(one.start, two.start))
_pair(
    "started by",
    "range1",
    "range2",
    """Whether a range is begun by a point or range.

>>> started by([1..10], 1)
true
""",
    lambda one, two: _same_start(one, two) and not _ends_before(one, two),
)

_with_points("coincides", "point1", "point2", lambda one, two: _same(one.start, two.start))
_pair(
    "coincides",
    "range1",
    "range2",
    """Whether two points or two ranges are the same.

>>> coincides(5, 5)
true
>>> coincides([1..5], [1..5])
true
""",
    lambda one, two: _same_start(one, two) and _same_end(one, two),
)


@builtin("range", "from: string", "10.3.4.1")
def parse(runtime: Runtime, source: str) -> Range:
    """A range from text whose ends are literals.

    >>> range("[18..21)")
    [18..21)
    >>> range("[2..)") = (>=2)
    true
    """
    from service.feel.api import constant_range

    runtime.spend(PARSING + len(source))
    found = constant_range(source)
    if found is None:
        raise bad_value("range", repr(source[:60]))
    return found
