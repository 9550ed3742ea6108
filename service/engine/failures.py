"""Why an element cannot go on, and why a command is refused."""

from dataclasses import dataclass


@dataclass
class Failure(Exception):
    """An element cannot go on; it becomes an incident of Camunda's error type `type`."""

    type: str
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass
class NotWaiting(Exception):
    """Nothing in the instance waits for what the command brings (it ended, or somebody was first)."""

    key: int
    element_id: str = ""

    def __str__(self) -> str:
        what = f"element instance {self.key}" + (f" ({self.element_id})" if self.element_id else "")
        return f"{what} is not waiting for this"


@dataclass
class Refused(Exception):
    """A command makes no sense for this instance; `reasons` are plain sentences."""

    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.reasons)
