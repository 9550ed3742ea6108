"""The examples in the documentation of every built-in function hold."""

import pytest

from service import feel


def examples():
    for name, function in sorted(feel.functions().items()):
        lines = [line.strip() for line in function.doc.splitlines()]
        for at, line in enumerate(lines):
            if line.startswith(">>> "):
                yield pytest.param(line[4:], lines[at + 1], id=f"{name}: {line[4:]}")


@pytest.mark.parametrize(("expression", "expected"), list(examples()))
def test_example(expression, expected):
    value, wanted = feel.evaluate(expression), feel.evaluate(expected)
    assert (value, type(value)) == (wanted, type(wanted))


def test_every_function_is_documented_with_an_example():
    missing = [name for name, function in feel.functions().items() if ">>> " not in function.doc]
    assert missing == []


def test_the_standard_s_functions_are_all_there():
    standard = """abs, after, all, any, append, before, ceiling, coincides, concatenate, contains, context,
        context merge, context put, count, date, date and time, day of week, day of year, decimal, distinct values,
        duration, during, ends with, even, exp, finished by, finishes, flatten, floor, get entries, get value,
        includes, index of, insert before, is, list contains, list replace, log, lower case, matches, max, mean,
        median, meets, met by, min, mode, modulo, month of year, not, now, number, odd, overlaps, overlaps after,
        overlaps before, product, range, remove, replace, reverse, round down, round half down, round half up,
        round up, sort, split, sqrt, started by, starts, starts with, stddev, string, string join, string length,
        sublist, substring, substring after, substring before, sum, time, today, union, upper case, week of year,
        years and months duration"""
    names = {" ".join(name.split()) for name in standard.split(",")}
    assert names == {name for name, function in feel.functions().items() if function.standard}
