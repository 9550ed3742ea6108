"""Boolean functions (DMN 1.5 clause 10.3.4.2)."""

from __future__ import annotations

from service.feel.builtins.registry import builtin
from service.feel.operators import equal, sort_key
from service.feel.runtime import Runtime
from service.feel.temporal.values import DATETIMES, TIMES
from service.feel.temporal.zones import region_name
from service.feel.values import Value, kind_of


@builtin("not", "negand: any", "10.3.4.2")
def negation(runtime: Runtime, negand: Value) -> bool | None:
    """Logical negation; null for anything but true and false.

    >>> not(true)
    false
    >>> not(null)
    null
    """
    return not negand if type(negand) is bool else None


@builtin("is", "value1: any, value2: any", "10.3.4.13")
def same(runtime: Runtime, value1: Value, value2: Value) -> bool | None:
    """Whether two values are the same element of the same kind: same time zone too, not only the same moment.

    >>> is(date("2012-12-25"), time("23:00:50"))
    false
    >>> is(time("23:00:50Z"), time("23:00:50+00:00"))
    true
    >>> is(time("23:00:50Z"), time("23:00:50"))
    false
    """
    if kind_of(value1) != kind_of(value2):
        return False
    if type(value1) in TIMES | DATETIMES:
        first, second = value1.tzinfo, value2.tzinfo
        if (first is None) != (second is None) or region_name(first) != region_name(second):
            return False
        if first is not None and type(value1) is type(value2) and value1.utcoffset() != value2.utcoffset():
            return False
        return bool(sort_key(value1, value2) == sort_key(value2, value1))
    return equal(value1, value2, runtime) is True
