"""Live instances kept in this process between commands; the row's revision says whether one is still true.

A revision is never used twice, so an entry of a transaction that was rolled back can never be taken for the stored
state.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import ARRAY, BigInteger, Text, any_, bindparam, cast, select

from service import db, engine
from service.db import values
from service.workflow import models, releases

CAPACITY = 2_000


@dataclass
class Live:
    """An instance in memory, the revision it stands for, and the element instances that have a row."""

    revision: int
    instance: engine.Instance
    stored: set[int] = field(default_factory=set)


_cache: OrderedDict[int, Live] = OrderedDict()
_lock = Lock()


def take(row: models.ProcessInstance) -> Live:
    """The live instance of a locked row, from memory if its revision fits, else from its stored state."""
    with _lock:
        found = _cache.pop(row.key, None)
    return found if found is not None and found.revision == row.revision else _load(row)


def put(row: models.ProcessInstance, live: Live) -> None:
    """Keep a live instance for the next command. `row.revision` is the one about to be committed."""
    live.revision = row.revision
    with _lock:
        _cache[row.key] = live
        _cache.move_to_end(row.key)
        while len(_cache) > CAPACITY:
            _cache.popitem(last=False)


def forget() -> None:
    """Drop everything (tests, and measuring a cold start)."""
    with _lock:
        _cache.clear()


def world(release: releases.Release) -> engine.World:
    """What the engine needs from outside, for instances of a release."""
    return engine.World(keys=db.next_key, decide=release.decide)


def _tokens() -> db.Prepared:
    element = models.ElementInstance
    columns = element.key, element.scope_key, element.spec, element.token
    return db.Prepared(
        select(*columns).where(element.instance_key == bindparam("instance"), element.token.is_not(None))
    )


def _variables() -> db.Prepared:
    variable, scopes = models.Variable, bindparam("scopes", type_=ARRAY(BigInteger))
    columns = variable.scope_key, variable.name, cast(variable.value, Text)
    live = variable.instance_key == bindparam("instance"), variable.scope_key == any_(scopes)
    return db.Prepared(select(*columns).where(*live))


TOKENS, VARIABLES = _tokens(), _variables()


def _load(row: models.ProcessInstance) -> Live:
    tokens = [engine.TokenState(*found) for found in TOKENS.all(instance=row.key)]
    scopes = [t.key for t in tokens]
    variables = VARIABLES.all(instance=row.key, scopes=scopes)
    release = releases.get(row.deployment_key)
    instance = engine.Instance.load(
        releases.process(row.definition_key),
        row.key,
        world(release),
        tokens,
        [(scope, name, None if text is None else values.loads(text)) for scope, name, text in variables],
        called=row.parent_key is not None,
    )
    return Live(row.revision, instance, set(scopes))
