"""Scenarios: whole runs of processes told in YAML files, played on a scratch database with a virtual clock.

`scenario` reads a file, `player` plays it, `report` shows what happened.
"""

from service.scenarios.player import play
from service.scenarios.scenario import Scenario, read

__all__ = ["Scenario", "play", "read"]
