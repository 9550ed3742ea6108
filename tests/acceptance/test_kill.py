"""Processes are killed while they work, as people, power and memory do it; `python -m bench kill` does it longer."""

from pathlib import Path

import pytest

from bench import kill
from bench.kill import procedure
from bench.kill.processes import VICTIMS

SEED = 11
SMALL_TOWNSHIP = Path(__file__).parents[1] / "processes" / "small_township.yaml"


@pytest.mark.timeout(600)
def test_whoever_is_killed_no_step_is_lost_and_none_is_done_twice():
    outcome = kill.run(SEED, rounds=len(VICTIMS))
    print(f"seed {SEED}: killed {', '.join(outcome.kills)}")
    assert not outcome.faults, "\n".join([f"seed {SEED}, killed {outcome.kills}", *outcome.faults, outcome.log])
    assert sorted(outcome.kills) == sorted(VICTIMS)


@pytest.mark.timeout(300)
def test_household_identification_ends_the_same_when_web_and_workers_are_killed_meanwhile():
    outcome = procedure.run(SEED, rounds=len(procedure.VICTIMS), file=SMALL_TOWNSHIP)
    assert not outcome.faults, "\n".join([f"seed {SEED}, killed {outcome.kills}", *outcome.faults, outcome.log])
    assert sorted(outcome.kills) == sorted(procedure.VICTIMS)
