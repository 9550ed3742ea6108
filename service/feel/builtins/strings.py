"""String functions (DMN 1.5 clause 10.3.4.3). Positions and lengths count characters (code points)."""

from __future__ import annotations

from decimal import Decimal

from service.feel import regex
from service.feel.builtins.registry import bad_value, builtin
from service.feel.errors import Failure
from service.feel.runtime import Runtime
from service.feel.values import Value, items, kind_of

_SECTION = "10.3.4.3"


@builtin("substring", "string: string, start position: number, length: number|null?", _SECTION)
def substring(runtime: Runtime, string: str, start: Decimal, length: Decimal | None = None) -> str:
    """``length`` characters (or all) from a position on, counted from 1, or from -1 backwards.

    >>> substring("foobar", 3)
    "obar"
    >>> substring("foobar", 3, 3)
    "oba"
    >>> substring("foobar", -2, 1)
    "a"
    """
    position = int(start) if abs(start) <= len(string) else 0
    if position == 0:
        raise bad_value("substring", f"start position {start}")
    first = position - 1 if position > 0 else len(string) + position
    if length is None:
        return string[first:]
    if length < 1:
        raise bad_value("substring", f"length {length}")
    return string[first : first + int(min(length, Decimal(len(string))))]


@builtin("string length", "string: string", _SECTION)
def string_length(runtime: Runtime, string: str) -> Decimal:
    """How many characters a text has.

    >>> string length("foo")
    3
    >>> string length("建档立卡")
    4
    """
    return Decimal(len(string))


@builtin("upper case", "string: string", _SECTION)
def upper_case(runtime: Runtime, string: str) -> str:
    """The text in capital letters.

    >>> upper case("aBc4")
    "ABC4"
    """
    return string.upper()


@builtin("lower case", "string: string", _SECTION)
def lower_case(runtime: Runtime, string: str) -> str:
    """The text in small letters.

    >>> lower case("aBc4")
    "abc4"
    """
    return string.lower()


@builtin("substring before", "string: string, match: string", _SECTION)
def substring_before(runtime: Runtime, string: str, match: str) -> str:
    """What stands before the first occurrence of ``match``; nothing if it does not occur.

    >>> substring before("foobar", "bar")
    "foo"
    >>> substring before("foobar", "xyz")
    ""
    """
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string, match: string", _SECTION)
def substring_after(runtime: Runtime, string: str, match: str) -> str:
    """What stands after the first occurrence of ``match``; nothing if it does not occur.

    >>> substring after("foobar", "ob")
    "ar"
    >>> substring after("abc", "")
    "abc"
    """
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string, match: string", _SECTION)
def contains(runtime: Runtime, string: str, match: str) -> bool:
    """Whether ``match`` occurs in the text.

    >>> contains("foobar", "ob")
    true
    """
    return match in string


@builtin("starts with", "string: string, match: string", _SECTION)
def starts_with(runtime: Runtime, string: str, match: str) -> bool:
    """Whether the text begins with ``match``.

    >>> starts with("foobar", "fo")
    true
    """
    return string.startswith(match)


@builtin("ends with", "string: string, match: string", _SECTION)
def ends_with(runtime: Runtime, string: str, match: str) -> bool:
    """Whether the text ends with ``match``.

    >>> ends with("foobar", "r")
    true
    """
    return string.endswith(match)


@builtin("matches", "input: string, pattern: string, flags: string|null?", _SECTION)
def matches(runtime: Runtime, text: str, pattern: str, flags: str | None = None) -> bool:
    """Whether a regular expression (XPath and XQuery Functions 7.6) occurs in the text; flags are i, s, m, x, q.

    >>> matches("foobar", "^fo*b")
    true
    >>> matches("FOO", "foo", "i")
    true
    """
    return regex.compile(pattern, flags or "").search(text, runtime.spend)


@builtin("replace", "input: string, pattern: string, replacement: string, flags: string|null?", _SECTION)
def replace(runtime: Runtime, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """The text with every occurrence of a regular expression replaced; ``$1`` stands for the first group.

    >>> replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")
    "[1=ab][2=]cd"
    """
    return regex.compile(pattern, flags or "").replace(text, replacement, runtime.limits.string_size, runtime.spend)


@builtin("split", "string: string, delimiter: string", _SECTION)
def split(runtime: Runtime, string: str, delimiter: str) -> list[str]:
    """The parts of a text between the occurrences of a regular expression.

    >>> split("John Doe", "\\\\s")
    ["John", "Doe"]
    >>> split("a;b;c;;", ";")
    ["a", "b", "c", "", ""]
    """
    parts = regex.compile(delimiter, "").split(string, runtime.spend)
    runtime.spend(len(parts))
    return parts


@builtin("string join", "list: list, delimiter: string|null?", _SECTION)
def string_join(runtime: Runtime, values: list[Value], delimiter: str | None = None) -> str:
    """The texts of a list in a row, with a delimiter between them; null items are left out.

    >>> string join(["a", "b", "c"], "_and_")
    "a_and_b_and_c"
    >>> string join(["a", null, "c"])
    "ac"
    """
    texts = [value for value in items(values) if value is not None]
    for value in texts:
        if type(value) is not str:
            raise Failure(
                "argument_type", name="string join", parameter="list", expected="list<string>", kind=kind_of(value)
            )
    size = sum(len(value) for value in texts) + len(delimiter or "") * len(texts)
    runtime.check_string(size)
    return (delimiter or "").join(texts)
