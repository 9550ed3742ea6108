"""Which answers of a form nobody may read in the process that gets them (DOMAIN §4 "never shown").

A field whose check is one of identity or bank numbers keeps its answer masked; a field with the property `sealed` keeps
it encrypted, for the register alone to open.
"""

from collections.abc import Mapping

from service.forms import model, validators
from service.forms.validators import Mask

PROPERTY = "sealed"


def masked(form: model.Form) -> Mapping[str, Mask]:
    """The names under which masked answers stand, at any depth, and how each is masked."""
    fields = ((component, validators.mask(name)) for component in form.walk() for name in component.validators)
    return {component.data[-1]: mask for component, mask in fields if mask and component.data}


def sealed(form: model.Form) -> frozenset[str]:
    """The names under which sealed answers stand, at any depth."""
    return frozenset(each.data[-1] for each in form.walk() if each.data and each.properties.get(PROPERTY) == "true")
