"""Figures and the table they are shown in."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

WIDTH = 110


@dataclass(frozen=True)
class Figure:
    """One measured value, smaller being better; `naive` is that of the naive store, measured in the same run.

    `usual` is the median where `value` is what 19 of 20 stay below.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    naive: float | None = None
    usual: float | None = None

    @property
    def met(self) -> bool:
        """Whether the target is met; what has none is there to compare with."""
        return self.target is None or self.value <= self.target


def show(figures: Sequence[Figure], title: str) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    for name in ("Lika", "target", "of target", "p50", "naive store"):
        table.add_column(name, justify="right")
    table.add_column("")
    for each in figures:
        share = f"{each.value / each.target:.0%}" if each.target else ""
        verdict = "" if each.target is None else "[green]met[/]" if each.met else "[red]missed[/]"
        amounts = [_amount(value, each.unit) for value in (each.value, each.target)]
        table.add_row(
            each.name, *amounts, share, _amount(each.usual, each.unit), _amount(each.naive, each.unit), verdict
        )
    Console(width=max(Console().width, WIDTH)).print(table)


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"
