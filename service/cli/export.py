"""`lika export`: what is deployed, as files; and instances, for the archive."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from service import errors
from service.cli._context import in_made_app
from service.db import values
from service.errors import _
from service.privacy import masking
from service.workflow import archive, releases

folder = click.option(
    "--to",
    "target",
    default=Path(),
    type=click.Path(file_okay=False, path_type=Path),
    help=_("The folder to write into; by default this one."),
)
force = click.option("--force", is_flag=True, help=_("Replace files that are there and differ."))


@click.group("export", help=_("Write deployed files, or an instance with its history, to disk."))
def command() -> None:
    """Hold the kinds of export."""


@command.command(help=_("Write the files of a release (its deployment key), by default of the newest."))
@click.argument("key", type=int, required=False)
@folder
@force
@in_made_app
def release(key: int | None, target: Path, force: bool) -> None:
    """Export a release."""
    chosen = releases.get(key) if key is not None else releases.latest()
    if not chosen.contents:
        raise errors.NotFound(_("There is no release %(key)s."), key=key)
    _write(releases.files(chosen.contents.values()), target, force)


@command.command(help=_("Write the file of a process, decision or form, by default of its newest version."))
@click.argument("id")
@click.option("--version", type=int, help=_("The version, by default the newest."))
@folder
@force
@in_made_app
def definition(id: str, version: int | None, target: Path, force: bool) -> None:
    """Export a definition's file."""
    _write(releases.files([releases.version(id, version)]), target, force)


@command.command(
    help=_(
        "Write a process instance with its history, variables, tasks and audit log, and the instances it called, as "
        "JSON. Identity numbers, bank accounts and telephones are masked."
    )
)
@click.argument("key", type=int)
@click.option(
    "--to", "target", type=click.Path(dir_okay=False, path_type=Path), help=_("The file; by default KEY.json.")
)
@click.option("--private", is_flag=True, help=_("Do not mask numbers; the file must then be kept like the register."))
@force
@in_made_app
def instance(key: int, target: Path | None, private: bool, force: bool) -> None:
    """Export an instance."""
    document = archive.document(key)
    text = values.plain_json(document if private else masking.everywhere(document))
    target = target or Path(f"{key}.json")
    _write({target.name: text.encode()}, target.parent, force)


def _write(files: Mapping[str, bytes], target: Path, force: bool) -> None:
    """Write all files or none; say which."""
    held = [name for name, data in files.items() if (target / name).exists() and (target / name).read_bytes() != data]
    if held and not force:
        text = _("%(names)s in %(folder)s would be replaced; use --force, or --to another place.")
        raise errors.Conflict(text, names=", ".join(held), folder=target)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".lika-") as draft:
        for name, data in files.items():
            (Path(draft) / name).write_bytes(data)
        for name in files:
            (Path(draft) / name).replace(target / name)
    for name in sorted(files):
        click.echo(target / name)
