"""Sets of characters: ranges, Unicode categories, blocks, and what is made of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

Test = Callable[[str], bool]

BLOCKS: dict[str, tuple[int, int]] = {
    "BasicLatin": (0x0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "IPAExtensions": (0x250, 0x2AF),
    "SpacingModifierLetters": (0x2B0, 0x2FF),
    "CombiningDiacriticalMarks": (0x300, 0x36F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Armenian": (0x530, 0x58F),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Syriac": (0x700, 0x74F),
    "Thaana": (0x780, 0x7BF),
    "Devanagari": (0x900, 0x97F),
    "Bengali": (0x980, 0x9FF),
    "Tamil": (0xB80, 0xBFF),
    "Thai": (0xE00, 0xE7F),
    "Lao": (0xE80, 0xEFF),
    "Tibetan": (0xF00, 0xFFF),
    "Myanmar": (0x1000, 0x109F),
    "Georgian": (0x10A0, 0x10FF),
    "HangulJamo": (0x1100, 0x11FF),
    "Mongolian": (0x1800, 0x18AF),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "GeometricShapes": (0x25A0, 0x25FF),
    "Dingbats": (0x2700, 0x27BF),
    "CJKRadicalsSupplement": (0x2E80, 0x2EFF),
    "KangxiRadicals": (0x2F00, 0x2FDF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "Bopomofo": (0x3100, 0x312F),
    "HangulCompatibilityJamo": (0x3130, 0x318F),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "YiSyllables": (0xA000, 0xA48F),
    "HangulSyllables": (0xAC00, 0xD7A3),
    "PrivateUse": (0xE000, 0xF8FF),
    "CJKCompatibilityIdeographs": (0xF900, 0xFAFF),
    "AlphabeticPresentationForms": (0xFB00, 0xFB4F),
    "ArabicPresentationForms-A": (0xFB50, 0xFDFF),
    "CJKCompatibilityForms": (0xFE30, 0xFE4F),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
    "Emoticons": (0x1F600, 0x1F64F),
}
CATEGORIES = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn".split()
)
_NAME_START = (
    (0x3A, 0x3A),
    (0x41, 0x5A),
    (0x5F, 0x5F),
    (0x61, 0x7A),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x2FF),
    (0x370, 0x37D),
    (0x37F, 0x1FFF),
    (0x200C, 0x200D),
    (0x2070, 0x218F),
    (0x2C00, 0x2FEF),
    (0x3001, 0xD7FF),
    (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD),
    (0x10000, 0xEFFFF),
)
_NAME_MORE = ((0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))


@lru_cache(maxsize=4096)
def variants(character: str) -> frozenset[str]:
    """The characters that differ from this one in case only."""
    found = {character, character.lower(), character.upper(), character.swapcase(), character.casefold()}
    found |= {each.lower() for each in tuple(found)} | {each.upper() for each in tuple(found)}
    if found & {"k", "K", "\u212a"}:
        found |= {"k", "K", "\u212a"}
    if found & {"s", "S", "\u017f"}:
        found |= {"s", "S", "\u017f"}
    return frozenset(each for each in found if len(each) == 1)


@dataclass(frozen=True, slots=True)
class Range:
    """The characters from ``low`` to ``high``."""

    low: str
    high: str

    def test(self, fold: bool) -> Test:
        """Whether a character is in it, perhaps in another case."""
        low, high = self.low, self.high
        if fold:
            return lambda c: low <= c <= high or any(low <= each <= high for each in variants(c))
        return lambda c: low <= c <= high


@dataclass(frozen=True, slots=True)
class Named:
    """A multi-character escape (``d``, ``s``, ``w``, ``i``, ``c``), category or block (``p{...}``)."""

    name: str
    negated: bool

    def test(self, fold: bool) -> Test:
        """Whether a character is in it; case never matters."""
        inside = _named(self.name)
        return (lambda c: not inside(c)) if self.negated else inside


@dataclass(frozen=True, slots=True)
class Set:
    """A class in brackets: its items, whether it is negated, and what is taken away from it."""

    items: tuple[Range | Named, ...]
    negated: bool = False
    minus: Set | None = None

    def test(self, fold: bool) -> Test:
        """Whether a character is in it."""
        tests = [item.test(fold) for item in self.items]
        negated = self.negated
        minus = None if self.minus is None else self.minus.test(fold)
        if len(tests) == 1 and minus is None and not negated:
            return tests[0]

        def inside(c: str) -> bool:
            found = any(test(c) for test in tests) is not negated
            return found and (minus is None or not minus(c))

        return inside

    @property
    def plain(self) -> bool:
        """Whether it can be written in Python's own syntax with the same meaning."""
        return self.minus is None and all(isinstance(item, Range) or (item.name in ("d", "s")) for item in self.items)


def _within(ranges: tuple[tuple[int, int], ...]) -> Test:
    return lambda c: any(low <= ord(c) <= high for low, high in ranges)


def _named(name: str) -> Test:
    if name.startswith("p:Is"):
        low, high = BLOCKS[name[4:]]
        return lambda c: low <= ord(c) <= high
    if name.startswith("p:"):
        category = name[2:]
        if len(category) == 1:
            return lambda c: unicodedata.category(c)[0] == category
        return lambda c: unicodedata.category(c) == category
    return _ESCAPES[name]


_ESCAPES: dict[str, Test] = {
    "d": lambda c: unicodedata.category(c) == "Nd",
    "s": lambda c: c in " \t\n\r",
    "w": lambda c: unicodedata.category(c)[0] not in "PZC",
    "i": _within(_NAME_START),
    "c": _within(_NAME_START + _NAME_MORE),
}
