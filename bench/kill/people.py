"""Those who work in the campaign, over HTTP: whoever gets no answer sends the same request again with the same key."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from service.seeds import staff

CLERKS = 3
JOB_TIMEOUT = 5_000
LOCAL = {"kill_campaign", "kill_township", "kill_village"}


class Caller:
    """An HTTP client that does not give up: no answer, or one that promises another, is asked for again."""

    def __init__(self, port: int, stop: threading.Event | None = None) -> None:
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/v2", auth=("admin", staff.PASSWORD), timeout=30, trust_env=False
        )
        self._stop = stop or threading.Event()

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._http.close()

    def post(self, path: str, body: Any = None, *, key: str | None = None, **more: Any) -> httpx.Response | None:
        """POST JSON until there is an answer; None when it is time to stop."""
        if key:
            more["headers"] = {**more.get("headers", {}), "Idempotency-Key": key}
        while not self._stop.is_set():
            with suppress(httpx.TransportError):
                answer = self._http.post(path, json=body, **more)
                if answer.status_code < 500:
                    return answer
            time.sleep(0.1)
        return None


class People:
    """Clerks, a printer and a messenger. `refused` collects every answer that should not have been."""

    def __init__(self, port: int, seed: int) -> None:
        self.port, self.seed = port, seed
        self.refused: list[str] = []
        self.stop = threading.Event()
        self._letters: list[str] = []

    def write(self, correlation_keys: list[str]) -> None:
        """Let the messenger publish a message for each key, sooner or later."""
        self._letters += correlation_keys

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let everybody work."""
        deeds: list[Callable[[Caller, random.Random], None]] = [self._print, self._deliver]
        deeds += [lambda caller, chance, place=place: self._complete(caller, chance, place) for place in range(CLERKS)]
        threads = [threading.Thread(target=self._do, args=(no, deed), daemon=True) for no, deed in enumerate(deeds)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join(60)

    def _do(self, number: int, deed: Callable[[Caller, random.Random], None]) -> None:
        chance = random.Random(f"{self.seed} {number}")
        with Caller(self.port, self.stop) as caller:
            while not self.stop.is_set():
                deed(caller, chance)
                time.sleep(chance.uniform(0.02, 0.2))

    def _complete(self, caller: Caller, chance: random.Random, place: int) -> None:
        page = {"filter": {"state": "CREATED"}, "page": {"limit": 30}}
        for task in self._items(caller.post("/user-tasks/search", page), "items"):
            key = int(task["userTaskKey"])
            if key % CLERKS == place and task["processDefinitionId"] in LOCAL:
                self._expect(caller.post(f"/user-tasks/{key}/completion", {}, key=f"complete {key}"), "task", key)
                time.sleep(chance.uniform(0, 0.05))

    def _print(self, caller: Caller, chance: random.Random) -> None:
        asked = {"type": "print-certificate", "worker": "printer", "timeout": JOB_TIMEOUT, "maxJobsToActivate": 5}
        for job in self._items(caller.post("/jobs/activation", asked), "jobs"):
            key = job["jobKey"]
            self._expect(caller.post(f"/jobs/{key}/completion", {}, key=f"print {key}"), "job", key)

    def _deliver(self, caller: Caller, chance: random.Random) -> None:
        if not self._letters:
            return
        letter = self._letters.pop(chance.randrange(len(self._letters)))
        body = {"name": "objections_closed", "correlationKey": letter, "messageId": letter, "timeToLive": 3_600_000}
        self._expect(caller.post("/messages/publication", body, key=f"letter {letter}"), "letter", letter)

    def _expect(self, answer: httpx.Response | None, what: str, key: Any) -> None:
        if answer is not None and answer.status_code not in (200, 204):
            self.refused.append(f"{what} {key}: {answer.status_code} {answer.text}")

    @staticmethod
    def _items(answer: httpx.Response | None, name: str) -> list[dict[str, Any]]:
        return [] if answer is None or answer.status_code != 200 else list(answer.json()[name])
