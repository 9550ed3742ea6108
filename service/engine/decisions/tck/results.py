"""What a run of the kit found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """How a test ended; ``SKIPPED`` is only what the engine does not claim, such as external Java functions."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One expected result of one test case."""

    file: str
    case: str
    node: str
    status: Status
    reason: str = ""

    @property
    def told(self) -> str:
        """Which result it was and why it did not pass."""
        return f"{self.file} {self.case} {self.node}: {self.reason}"


@dataclass(frozen=True, slots=True)
class FolderResult:
    """All results of one folder of the kit."""

    folder: str
    cases: tuple[CaseResult, ...]

    def count(self, status: Status) -> int:
        """How many ended that way."""
        return sum(1 for case in self.cases if case.status is status)

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """Those that failed."""
        return tuple(case for case in self.cases if case.status is Status.FAILED)


def report(results: Iterable[FolderResult], verbose: bool = True) -> str:
    """A table of passed, failed and skipped per folder, with the reasons of those that did not pass, and the totals."""
    results = list(results)
    lines = [f"{'folder':<60} {'passed':>7} {'failed':>7} {'skipped':>8}"]
    for folder in results:
        lines.append(_row(folder.folder, [folder]))
        if verbose:
            lines += [f"    {case.status.value}: {case.told}" for case in folder.cases if case.reason]
    return "\n".join([*lines, _row("total", results)])


def _row(title: str, folders: list[FolderResult]) -> str:
    counts = [sum(folder.count(status) for folder in folders) for status in Status]
    return f"{title:<60} {counts[0]:>7} {counts[1]:>7} {counts[2]:>8}"
