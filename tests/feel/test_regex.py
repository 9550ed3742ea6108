"""Regular expressions as XPath has them, the same on both ways of matching."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.feel import regex
from service.feel.errors import Failure
from service.feel.regex.machine import Machine
from service.feel.regex.program import Program
from service.feel.regex.syntax import Reader


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "found"),
    [
        ("^[0-9]{17}[0-9X]$", "", "45022619800506123X", True),
        ("a.c", "", "a\nc", False),
        ("a.c", "s", "a\nc", True),
        ("^b$", "", "a\nb", False),
        ("^b$", "m", "a\nb", True),
        ("ABC", "i", "abc", True),
        ("[A-Z-[OI]]", "i", "o", False),
        ("[A-Z-[OI]]", "i", "p", True),
        ("[^Q]", "i", "q", False),
        ("\\p{Lu}", "i", "a", False),
        ("k", "i", "\u212a", True),
        ("hello world", "x", "helloworld", True),
        ("hello[ ]world", "x", "hello world", True),
        ("a.b", "q", "a.b", True),
        ("a.b", "q", "axb", False),
        ("(a)(b)\\2\\1", "", "abba", True),
        ("(a)\\1", "i", "aA", True),
        ("\\w", "", "_", False),
        ("\\w", "", "中", True),
        ("\\d", "", "٣", True),
        ("\\s", "", "\u00a0", False),
        ("[\\i-[:]][\\c-[:]]*", "", "a1", True),
        ("\\p{IsCJKUnifiedIdeographs}+", "", "壮族", True),
        ("\\P{L}", "", "1", True),
        ("a{2,3}", "", "aa", True),
        ("a{2}", "", "a", False),
        ("x*", "", "", True),
        ("(?:ab)+$", "", "xabab", True),
        ("[-a]", "", "-", True),
        ("[a-]", "", "-", True),
        ("\\.", "", "a", False),
        ("(a|b)*c", "", "ababc", True),
        ("^(a?)*$", "", "aaa", True),
        ("[\\[\\]]", "", "]", True),
        ("\\^\\$", "", "^$", True),
    ],
)
def test_match(pattern, flags, text, found):
    assert regex.compile(pattern, flags).search(text) is found


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [
        ("(", ""),
        (")", ""),
        ("a**", ""),
        ("*a", ""),
        ("[", ""),
        ("[]", ""),
        ("[b-a]", ""),
        ("a{2,1}", ""),
        ("a{,2}", ""),
        ("a{", ""),
        ("\\", ""),
        ("\\y", ""),
        ("(?=a)", ""),
        ("(a)\\2", ""),
        ("(a\\1)", ""),
        ("[\\1]", ""),
        ("\\p{Xx}", ""),
        ("a", "g"),
        ("a", "ii "),
        ("a{9999}", ""),
        ("[a[b]]", ""),
        ("]", ""),
        ("\\b", ""),
    ],
)
def test_what_is_no_pattern(pattern, flags):
    with pytest.raises(Failure):
        regex.compile(pattern, flags)


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "result"),
    [
        ("abracadabra", "bra", "*", "a*cada*"),
        ("abracadabra", "a.*a", "*", "*"),
        ("abracadabra", "a.*?a", "*", "*c*bra"),
        ("abracadabra", "a", "", "brcdbr"),
        ("abracadabra", "a(.)", "a$1$1", "abbraccaddabbra"),
        ("AAAA", "A+?", "b", "bbbb"),
        ("darted", "^(.*?)d(.*)$", "$1c$2", "carted"),
        ("abc", "b", "\\$\\\\", "a$\\c"),
        ("abc", "(b)", "[$1$2]", "a[b]c"),
        ("abc", "(b)", "$12", "ab2c"),
        ("abc", "b", "$0$0", "abbc"),
        ("abcd", "(ab)|(a)", "[1=$1][2=$2]", "[1=ab][2=]cd"),
    ],
)
def test_replace(text, pattern, replacement, result):
    assert regex.compile(pattern).replace(text, replacement, 1000) == result


@pytest.mark.parametrize(("pattern", "replacement"), [(".*?", "x"), ("", "x"), ("a", "$"), ("a", "\\x"), ("a", "$x")])
def test_replacements_that_are_refused(pattern, replacement):
    with pytest.raises(Failure):
        regex.compile(pattern).replace("abc", replacement, 1000)


def tree(depth: int = 3):
    leaf = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\d", "^", "$"])
    if not depth:
        return leaf
    inner = tree(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}|{p[1]})"),
        inner.map(lambda p: f"({p})*"),
        inner.map(lambda p: f"({p}){{1,2}}?"),
        inner.map(lambda p: f"({p})?"),
    )


@given(tree(), st.text("ab1\n", max_size=8))
def test_both_ways_find_the_same(pattern, text):
    native = regex.compile(pattern)._native
    if native is None:
        return
    reader = Reader(pattern, "")
    program = Program(reader.read(), "", pattern)
    found = Machine(program, reader.groups, text).find(0)
    match = native.pattern.search(text)
    assert (found is None) == (match is None)
    if match is not None and found is not None:
        assert found[:2] == match.span()


def test_many_repeats_over_a_long_text_are_matched():
    pattern = "^" + "a*" * 70 + "$"
    assert regex.compile(pattern).search("a" * 100_000)
