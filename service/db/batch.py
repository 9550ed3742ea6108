"""Many small writes in one round trip: rows are collected and sent through a psycopg pipeline."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from service.db import values
from service.db.schema import sa
from service.db.unit_of_work import connection

Convert = Callable[[Any], Any]


class Batch:
    """The writes of one command, in order. Nothing is sent before `run`."""

    def __init__(self) -> None:
        self.todo: list[tuple[str, list[Any]]] = []

    def insert(self, table: Table, row: Mapping[str, Any], tail: str = "") -> None:
        """Insert a row; `tail` is what follows VALUES, such as ON CONFLICT …"""
        names = tuple(row)
        self.todo.append((_insert(table, names, tail), _parameters(table, names, row)))

    def update(self, table: Table, row: Mapping[str, Any], **key: Any) -> None:
        """Update the rows whose columns equal `key`; a list means one of its values."""
        names, keys = tuple(row), tuple(key)
        many = tuple(isinstance(value, list) for value in key.values())
        self.todo.append((_update(table, names, keys, many), [*_parameters(table, names, row), *key.values()]))

    def delete(self, table: Table, **key: Any) -> None:
        """Delete the rows whose columns equal `key`."""
        self.todo.append((_delete(table, tuple(key)), list(key.values())))

    def run(self) -> None:
        """Send everything on the open transaction's connection; pending objects of the session go first."""
        sa.session.flush()
        todo, self.todo = self.todo, []
        if not todo:
            return
        driver = connection()
        with driver.pipeline(), driver.cursor() as cursor:
            for statement, parameters in todo:
                cursor.execute(statement, parameters)


def _parameters(table: Table, names: tuple[str, ...], row: Mapping[str, Any]) -> list[Any]:
    return [
        convert(row[name]) if convert else row[name]
        for name, convert in zip(names, _converts(table, names), strict=True)
    ]


@cache
def _converts(table: Table, names: tuple[str, ...]) -> tuple[Convert | None, ...]:
    return tuple(_convert(table.c[name].type) for name in names)


def _convert(kind: Any) -> Convert | None:
    if isinstance(kind, values.TypedJSON):
        return lambda value: None if value is None else Jsonb(value, dumps=values.dumps)
    if isinstance(kind, JSONB):
        return lambda value: None if value is None else Jsonb(value)
    return None


@cache
def _insert(table: Table, names: tuple[str, ...], tail: str) -> str:
    columns, places = ", ".join(f'"{n}"' for n in names), ", ".join("%s" for _ in names)
    return f"INSERT INTO {table.name} ({columns}) VALUES ({places}) {tail}"  # noqa: S608 - names of our own tables


@cache
def _update(table: Table, names: tuple[str, ...], keys: tuple[str, ...], many: tuple[bool, ...]) -> str:
    changes = ", ".join(f'"{n}" = %s' for n in names)
    return f"UPDATE {table.name} SET {changes} WHERE {_where(keys, many)}"  # noqa: S608 - names of our own tables


@cache
def _delete(table: Table, keys: tuple[str, ...]) -> str:
    return f"DELETE FROM {table.name} WHERE {_where(keys, (False,) * len(keys))}"  # noqa: S608 - names of our own tables


def _where(keys: tuple[str, ...], many: tuple[bool, ...]) -> str:
    return " AND ".join(f'"{k}" = ANY(%s)' if m else f'"{k}" = %s' for k, m in zip(keys, many, strict=True))
