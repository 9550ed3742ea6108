"""The reference of all built-in functions, from their own documentation (``python -m service.feel.reference``)."""

from __future__ import annotations

from collections.abc import Iterator

from service.feel.api import functions
from service.feel.builtins.ranges import POINT
from service.feel.functions import Builtin

TITLE = """# Built-in functions

Written from the documentation in the code by `python -m service.feel.reference`; the examples are tests.
Parameters with `?` may be left out, `...` takes any number. Every function gives null, and a warning, for arguments
it does not take; a list of one item stands for the item, an item for the list of it. Section numbers are those of
DMN 1.5; functions of section "Camunda" are additions that Camunda 8 has too.
"""


def markdown() -> str:
    """The whole reference."""
    return "\n".join([TITLE, *(line for name in sorted(functions()) for line in _entry(functions()[name]))])


def _plain(signature: str) -> str:
    """A signature with the kinds of points in short, and without the marks of repeated items."""
    return signature.replace(POINT, "point").replace("#: any, ...list: any", "item, item, ...")


def _entry(function: Builtin) -> Iterator[str]:
    yield f"## {function.name}\n"
    for signature in function.signatures:
        yield f"    {function.name}({_plain(signature.text())})"
    lines = function.doc.splitlines()
    first = next(at for at, line in enumerate([*lines, ">>>"]) if line.startswith(">>>"))
    yield f"\n{' '.join(line.strip() for line in lines[:first]).strip()} ({function.section})\n"
    for question, answer in zip(lines[first::2], lines[first + 1 :: 2], strict=False):
        yield f"    {question.removeprefix('>>> ')}  →  {answer}"
    yield ""


if __name__ == "__main__":
    print(markdown())
