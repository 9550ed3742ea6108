"""The ways to step in, by id: each is one small class that uses the commands of `workflow`."""

from collections.abc import Mapping

from service.supervision.measures.base import Measure
from service.supervision.measures.holding import Cancel, Resume, Retry, Suspend
from service.supervision.measures.moving import Migrate, Move
from service.supervision.measures.tasks import ChangeDue, Reassign
from service.supervision.measures.undoing import Undo, possible
from service.supervision.measures.urging import Urge
from service.supervision.measures.variables import SetVariables

__all__ = ["ASKED", "MEASURES", "Measure", "Undo", "possible"]

ASKED: Mapping[str, Measure] = {
    each.id: each
    for each in (
        Urge(),
        Reassign(),
        ChangeDue(),
        Suspend(),
        Resume(),
        Retry(),
        SetVariables(),
        Move(),
        Migrate(),
        Cancel(),
    )
}
"""Those that are chosen by hand, in the order in which they are offered."""

MEASURES: Mapping[str, Measure] = {**ASKED, Undo.id: Undo()}
