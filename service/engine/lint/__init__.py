"""Refuses a drawing that would be ignored in part or would fail at run time, with the place and a plain sentence.

Each rule is a function; `index` gives it a name and a severity, docs/lint.md explains it with examples.
"""

from service.engine.lint.index import RULES
from service.engine.lint.judge import lint
from service.engine.lint.problem import Known, Problem, Reason

__all__ = ["RULES", "Known", "Problem", "Reason", "lint"]
