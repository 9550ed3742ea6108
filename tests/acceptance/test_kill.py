"""Processes are killed while they work, as people, power and memory do it; `python -m bench kill` does it longer."""

import pytest

from bench import kill
from bench.kill.processes import VICTIMS

SEED = 11


@pytest.mark.timeout(600)
def test_whoever_is_killed_no_step_is_lost_and_none_is_done_twice():
    outcome = kill.run(SEED, rounds=len(VICTIMS))
    print(f"seed {SEED}: killed {', '.join(outcome.kills)}")
    assert not outcome.faults, "\n".join([f"seed {SEED}, killed {outcome.kills}", *outcome.faults, outcome.log])
    assert sorted(outcome.kills) == sorted(VICTIMS)
