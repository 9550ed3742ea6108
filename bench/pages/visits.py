"""Somebody who visits pages by HTTP, signed in as people are: with the form, the session's cookie and its token."""

import re
import time
from types import TracebackType

import httpx

from service import bootstrap

WARMING, VISITS = 3, 40


class Visitor:
    """A person at a page, or nobody in particular; a kept-alive connection, as a browser has it."""

    def __init__(self, port: int, username: str = "") -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        if username:
            token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/login").text)
            assert token is not None
            given = {"username": username, "password": bootstrap.DEMO_PASSWORD, "csrf_token": token[1]}
            answer = self.client.post("/login", data=given)
            if answer.status_code != httpx.codes.FOUND:
                raise RuntimeError(f"{username} cannot sign in: {answer.status_code}")

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_raised: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.client.close()

    def visits(self, path: str) -> tuple[float, float]:
        """Open a page again and again; gives p50 and p95 of the milliseconds until it was there."""
        times = sorted([self._visit(path) for _ in range(WARMING + VISITS)][WARMING:])
        return times[VISITS // 2], times[int(VISITS * 0.95) - 1]

    def _visit(self, path: str) -> float:
        begun = time.perf_counter()
        answer = self.client.get(path)
        spent = (time.perf_counter() - begun) * 1000
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:500]}")
        return spent
