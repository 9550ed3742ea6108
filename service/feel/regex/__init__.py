"""Regular expressions as in XPath and XQuery Functions and Operators 3.1, clause 5.6, which FEEL refers to.

They cannot be made to hang. A pattern is read into a tree (``syntax``). Where a bound on the work can be read off the
tree, Python's ``re`` does it (``native``); all others run on a machine that visits each pair of instruction and
position at most once and counts its steps (``program``, ``machine``).
"""

from service.feel.regex.pattern import Pattern, compile

__all__ = ["Pattern", "compile"]
