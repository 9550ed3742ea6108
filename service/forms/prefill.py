"""What an open task's form shows first because the form says so, such as today's date and one's own name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service import clock, feel
from service.forms import model
from service.forms.expressions import Expression

PROPERTY = "prefill"


def prefilled(form: model.Form, variables: Mapping[str, Any], me: Mapping[str, str]) -> dict[str, Any]:
    """Return the values by the form's outermost keys; what has no value is left out, rows of lists are.

    `me` is the person who opens the form: `name`, `username`.
    """
    scope = {**variables, "me": me}
    with feel.using_clock(clock.local):
        found = {
            each.data[0]: Expression(each.properties[PROPERTY], scope).value(scope) for each in _asking(form.components)
        }
    return {key: value for key, value in found.items() if value is not None}


def _asking(components: Iterable[model.Component]) -> Iterator[model.Component]:
    for each in components:
        if PROPERTY in each.properties and len(each.data) == 1:
            yield each
        elif not each.data:
            yield from _asking(each.components)
