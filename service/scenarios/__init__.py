"""Scenarios: whole runs of processes told in YAML files, played on a scratch database with a virtual clock.

`scenario` says what a file holds, `reading` reads one, `player` plays it, `report` shows what happened.
"""

from service.scenarios.player import Player, Result
from service.scenarios.reading import files, read
from service.scenarios.scenario import Scenario

__all__ = ["Player", "Result", "Scenario", "files", "read"]
