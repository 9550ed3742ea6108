"""Corners of the standard that its examples leave out (DMN 1.5 clause 10.3): each of these is true."""

import pytest

from service import feel

CORNERS = r"""
# 10.3.2.2, table 53: equality
(time("10:30:00@Europe/Paris") = time("10:30:00@Asia/Dhaka")) = false
date and time("2018-12-08T00:00:00@Europe/Paris") = date and time("2018-12-07T23:00:00Z")
time("10:30:00") = time("10:30:00@Europe/Paris")
is(time("10:30:00"), time("10:30:00@Europe/Paris")) = false
([] = {}) = null
({} = {}) = true
(< 10) = (< 10)
((> 10) = (>= 10)) = false
{a: function(x) x, b: a = a}.b
("true" = true) = null
# table 62: negation
(-"foo") = null
(-true) = null
(-date("2018-12-08")) = null
(-null) = null
--10 = 10
# table 61: instance of
[1, null] instance of list<number>
[] instance of list<list<string>>
({} instance of context<a: string>) = false
{a: 1, b: 2} instance of context<a: number>
(date("2018-12-08") instance of date and time) = false
(duration("P1D") instance of years and months duration) = false
abs instance of function<number> -> number
(null instance of list<Any>) = false
(null instance of Null) = true
({} instance of context<>) = null
([[1]] instance of list<list>) = null
(function(a: range<number>) "x") instance of function<range<number>> -> string
[{a: 1}, {a: "x"}] instance of list<context<a: Any>>
# table 55: in
[1, 2, 3] in ([[1, 2, 3, 4]], [[1, 2, 3]])
[1, 2, 3] in [[1, 2, 3, 4], [1, 2, 3]]
{a: "x"} in ({a: "y"}, {a: "x"})
([2, 3] in [1, 2, 3]) = false
(1 in []) = false
1 in ([[5..7], [1..2]])
"x" in ("y", "x")
"x" in (5, false, "x")
5 in (!= 4)
(1 in function(x) true) = null
duration("P11D") in [duration("P10D")..duration("P12D")]
date and time("2021-07-01T00:00:00@Europe/Rome") > date and time("2021-06-01T00:00:00")
# tables 65 and 66: properties
date and time("2018-12-10T10:30:00.0001+05:00:01").second = 0.0001
date and time("2018-12-10T10:30:00+05:00").time offset = duration("PT5H")
date and time("2018-12-10T10:30:00+05:00").timezone = null
date and time("2018-12-10T10:30:00@Etc/UTC").time offset = duration("PT0S")
date("2018-12-10").hour = null
duration("P1Y2M").days = null
duration("P1DT2H").months = null
(= 5).start = 5
(= 5).end included
[@"2018-12-10", @"2019-12-10"].year = [2018, 2019]
"text".year = null
# 10.3.2.14 - 10.3.2.16
(for x in [1..4) return x) = [1, 2, 3]
(for x in 1..2, y in x..3 return y) = [1, 2, 3, 2, 3]
(for x in [[1, 2], [3]], y in x return y) = [1, 2, 3]
(for i in 0..4 return if i = 0 then 1 else i * partial[-1]) = [1, 1, 2, 6, 24]
(for x in 1.5..3 return x) = null
(for i in [1, 2] return function(x) x + i)[2](10) = 12
(some x in null satisfies x) = null
(for i in 1..2, j in 1..i return j) = [1, 1, 2]
(for i in [1..3] return partial) = [[], [[]], [[], [[]]]]
(for i in @"2019-01-01"..@"2019-01-03" return i.day) = [1, 2, 3]
(for i in "a".."c" return i) = null
some x in [[1, 2], [3]], y in x satisfies y = 3
(every x in [1, 2] satisfies "x") = null
# table 57
@"-0001-12-31" + @"P1D" = @"0000-01-01"
@"9999-12-31" + @"P1D" = date("10000-01-01")
(@"999999999-12-31" + @"P1D") = null
@"2020-02-29" + @"P1Y" = @"2021-02-28"
string(@"2021-03-28T01:59:59@Europe/Paris" + @"PT1S") = "2021-03-28T03:00:00@Europe/Paris"
@"2021-10-31T02:30:00@Europe/Paris" - @"2021-10-31T00:30:00Z" = @"PT0S"
@"10:00:00Z" - @"09:00:00+01:00" = @"PT2H"
@"2017-08-10" - @"PT1H" = @"2017-08-09"
(@"P1D" * @"P1D") = null
@"P1Y" / @"P1M" = 12
(@"P1D" / @"PT0S") = null
(1 / @"P1D") = null
(@"P1Y" < @"P1D") = null
@"2021-01-02" - @"2021-01-01T10:10:10+11:00" = duration("P1DT49M50S")
@"2021-01-02" - @"2021-01-01T10:10:10" = null
time("23:00:00") - @"2021-01-02T10:10:10" = null
date("2021-01-01") + 10 = null
@"2021-01-01" + @"2021-01-02" = null
# table 72: conversion
time("23:59:60") = null
time("10:00:00@UTC").timezone = "UTC"
time("10:00:00@Z") = null
time(11, 59, 45, @"PT2H1M30S") = time("11:59:45+02:01:30")
time(11, 59, 45, @"PT19H") = null
date and time("2017-08-10T24:00:00") = @"2017-08-11T00:00:00"
date and time("2017-08-10T10:20:60") = null
date and time(@"2017-08-10T10:20:00+01:00", @"23:59:01") = @"2017-08-10T23:59:01"
date("-999999999-12-31").year = -999999999
date("01211-12-31") = null
date(2017, 8, 0) = null
date("2020-01-01", 1) = null
string(@"P1DT0.5S") = "P1DT0.5S"
string(duration("-P0M")) = "P0M"
number("0x1F") = null
number("+1.5") = null
number(" 1.5") = null
number(from: "1 000", grouping separator: " ") = 1000
range("(..3]") = (<= 3)
range("]1..3[") = (1..3)
range("[1+1..3]") = null
number("1.000.000", ".", null) = 1000000
number("1000,05e+12", null, ",") = 1000.05e+12
number("1,000.5", ",", ",") = null
number("1000.5", "x", ".") = null
number("12.") = null
time("24:00:01") = null
time("11:22:33+18:01") = null
time("11:22:33@Foo/Bar") = null
time("11:22:33+00:00@Etc/UTC") = null
time(24, 0, 0) = null
time(12, 0, 0, duration("P1Y")) = null
time(hour: 11, minute: 59, second: 45) = time("11:59:45")
duration("P") = null
duration("PT") = null
duration("P1.5D") = null
duration("P1W") = null
string(duration("PT555M")) = "PT9H15M"
string(duration("P120M")) = "P10Y"
range("[\"a\"..\"c\"]") = ["a".."c"]
range("[duration(\"P1D\")..duration(\"P2D\")]") = [@"P1D"..@"P2D"]
range("[true..false]") = null
# table 74: strings
split("", ",") = [""]
string join([], "x") = ""
string join([null], "x") = ""
string join(["a", 1], "x") = null
upper case("ß") = "SS"
matches("abc", "^B$", "im") = false
substring("foobar", 0) = null
substring("foobar", 7) = null
substring("foobar", -2, 5) = "ar"
substring("foobar", 3, null) = "obar"
replace("abracadabra", "a.*?a", "*") = "*c*bra"
replace("abracadabra", ".*?", "$1") = null
replace("AAAA", "A+?", "b") = "bbbb"
replace("abc", "[a-z]", "#", "ix") = "###"
replace("a.c", ".", "x", "q") = "axc"
matches("abcd-abcd", "([a-z]+)-\\1")
matches("h", "(.)(\\2)") = null
matches("helloworld", "hello world", "x")
matches("helloworld", "hello[ ]world", "x") = false
matches("x", "[a-z&&[^x]]") = null
matches("x", "x", "y") = null
matches("\u212A", "k", "i")
# table 75: lists
insert before([], 1, 9) = null
remove([1, 2, 3], -1) = [1, 2]
list replace([1, 2, 3], -1, 9) = [1, 2, 9]
list replace([1, 2, 3], 1, null) = [null, 2, 3]
list replace([1, 2, 3], function(item) true, 9) = null
distinct values([1, null, null, 1.0]) = [1, null]
flatten([[], [[]], 1, null]) = [1, null]
concatenate([1], null) = null
union([1], 1) = [1]
mode([]) = []
product([]) = null
sort([{a: 2}, {a: 1}], function(x, y) x.a < y.a).a = [1, 2]
sort([3, null], function(x, y) x < y) = null
sublist([1, 2, 3], 2, null) = [2, 3]
insert before([1, 2], 3, 4) = null
any([true, "x"]) = null
any([null, false]) = null
all([false, "x"]) = null
mode([1, null]) = null
mode(["a"]) = null
min([1, null]) = null
max(@"PT1H6M", @"PT1H5M") = @"PT1H6M"
append(1, 2) = [1, 2]
# table 76: numbers
floor(15, -1) = 10
floor(1.5, 6177) = null
floor(1.56, null) = null
abs(n: @"-P1Y") = @"P1Y"
modulo(10, 0) = null
even(1.5) = false
round half down(n: 1.125, scale: 2) = 1.12
# table 78: ranges
before(point: 1, range: (1..3]) = true
coincides(5, "5") = null
overlaps([1..5], 3) = null
includes((>= 1), 5)
during(range1: [4..6], range2: [1..10])
# table 79: calendar
day of year(date: @"2020-12-31") = 366
day of week(@"-2016-01-31") = "Tuesday"
month of year(@"2019-09-17T10:00:00Z") = "September"
# table 81: contexts
context put({x: 1, y: {a: 0}}, ["y", "b", "c"], 2) = null
context put({x: 1}, ["y", null], 2) = null
context put(context: {}, keys: ["a"], value: 1) = {a: 1}
context([{key: "a", value: 1}, {key: "a", value: 2}]) = null
context([{key: "a", value: null}]) = {a: null}
context merge([{x: {a: 1}}, {x: {b: 2}}]) = {x: {b: 2}}
get entries([]) = null
get value({a: {b: 5}}, ["a", "b"]) = 5
# 10.3.2.3.2: characters beyond the first plane
string length("\uD83D\uDC0E\uD83D\uDE00") = 2
{🐎: 1}.🐎 = 1
substring("😀foobar", 2, 3) = "foo"
# 10.3.2.13: invocation
(function(a, b) a)(1) = null
(function(a, b) b)(a: 1) = null
(function(a) a)(c: 1) = null
(function(a) function(b) a + b)(1)(2) = 3
(function(x: number) x)([1, 2]) = null
(function(x: date) x)(@"2020-01-01T00:00:00") = null
{f: function(a, b) if b = null then a else b, r: f(a: 1)}.r = 1
{f: function(a: list<number>) a, r: f([1])}.r = [1]
{f: function(a: string) a, r: f(["x"])}.r = "x"
{f: function(a: date and time) a, r: f(@"2019-01-01")}.r = @"2019-01-01T00:00:00Z"
"""


@pytest.mark.parametrize("expression", [line for line in CORNERS.strip().splitlines() if not line.startswith("#")])
def test_corner(expression):
    assert feel.evaluate(expression) is True
