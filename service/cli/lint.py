"""`lika lint`: judge files without deploying them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

import service
from service import bootstrap, engine, errors, identity
from service.cli import _files
from service.cli._context import in_made_app
from service.errors import _
from service.workflow import deployments, linting

ALONE, BUNDLED, DEPLOYED = "nothing", "bundled", "deployed"


@click.command(
    "lint",
    help=_(
        "Say what would forbid a deployment of these files, or is odd about them; the exit code is 1 if there are "
        "errors. docs/lint.md explains the rules.\n\nThe files are judged together. What else they may refer to, "
        "--beside says: the files that come with Lika, what is deployed in the database, or nothing."
    ),
)
@_files.paths
@click.option(
    "--beside",
    type=click.Choice([BUNDLED, DEPLOYED, ALONE]),
    default=BUNDLED,
    show_default=True,
    help=_("What the files may refer to besides each other."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print the problems as JSON."))
def command(paths: tuple[Path, ...], beside: str, as_json: bool) -> None:
    """Lint files."""
    found = _files.find(paths)
    problems = engine.lint(_files.read(found), _known(beside))
    failed = sum(problem.severity == "error" for problem in problems)
    if as_json:
        click.echo(json.dumps([_plain(problem, found) for problem in problems], ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            click.echo(_files.sentence(problem, found[problem.file]))
        text = _("%(files)s files: %(errors)s errors, %(warnings)s warnings.")
        click.echo(errors.localize(text, files=len(found), errors=failed, warnings=len(problems) - failed), err=True)
    if failed:
        click.get_current_context().exit(1)


def _known(beside: str) -> engine.Known:
    if beside == DEPLOYED:
        return _deployed()
    service.load_parts()
    return linting.knowing(_bundled() if beside == BUNDLED else (), identity.roles.CATALOGUE_NAMES)


@in_made_app
def _deployed() -> engine.Known:
    return deployments.known(deployments.current())


def _bundled() -> Iterable[tuple[str, str]]:
    for file, data in bootstrap.bundled_files().items():
        yield from ((item.kind, item.id) for item in deployments.items(file, data))


def _plain(problem: engine.Problem, found: dict[str, Path]) -> dict[str, Any]:
    return {
        "file": str(found[problem.file]),
        "line": problem.line,
        "element": problem.element,
        "severity": problem.severity,
        "rule": problem.rule,
        "message": problem.localized(),
    }
