"""Tokens to nodes: recursive descent with one table of operator precedences (DMN 1.5 clause 10.3.1.2)."""

from service.feel.parser.expressions import parse_expression
from service.feel.parser.tests import parse_unary_tests
from service.feel.parser.types import parse_type

__all__ = ["parse_expression", "parse_type", "parse_unary_tests"]
