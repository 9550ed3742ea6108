"""Boxed expressions (DMN 1.5 clauses 7.3.1 and 10.2): one module per kind, registered in ``dispatch``."""

from service.engine.decisions.boxed import contexts, functions, iterators, literals
from service.engine.decisions.table import compile

__all__ = ["compile", "contexts", "functions", "iterators", "literals"]
