"""What click itself says, in the user's language: it asks gettext's `_` of its modules, which we give it here."""

from gettext import ngettext
from typing import Any

import click

from service import i18n
from service.errors import _

MODULES: tuple[Any, ...] = (
    click.core,
    click.decorators,
    click.exceptions,
    click.formatting,
    click.parser,
    click.termui,
    click.types,
)
TEXTS = (
    _("Usage:"),
    _("Options"),
    _("Commands"),
    _("Show this message and exit."),
    _("default: {default}"),
    _("env var: {var}"),
    _("Missing command."),
    _("No such command {name!r}."),
    _("Did you mean {possibility}?"),
    _("Option {name!r} does not take a value."),
    _("{value!r} is not a valid {number_type}."),
    _("{value} is not in the range {range}."),
    _("file"),
    _("directory"),
    _("path"),
    _("{name} {filename!r} does not exist."),
    _("{name} {filename!r} is a file."),
    _("{name} {filename!r} is a directory."),
    _("{name} {filename!r} is not readable."),
    _("Password"),
    _("Repeat for confirmation"),
    _("Error: The two entered values do not match."),
    _("Error: {message}"),
    ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 1),
    ngettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 1),
    ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 1),
)
"""What our commands can lead click to say; what is rarer stays English."""


def translate() -> None:
    """Let click speak the language of `service.i18n`."""
    for module in MODULES:
        for name, spoken in (("_", i18n.translate), ("ngettext", i18n.translate_plural)):
            if hasattr(module, name):
                setattr(module, name, spoken)
