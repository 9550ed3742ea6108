"""Patterns mean on the server what they mean in the browser."""

import pytest

from service.forms import patterns


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\d", "４", False),
        (r"\d", "房4", True),
        (r"^[\dX]+$", "12X", True),
        (r"^[\dX]+$", "1２X", False),
        (r"^\w+$", "a_1", True),
        (r"^\w+$", "吴", False),
        (r"^[^\d]+$", "吴", True),
        (r"a\/b", "a/b", True),
        (r"^[\u4e00-\u9fff]+$", "吴大山", True),
        (r"^[\u4e00-\u9fff]+$", "Wu", False),
        (r"^\x41$", "A", True),
        (r"\u002e", "ab", False),
        (r"^\$\{a\}$", "${a}", True),
        (r"^a\-b\:c$", "a-b:c", True),
        (r"^(?:ab)+$", "abab", True),
        (r"^.$", "\n", False),
        (r"^a|b$", "xb", True),
        (r"\\d", "\\d", True),
        ("", "", True),
    ],
)
def test_a_pattern_of_the_browser(pattern: str, text: str, found: bool) -> None:
    assert patterns.fault(pattern) is None
    assert patterns.found(pattern, text) is found


@pytest.mark.parametrize("pattern", ["(?=a)", "(?<!a)b", r"\bword", "(a", "a{2000}", "*", "[z-a]", "\\"])
def test_what_cannot_be_judged_is_refused(pattern: str) -> None:
    assert patterns.fault(pattern)


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "(.*)*b$", "^(a?){200}a{200}$"])
def test_no_pattern_hangs(pattern: str) -> None:
    assert patterns.found(pattern, "a" * 5_000 + "c") is False
