"""All built-in functions of FEEL (DMN 1.5 clause 10.3.4) and those Camunda 8 adds to them."""

from service.feel.builtins import (
    aggregate,
    boolean,
    context,
    conversion,
    extensions,
    lists,
    numeric,
    ranges,
    sorting,
    strings,
    temporal,
)
from service.feel.builtins.registry import FUNCTIONS

__all__ = [
    "FUNCTIONS",
    "aggregate",
    "boolean",
    "context",
    "conversion",
    "extensions",
    "lists",
    "numeric",
    "ranges",
    "sorting",
    "strings",
    "temporal",
]
