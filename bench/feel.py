"""Measures FEEL and decision tables: microseconds per evaluation of compiled expressions, one core.

Run with ``python bench/feel.py``. With Node and the npm package ``feelin`` at hand (``FEELIN=path/to/node_modules``)
the same expressions are timed there and the ratio is shown.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from service import feel
from service.engine import decisions

HOUSEHOLDS = [{"name": f"户{i}", "income": 1500 + 37 * i, "persons": i % 6 + 1} for i in range(100)]
CONTEXT: dict[str, Any] = {
    "income": 2000,
    "line": 2736,
    "gaps": 2,
    "visited": True,
    "result": "符合",
    "households": HOUSEHOLDS,
    "born": "1980-05-06",
}
EXPRESSIONS: list[tuple[str, str, float | None]] = [
    ("comparison", "income < 2736", 5),
    ("gateway condition", 'result = "符合" and income < line and (gaps >= 1 or not(visited))', 20),
    ("arithmetic", "(income * 12 - 300) / 7 + gaps", None),
    ("filter of 100 rows", "count(households[income < 2736])", 150),
    ("loop over 100 rows", "sum(for h in households return h.income * h.persons)", None),
    ("quantifier", "some h in households satisfies h.income > 4000", None),
    ("date arithmetic", 'date(born) + duration("P18Y") < date("2026-01-01")', None),
    ("pattern", 'matches("450226198005061234", "^[0-9]{17}[0-9X]$")', None),
]
TABLE_LIMIT, ROWS_LIMIT, ROWS = 60.0, 8.0, 100_000


def timed(run: Callable[[], object], seconds: float = 0.3) -> float:
    """Microseconds per call, the best of several rounds."""
    count = 1
    while True:
        started = time.perf_counter()
        for _ in range(count):
            run()
        spent = time.perf_counter() - started
        if spent > seconds / 5:
            break
        count *= 2
    best = spent
    for _ in range(4):
        started = time.perf_counter()
        for _ in range(count):
            run()
        best = min(best, time.perf_counter() - started)
    return best / count * 1e6


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


_TIMER = """
const [expressions, context] = JSON.parse(process.argv[2]);
const out = {};
for (const [name, text] of expressions) {
  const end = Date.now() + 400; let n = 0; const t = process.hrtime.bigint();
  while (Date.now() < end) { for (let i = 0; i < 20; i++) evaluate(text, context); n += 20; }
  out[name] = Number(process.hrtime.bigint() - t) / 1000 / n;
}
console.log(JSON.stringify(out));
"""


def feelin_times() -> dict[str, float]:
    """Microseconds per evaluation of the same expressions in feelin; empty without it."""
    folder = os.environ.get("FEELIN")
    if not folder:
        return {}
    library = json.dumps(str(Path(folder).resolve() / "feelin" / "dist" / "index.js"))
    script = f"const {{ evaluate }} = await import({library});" + _TIMER
    data = json.dumps([[(name, text) for name, text, _ in EXPRESSIONS], CONTEXT])
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "time.mjs"
        path.write_text(script)
        node = shutil.which("node") or "node"
        done = subprocess.run([node, str(path), data], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip()[-400:], file=sys.stderr)
        return {}
    return dict(json.loads(done.stdout))


def main() -> None:
    """Print the table of measurements."""
    others = feelin_times()
    print(f"{'what':<28}{'µs':>10}{'target':>10}{'feelin µs':>12}{'ratio':>8}")
    for name, text, limit in EXPRESSIONS:
        compiled = feel.compile(text, CONTEXT)
        spent = timed(lambda compiled=compiled: compiled.evaluate(CONTEXT))  # type: ignore[misc]
        other = others.get(name)
        more = f"{other:>12.1f}{other / spent:>7.1f}x" if other else ""
        print(f"{name:<28}{spent:>10.2f}{limit or '':>10}{more}")
    spent = timed(lambda: feel.evaluate("income < 2736", CONTEXT))
    print(f"{'evaluate(text), cached':<28}{spent:>10.2f}")
    model = decisions.load(table_model())
    row = rows(30)[29]
    spent = timed(lambda: model.evaluate("eligibility", row))
    print(f"{'table of 8 rules, 6 inputs':<28}{spent:>10.2f}{TABLE_LIMIT:>10}")
    many = rows(ROWS)
    started = time.perf_counter()
    for each in many:
        model.evaluate("eligibility", each)
    print(f"{ROWS} rows through it: {time.perf_counter() - started:.2f} s (target {ROWS_LIMIT} s)")


if __name__ == "__main__":
    main()
