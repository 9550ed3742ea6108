"""Functions that Camunda 8 adds to the standard; designers know them from its modeler."""

from __future__ import annotations

from decimal import Decimal

from service.feel import regex
from service.feel.builtins.lists import Distinct
from service.feel.builtins.registry import bad_value, builtin
from service.feel.errors import Failure
from service.feel.runtime import Runtime
from service.feel.temporal.calendar import month_length
from service.feel.temporal.values import Date, DateTime, civil, make_date
from service.feel.values import Value, items

_SECTION = "Camunda"


@builtin("is defined", "value: any", _SECTION, standard=False)
def is_defined(runtime: Runtime, value: Value) -> bool:
    """Whether a value is not null.

    >>> is defined(1)
    true
    >>> is defined(null)
    false
    """
    return value is not None


@builtin("get or else", "value: any, default: any", _SECTION, standard=False)
def get_or_else(runtime: Runtime, value: Value, default: Value) -> Value:
    """The value, or the default if it is null.

    >>> get or else(null, 0)
    0
    """
    return default if value is None else value


@builtin("assert", "value: any, condition: any, cause: string?", _SECTION, standard=False)
def check(runtime: Runtime, value: Value, condition: Value, cause: str = "The condition is not fulfilled") -> Value:
    """The value if the condition is true, else null with the cause as a warning.

    >>> assert(5, 5 > 3)
    5
    """
    if condition is not True:
        raise Failure("assertion", cause=cause)
    return value


@builtin("trim", "string: string", _SECTION, standard=False)
def trim(runtime: Runtime, string: str) -> str:
    """The text without white space at its ends.

    >>> trim("  a b ")
    "a b"
    """
    return string.strip()


@builtin("is blank", "string: string", _SECTION, standard=False)
def is_blank(runtime: Runtime, string: str) -> bool:
    """Whether a text has nothing but white space.

    >>> is blank("  ")
    true
    """
    return not string.strip()


@builtin("extract", "string: string, pattern: string", _SECTION, standard=False)
def extract(runtime: Runtime, string: str, pattern: str) -> list[str]:
    """All occurrences of a regular expression.

    >>> extract("a1b22", "[0-9]+")
    ["1", "22"]
    """
    found = regex.compile(pattern).find_all(string, runtime.spend)
    runtime.spend(len(found))
    return found


@builtin("is empty", "list: list", _SECTION, standard=False)
def is_empty(runtime: Runtime, values: list[Value]) -> bool:
    """Whether a list has no items.

    >>> is empty([])
    true
    """
    return not values


@builtin("duplicate values", "list: list", _SECTION, standard=False)
def duplicate_values(runtime: Runtime, values: list[Value]) -> list[Value]:
    """The items that occur more than once, each once.

    >>> duplicate values([1, 2, 3, 2, 1])
    [2, 1]
    """
    seen, doubled = Distinct(runtime), Distinct(runtime)
    return [value for value in items(values) if not seen.add(value) and doubled.add(value)]


@builtin("partition", "list: list, size: number", _SECTION, standard=False)
def partition(runtime: Runtime, values: list[Value], size: Decimal) -> list[list[Value]]:
    """The list cut into lists of at most ``size`` items.

    >>> partition([1, 2, 3], 2)
    [[1, 2], [3]]
    """
    if not 1 <= size <= 10**9:
        raise bad_value("partition", str(size))
    step = int(size)
    runtime.spend(len(values) // step)
    return [values[start : start + step] for start in range(0, len(values), step)]


@builtin("last day of month", "date: date|date and time", _SECTION, standard=False)
def last_day_of_month(runtime: Runtime, day: Date | DateTime) -> Date:
    """The last day of the month a date lies in.

    >>> last day of month(date(2024, 2, 1))
    @"2024-02-29"
    """
    year, month, _ = civil(day)
    return make_date(year, month, month_length(year, month))
