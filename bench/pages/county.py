"""A county at work: the demo county with all its people, grown by SQL from one real run and one real roster."""

import re
from dataclasses import dataclass
from pathlib import Path

from bench.installation import ANSWERS, Installation
from service import bootstrap, config, identity
from service.identity import people, units
from service.register import households
from service.supervision import sweep, usual
from service.workflow import deployments, instances, remarks, tasks

FILL = Path(__file__).with_name("fill.sql").read_text(encoding="utf-8")
HOUSEHOLDS, INSTANCES, STEPS, FAMILY = 100_000, 30_000, 10, 100
ROWS = 300
FIRST = 10**12
TOWNSHIP, VILLAGE = "T01", "T01V1"
CLERK, COMMITTEE, CHIEF = "township_clerk.t01", "village_committee.t01v1", "supervisor"
ROSTER = Path(__file__).parents[2] / "tests" / "web" / "visiting.bpmn"
"""The small roster of the tests is that of the bench, too."""


@dataclass(frozen=True)
class Known:
    """Keys of what the pages show, and a household's member's number and code to search for."""

    task: int
    done: int
    roster: int
    instance: int
    real: int
    definition: int
    run: int
    village: int
    household: int
    notice: int
    code: str
    number: str


def build(place: Installation) -> Known:
    """Fill the database; takes about a minute."""
    tree = bootstrap.TREES["tree-b"]
    bootstrap.seed("tree-b")
    top, village = units.find(tree.COUNTY), units.find(VILLAGE)
    villages = units.subtree(top, "village")
    real = _real_run(place)
    run, roster = _roster(place, village.id)
    given = {
        "first": FIRST,
        "households": HOUSEHOLDS,
        "instances": INSTANCES,
        "steps": STEPS,
        "family": FAMILY,
        "villages": len(villages),
        "below": f"{top.path}%",
        "county": tree.COUNTY,
        "clerk": CLERK,
        "instance": real,
        "run": run,
        "village": village.id,
    }
    for statement in re.split(r";\n", FILL.strip()):
        place.execute(
            statement, **{name: value for name, value in given.items() if re.search(rf":{name}\b", statement)}
        )
    place.tidy()
    sweep.look(usual.times())
    place.tidy()
    return _known(place, real, run, roster, village.id)


def _real_run(place: Installation) -> int:
    """A run in a township in whose last step somebody stands, with remarks of the people in it."""
    place.deploy("chain.bpmn", "answer.form")
    key = instances.create("chain", {}, by=identity.SYSTEM, unit=TOWNSHIP).key
    for _step in range(4):
        task = int(place.tasks(str(key))[0])
        remarks.comment(task, "已向村里核实。", by=people.find(CLERK))
        tasks.complete(task, ANSWERS["variables"], by=people.find(CLERK))
    return int(key)


def _roster(place: Installation, village: int) -> tuple[int, int]:
    """A roster task over the households of a village; gives the keys of the run and of the task."""
    place.execute(
        "UPDATE households SET unit_id = :village WHERE key IN "
        "(SELECT key FROM households WHERE unit_id <> :village ORDER BY key LIMIT"
        " :rows - (SELECT count(*) FROM households WHERE unit_id = :village))",
        village=village,
        rows=ROWS,
    )
    files = {"visiting.bpmn": ROSTER, "review_rules.dmn": config.bundled("processes") / "review_rules.dmn"}
    files |= {
        f"{name}.form": config.bundled("forms") / f"{name}.form" for name in ("f_verify", "f_vote", "f_list_done")
    }
    deployments.deploy({name: path.read_bytes() for name, path in files.items()}, by=identity.SYSTEM)
    run = instances.create("visiting", {"quota": 400}, by=identity.SYSTEM, unit=VILLAGE).key
    return int(run), int(place.tasks(str(run))[0])


def _known(place: Installation, real: int, run: int, roster: int, village: int) -> Known:
    first = place.execute(
        "SELECT household.key, household.code FROM households AS household WHERE unit_id = :unit ORDER BY key LIMIT 1",
        unit=village,
    )[0]
    return Known(
        task=int(place.tasks(str(real))[0]),
        done=place.execute("SELECT min(key) FROM user_tasks WHERE instance_key = :key", key=real)[0][0],
        roster=roster,
        instance=FIRST,
        real=real,
        definition=place.execute("SELECT definition_key FROM process_instances WHERE key = :key", key=real)[0][0],
        run=run,
        village=village,
        household=first.key,
        notice=FIRST + 1,
        code=first.code,
        number=_number(first.key),
    )


def _number(household: int) -> str:
    answer = households.form(households.load(household), reveal=True)
    return str(answer["members"][0]["cert_no"])
