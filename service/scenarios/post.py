"""The messages of a scenario: which are due, and which are still to come."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service import clock, identity
from service.scenarios import view
from service.scenarios.scenario import Post
from service.workflow import messages, models


class Postbox:
    """Holds each message until its instant; what follows a task is put in when somebody completes the task."""

    def __init__(self, posts: tuple[Post, ...], given: Mapping[str, Any]) -> None:
        self._given = given
        self._following = [post for post in posts if post.at is None]
        self._waiting: list[tuple[datetime, Post, Mapping[str, Any]]] = [(p.at, p, given) for p in posts if p.at]
        self._times: Counter[int] = Counter()

    def note_completed(self, instance: models.ProcessInstance, element_id: str) -> None:
        """Put in what follows the completion of an element."""
        for number, post in enumerate(self._following):
            if post.after != element_id or (post.times is not None and self._times[number] >= post.times):
                continue
            context = {**self._given, **view.own_variables(instance.key)}
            if post.asks_for_households:
                context["households"] = view.households(instance)
            if post.when is None or view.evaluate(post.when, context) is True:
                self._times[number] += 1
                now = clock.now()
                self._waiting.append((now + view.delay(post.delay, context, now), post, context))

    def next_at(self) -> datetime | None:
        """When the next message is due."""
        return min((at for at, _post, _context in self._waiting), default=None)

    def send_due(self) -> list[str]:
        """Send what is due by now, and give the names of what was sent."""
        due = [entry for entry in self._waiting if entry[0] <= clock.now()]
        self._waiting = [entry for entry in self._waiting if entry[0] > clock.now()]
        for _at, post, context in due:
            send(post, context)
        return [post.name for _at, post, _context in due]


def send(post: Post, context: Mapping[str, Any]) -> None:
    """Publish a message, once or for each `item` of its list."""
    for item in view.evaluate(post.each, context) or [] if post.each else [None]:
        seen = {**context, "item": item}
        key = view.evaluate(post.key, seen)
        variables = view.evaluate(post.variables, seen) or {}
        ttl = view.delay(post.ttl, seen, clock.now())
        messages.publish(post.name, "" if key is None else str(key), variables, ttl=ttl, by=identity.SYSTEM)
