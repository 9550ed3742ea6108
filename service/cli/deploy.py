"""`lika deploy`: files become the new release, here or on a running server."""

from pathlib import Path

import click

from service import errors, identity
from service.cli import _files, _server
from service.cli._context import in_made_app
from service.errors import _
from service.workflow import deployments, linting

KINDS = {"process": _("process"), "decision": _("decision"), "form": _("form")}
RELEASE = _("Deployed as release %(key)s.")


@click.command(
    "deploy",
    help=_(
        "Deploy files together, or none of them: into the database of this installation, or with --url to a running "
        "server. A folder stands for all .bpmn, .dmn and .form files in it. Running instances stay on their "
        "versions.\n\nLint comes first; if it finds errors nothing is deployed and the exit code is 1."
    ),
)
@_files.paths
@click.option("--url", help=_("Deploy to the server at this address, such as http://127.0.0.1:8000."))
@click.option("--token", help=_("An API token for --url, by default LIKA_TOKEN; lika user token makes one."))
@click.option("--user", help=_("A user for --url instead of a token; the password is LIKA_PASSWORD or asked for."))
@click.option("--name", help=_("A name for the deployment (without --url); by default the first file's."))
def command(paths: tuple[Path, ...], url: str | None, token: str | None, user: str | None, name: str | None) -> None:
    """Deploy files."""
    found = _files.find(paths)
    files = _files.read(found)
    if url is None and (token or user):
        raise click.UsageError(errors.localize(_("--token and --user need --url.")))
    for line in _send(_server.Server(url, token, user), files) if url else _deploy(files, found, name):
        click.echo(line)


@in_made_app
def _deploy(files: dict[str, bytes], found: dict[str, Path], name: str | None) -> list[str]:
    try:
        deployment = deployments.deploy(files, by=identity.SYSTEM, name=name)
    except linting.Refused as refused:
        for problem in refused.problems:
            click.echo(_files.sentence(problem, found[problem.file]), err=True)
        refused.fields = {}  # just told, with their paths
        raise
    told = [
        _told(one.definition.kind, one.definition.id, one.definition.version, one.is_new)
        for one in deployments.brought(deployment, files)
    ]
    return [*told, errors.localize(RELEASE, key=deployment.key)]


def _send(server: _server.Server, files: dict[str, bytes]) -> list[str]:
    answer = server.post("/v2/deployments", files=[("resources", file) for file in files.items()])
    told = []
    for item in answer["deployments"]:
        if process := item["processDefinition"]:
            told.append(_told("process", process["processDefinitionId"], process["processDefinitionVersion"]))
        elif decision := item["decisionDefinition"]:
            told.append(_told("decision", decision["decisionDefinitionId"], decision["version"]))
        elif form := item["form"]:
            told.append(_told("form", form["formId"], form["version"]))
    return [*told, errors.localize(RELEASE, key=answer["deploymentKey"])]


def _told(kind: str, id: str, version: int, is_new: bool = False) -> str:
    text = _("%(kind)s %(id)s version %(version)s (new)") if is_new else _("%(kind)s %(id)s version %(version)s")
    return errors.localize(text, kind=errors.localize(KINDS[kind]), id=id, version=version)
