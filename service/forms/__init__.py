"""Forms: form-js `.form` files, read strictly, judged on the server by marshmallow and FEEL.

`parse` reads a file, `lint` tells a designer what is wrong with it, `validate` turns the answers of a submitted form
into process variables. What a component's `properties` may say is described in `service.forms.properties`.
"""

from service.forms.findings import Finding
from service.forms.linting import lint
from service.forms.model import CONTAINERS, Component, Form
from service.forms.parsing import parse
from service.forms.plan import answers
from service.forms.prefill import prefilled
from service.forms.private import masked, sealed
from service.forms.validation import Refused, validate

__all__ = [
    "CONTAINERS",
    "Component",
    "Finding",
    "Form",
    "Refused",
    "answers",
    "lint",
    "masked",
    "parse",
    "prefilled",
    "sealed",
    "validate",
]
