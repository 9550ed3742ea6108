"""The command `lika`. Each command is the module of its name in this package, loaded when it is called.

Texts for users are msgids: help is translated when a command is loaded, in the language of `--lang` or of the shell.
"""

import copy
import importlib
import sys
from typing import TypeVar

import click

from service import errors, i18n
from service.cli import _clicks
from service.errors import _

Told = TypeVar("Told", bound=click.Command)


COMMANDS = {
    "up": _("Run everything on this machine: database, web server and workers."),
    "web": _("Run a web server."),
    "worker": _("Run background work: jobs and timers."),
    "deploy": _("Deploy diagrams, decision tables and forms."),
    "lint": _("Judge diagrams, decision tables and forms without deploying them."),
    "simulate": _("Play scenarios with a virtual clock and judge how they end."),
    "export": _("Write deployed files, or an instance with its history, to disk."),
    "user": _("Add people, set passwords, make API tokens."),
    "seed": _("Write units and people for demonstrations."),
    "db": _("Create and change the tables."),
    "tck": _("Run the DMN compatibility kit."),
}


class Commands(click.Group):
    """The commands; `lika --help` does not load them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load a command's module."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{name}").command
        return _translated(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Tell each command in a line."""
        with formatter.section(i18n.translate(_("Commands"))):
            formatter.write_dl([(name, i18n.translate(text)) for name, text in COMMANDS.items()])

    def get_help(self, ctx: click.Context) -> str:
        """Tell what there is, in the user's language."""
        return click.Group.get_help(_translated(self), ctx)


def _translated(command: Told) -> Told:
    """Return a copy of a command, its options and commands that tells its help in the user's language."""
    told = copy.copy(command)
    told.help = i18n.translate(command.help) if command.help else None
    told.params = [copy.copy(parameter) for parameter in command.params]
    for option in told.params:
        if isinstance(option, click.Option) and option.help:
            option.help = i18n.translate(option.help)
    if isinstance(told, click.Group):
        told.commands = {name: _translated(each) for name, each in told.commands.items()}
    return told


def _speak(ctx: click.Context, parameter: click.Parameter, lang: str | None) -> None:
    if lang:
        i18n.speak(lang)


@click.group(cls=Commands, help=_("Lika (立卡): registration of poor households and villages as BPMN processes."))
@click.option(
    "--lang",
    type=click.Choice(sorted(i18n.LOCALES)),
    is_eager=True,
    expose_value=False,
    callback=_speak,
    help=_("The language to speak; by default that of the shell (LANG), else Chinese."),
)
def lika() -> None:
    """Hold the commands."""


def main() -> None:
    """Run the command line; a refused request is shown as one sentence with its places, exit code 1."""
    i18n.speak(i18n.from_environment())
    _clicks.translate()
    try:
        code = lika.main(prog_name="lika", standalone_mode=False)
    except errors.Problem as problem:
        click.echo(f"lika: {problem.localized()}", err=True)
        for place, found in problem.fields.items():
            for text in found if isinstance(found, list) else [found]:
                click.echo(f"  {place}: {text}", err=True)
        code = 1
    except click.UsageError as error:
        click.echo(f"lika: {_usage(error)}", err=True)
        if error.ctx is not None:
            click.echo(errors.localize(_("See %(command)s --help."), command=error.ctx.command_path), err=True)
        code = error.exit_code
    except click.ClickException as error:
        click.echo(f"lika: {error.format_message()}", err=True)
        code = error.exit_code
    except click.Abort:
        code = 130
    sys.exit(code)


def _usage(error: click.UsageError) -> str:
    """Tell a slip on the command line in the user's language."""
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return errors.localize(_("%(name)s is missing."), name=error.param.make_metavar(error.ctx or _NO_CONTEXT))
    if isinstance(error, click.NoSuchOption):
        return errors.localize(_("There is no option %(name)s."), name=error.option_name)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{error.param.opts[0]}: {error.message}"
    return error.format_message()


_NO_CONTEXT = click.Context(lika)
