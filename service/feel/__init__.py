"""FEEL, the Friendly Enough Expression Language of DMN 1.5 (clause 10), as a library of its own.

>>> evaluate("if income < line then \\"符合\\" else \\"不符合\\"", {"income": 2000, "line": 2736})
'符合'
"""

from service.feel.api import (
    Compiled,
    CompiledTests,
    Evaluation,
    compile,
    compile_unary_tests,
    evaluate,
    evaluate_with_warnings,
    functions,
    parse_check,
    tokens_of,
    unary_test,
)
from service.feel.errors import FeelError, FeelSyntaxError, FeelWarning
from service.feel.functions import HostFunction
from service.feel.runtime import Limits, using_clock
from service.feel.temporal.values import WideDate, WideDateTime, WideDuration, WideTime, YearsMonths
from service.feel.text import Shown, to_text
from service.feel.values import Range, Value

__all__ = [
    "Compiled",
    "CompiledTests",
    "Evaluation",
    "FeelError",
    "FeelSyntaxError",
    "FeelWarning",
    "HostFunction",
    "Limits",
    "Range",
    "Shown",
    "Value",
    "WideDate",
    "WideDateTime",
    "WideDuration",
    "WideTime",
    "YearsMonths",
    "compile",
    "compile_unary_tests",
    "evaluate",
    "evaluate_with_warnings",
    "functions",
    "parse_check",
    "to_text",
    "tokens_of",
    "unary_test",
    "using_clock",
]
