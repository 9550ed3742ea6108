"""Incidents in plain words: what stopped a process, and what helps (the types are Camunda's)."""

from collections.abc import Mapping
from dataclasses import dataclass

from service import errors
from service.errors import _


@dataclass(frozen=True)
class Remedy:
    """A sentence on the cause and one on what to do; `by_designer` where the process must be corrected first."""

    cause: str
    cure: str
    by_designer: bool = False


_CORRECT = _("The process has to be corrected by its designer; then migrate the instance to the new version and retry.")
_VALUES = _("Correct the variables named in the message, then retry. If they are right, the designer has to look.")
_KNOWN: Mapping[str, tuple[str, str, bool]] = {
    "CONDITION_ERROR": (_("No way on was open at a decision, or its condition could not be judged."), _VALUES, False),
    "EXTRACT_VALUE_ERROR": (_("An expression of the process gave no usable value."), _VALUES, False),
    "IO_MAPPING_ERROR": (_("A value could not be passed in or out of a step."), _VALUES, False),
    "DECISION_EVALUATION_ERROR": (_("A decision table could not decide with the values it was given."), _VALUES, False),
    "CALLED_DECISION_ERROR": (_("The decision table that the step asks is not deployed."), _CORRECT, True),
    "CALLED_ELEMENT_ERROR": (
        _("The process to be called could not be started."),
        _("Deploy the process that is missing, or correct the unit that it is called for, then retry."),
        False,
    ),
    "JOB_NO_RETRIES": (
        _("A step that the system does by itself failed."),
        _("Remove the reason given in the message, then retry. If it fails again, tell the administrator."),
        False,
    ),
    "JOB_NO_TYPE": (_("A step says no kind of work."), _CORRECT, True),
    "UNHANDLED_ERROR_EVENT": (_("An error was reported that the process does not expect."), _CORRECT, True),
    "EXECUTION_LIMIT": (_("The process turns in a circle without waiting for anybody."), _CORRECT, True),
    "UNKNOWN": (
        _("The step failed for a reason that was not foreseen."),
        _("Retry once. If it fails again, give the message to the administrator."),
        False,
    ),
}


def of(type_: str) -> Remedy:
    """The cause and the cure of an incident of a type, in the reader's language."""
    cause, cure, by_designer = _KNOWN.get(type_, _KNOWN["UNKNOWN"])
    return Remedy(errors.localize(cause), errors.localize(cure), by_designer)
