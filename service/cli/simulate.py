"""`lika simulate`: play scenarios on a scratch database with a virtual clock."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import rich.console
import rich.progress

from service import clock, errors, feel, scenarios
from service.errors import _
from service.scenarios import report
from service.scenarios.scratch import scratch


@click.command(
    "simulate",
    help=_(
        "Play scenario files (or all of a folder) on a scratch database with a virtual clock and judge how they end; "
        "the exit code is 1 if one does not hold."
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON."))
@click.option("--quiet", is_flag=True, help=_("Print the table of results alone, without progress and timelines."))
@click.option("--set", "given", metavar="NAME=FEEL", multiple=True, help=_("Change a given value; repeatable."))
def command(files: tuple[Path, ...], as_json: bool, quiet: bool, given: tuple[str, ...]) -> None:
    """Play scenario files (or all of a folder) and judge how they end; exit code 1 if one does not hold."""
    chosen = [scenarios.read(path) for path in scenarios.files(list(files))]
    changes = dict(_change(text) for text in given)
    for scenario in chosen:
        _ensure_known(scenario, changes)
    results = _play([scenario.changed(changes) for scenario in chosen], quiet)
    if as_json:
        click.echo(report.as_json(results))
    else:
        report.show(rich.console.Console(), results, with_timelines=not quiet)
    if not all(result.passed for result in results):
        click.get_current_context().exit(1)


def _play(chosen: Sequence[scenarios.Scenario], quiet: bool) -> list[scenarios.Result]:
    """Play them one after the other, with a bar on standard error."""
    bar = rich.progress.Progress(
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TextColumn("{task.fields[at]}"),
        rich.progress.TimeElapsedColumn(),
        console=rich.console.Console(stderr=True),
        disable=quiet,
    )
    with bar, scratch() as server:
        line = bar.add_task("", total=len(chosen), at="")
        results = []
        for scenario in chosen:
            bar.update(line, description=scenario.name)
            results.append(server.play(scenario, lambda result: bar.update(line, at=_where(result))))
            bar.advance(line)
        return results


def _where(result: scenarios.Result) -> str:
    return f"{clock.today()} · {len(result.acts)}"


def _change(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        told = _("%(text)s is not of the form NAME=FEEL, such as income=2736")
        raise click.BadParameter(errors.localize(told, text=text), param_hint="--set")
    try:
        return name, feel.evaluate(value, {})
    except feel.FeelError as error:
        told = errors.localize(_("%(text)s is not FEEL: %(reason)s"), text=value, reason=error)
        raise click.BadParameter(told, param_hint="--set") from error


def _ensure_known(scenario: scenarios.Scenario, changes: dict[str, Any]) -> None:
    unknown = sorted(changes.keys() - scenario.given.keys())
    if unknown:
        text = _("%(file)s gives %(known)s, not %(names)s")
        told = {"file": scenario.file, "known": ", ".join(scenario.given) or "-", "names": ", ".join(unknown)}
        raise click.BadParameter(errors.localize(text, **told), param_hint="--set")
