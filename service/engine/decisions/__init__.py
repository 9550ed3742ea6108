"""Decision models (DMN 1.5): decision tables, literal and boxed expressions, functions, services, imports.

>>> from service.engine import decisions
>>> model = decisions.load(xml)                                   # doctest: +SKIP
>>> model.evaluate("household_eligibility", {"income": 2000})     # doctest: +SKIP
"""

from service.engine.decisions.errors import DecisionWarning, ModelError, Problem, UnknownDecision
from service.engine.decisions.model import DecisionInfo, Explanation, Model, Outcome, load
from service.engine.decisions.runtime import RuleTrace, TableTrace, TestTrace

__all__ = [
    "DecisionInfo",
    "DecisionWarning",
    "Explanation",
    "Model",
    "ModelError",
    "Outcome",
    "Problem",
    "RuleTrace",
    "TableTrace",
    "TestTrace",
    "UnknownDecision",
    "load",
]
