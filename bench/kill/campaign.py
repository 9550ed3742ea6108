"""The campaign that is disturbed: townships and villages with notices, timers, letters and printed certificates."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.kill.people import Caller
from service.seeds import tree_a

DRAWING = Path(__file__).with_name("campaign.bpmn")


@dataclass(frozen=True)
class Size:
    """So many townships with so many villages each."""

    townships: int = 3
    villages: int = 8


def deploy(caller: Caller) -> None:
    """Deploy the drawing."""
    answer = caller.post("/deployments", files={"resources": (DRAWING.name, DRAWING.read_bytes())})
    assert answer is not None
    assert answer.status_code == 200, answer.text


def start(caller: Caller, number: int, size: Size) -> list[str]:
    """Start a campaign and return the correlation keys of its villages."""
    codes = [village.code for village in tree_a.VILLAGES[: size.villages]]
    townships = [
        {"unit": tree_a.TOWNSHIP, "villages": [{"unit": code, "key": f"{number}-{place}-{code}"} for code in codes]}
        for place in range(size.townships)
    ]
    body: dict[str, Any] = {
        "processDefinitionId": "kill_campaign",
        "variables": {"townships": townships, "unit": tree_a.COUNTY},
    }
    answer = caller.post("/process-instances", body, key=f"campaign {number}")
    assert answer is not None
    assert answer.status_code == 200, answer.text
    return [village["key"] for township in townships for village in township["villages"]]
