"""What happened in scenarios: for people as timelines and a table, for machines as JSON."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import rich.box
import rich.console
import rich.table
import rich.text
import rich.tree

from service import clock, errors
from service.db import values
from service.errors import _
from service.scenarios.player import Act, Result

MOMENT = "%Y-%m-%d %H:%M"
WHAT = {"started": (_("started"), "yellow"), "completed": (_("completed"), "green"), "refused": (_("refused"), "red")}


def show(console: rich.console.Console, results: Sequence[Result], *, with_timelines: bool = True) -> None:
    """Print a timeline for each instance of each scenario, then the table of results, then what failed."""
    for result in results if with_timelines else ():
        console.rule(rich.text.Text(result.scenario.name))
        for timeline in timelines(result):
            console.print(timeline)
    console.print(table(results))
    for result in results:
        for failure in result.failures:
            console.print(rich.text.Text(f"{result.scenario.file}: {failure}", style="red"), soft_wrap=True)


def timelines(result: Result) -> Iterable[rich.tree.Tree]:
    """What people did in each instance, in order; the same thing done many times in a row is one line."""
    for _key, acts in groupby(sorted(result.acts, key=lambda act: act.instance_key), lambda act: act.instance_key):
        found = list(acts)
        tree = rich.tree.Tree(rich.text.Text(f"{found[0].process_id} {found[0].unit}", style="bold"))
        for _what, same in groupby(found, lambda act: (act.element_id, act.what)):
            tree.add(_line(list(same)))
        yield tree


def table(results: Sequence[Result]) -> rich.table.Table:
    """A row for each scenario; days are those of the virtual clock, seconds those of ours."""
    made = rich.table.Table(*map(errors.localize, (_("result"), _("scenario"))), box=rich.box.SIMPLE)
    for heading in (_("instances"), _("acts"), _("days"), _("seconds")):
        made.add_column(errors.localize(heading), justify="right", no_wrap=True)
    for result in results:
        made.add_row(
            _told(_("held"), "green") if result.passed else _told(_("failed"), "red"),
            rich.text.Text(result.scenario.name),
            str(len(result.end.get("instances", ()))),
            str(len(result.acts)),
            str((result.ended_at - result.scenario.clock).days) if result.ended_at else "",
            f"{result.seconds:.1f}",
        )
    return made


def as_json(results: Sequence[Result]) -> str:
    """All of it but the rows of the register, which are private."""
    shown = {"passed": all(result.passed for result in results), "scenarios": [_plain(result) for result in results]}
    return values.plain_json(shown)


def _plain(result: Result) -> dict[str, Any]:
    scenario = result.scenario
    return {
        "file": str(scenario.file),
        "name": scenario.name,
        "process": scenario.process,
        "given": dict(scenario.given),
        "passed": result.passed,
        "failures": result.failures,
        "startedAt": scenario.clock,
        "endedAt": result.ended_at,
        "seconds": round(result.seconds, 2),
        "instances": result.end.get("instances", []),
        "elements": result.end.get("nodes", {}),
        "variables": result.end.get("variables", {}),
        "timeline": [
            {
                "at": act.at,
                "instanceKey": str(act.instance_key),
                "processId": act.process_id,
                "unit": act.unit,
                "elementId": act.element_id,
                "what": act.what,
                "who": act.who,
                "why": act.why,
            }
            for act in result.acts
        ],
    }


def _line(acts: Sequence[Act]) -> rich.text.Text:
    first, last = acts[0], acts[-1]
    line = rich.text.Text(_moment(first.at), style="dim")
    if last.at > first.at:
        line.append(f" … {_moment(last.at)}")
    line.append(f"  {first.name or first.element_id}", style="default")
    if first.name:
        line.append(f" ({first.element_id})")
    line.append(" ").append(_told(*WHAT[first.what]))
    line.append(f" ×{len(acts)}" if len(acts) > 1 else f" {first.who}")
    line.append(f" {first.why}")
    return line


def _told(msgid: str, style: str) -> rich.text.Text:
    return rich.text.Text(errors.localize(msgid), style)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(clock.TZ):{MOMENT}}"
