"""The command `lika`. Each module of this package is one command: its `command` is loaded when it is called."""

import importlib
import pkgutil
import sys

import click

from service import errors


class Commands(click.Group):
    """The commands are the modules of this package; `lika --help` does not load the application."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        names = {module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)}
        return sorted(name for name in names if not name.startswith("-"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load a command's module."""
        if name not in self.list_commands(ctx):
            return None
        found: click.Command = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").command
        return found


@click.group(cls=Commands)
def lika() -> None:
    """Lika (立卡): registration of poor households and villages as BPMN processes."""


def main() -> None:
    """Run the command line; a refused request is shown as one sentence with its places, exit code 1."""
    try:
        lika(prog_name="lika", standalone_mode=True)
    except errors.Problem as problem:
        click.echo(f"lika: {problem}", err=True)
        for place, message in problem.fields.items():
            click.echo(f"  {place}: {message}", err=True)
        sys.exit(1)
