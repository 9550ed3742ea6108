"""Boxed expressions (DMN 1.5 clauses 7.3.1 and 10.2): one module per kind, joined in ``dispatch``."""
