"""Hostile callers: what they send is refused in words, changes nothing, and the server goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sqla

from service import db
from tests.api.conftest import admin, as_, county, nobody, one_task

__all__ = ["admin", "as_", "county", "nobody", "one_task"]


@pytest.fixture(autouse=True)
def _chinese(application: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers read Chinese, as most do."""
    monkeypatch.setattr(application.test_client_class, "language", "zh-CN")


ROWS = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
TABLES = (
    "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'attempts' ORDER BY 1"
)


def everything() -> dict[str, str]:
    """The content of each table, as a digest. Wrong passwords are counted, so their table is none of them."""
    with db.sa.engine.connect() as connection:
        tables = connection.scalars(sqla.text(TABLES)).all()
        return {table: connection.scalar(sqla.text(ROWS.format(table=table))) for table in tables}


@pytest.fixture
def untouched(app: Any) -> Callable[[], Any]:
    """Check that what happens inside changes no row of any table."""

    @contextmanager
    def check() -> Iterator[None]:
        before = everything()
        yield
        assert everything() == before

    return check


def refusal(response: Any, *statuses: int) -> dict[str, Any]:
    """The problem details of a refused request: 4xx, in Chinese, with an id for the log."""
    assert response.status_code in (statuses or range(400, 500)), response.text[:500]
    assert response.mimetype == "application/problem+json"
    problem: dict[str, Any] = response.get_json(force=True)
    assert problem["status"] == response.status_code
    assert problem["requestId"] == response.headers["X-Request-Id"]
    assert any("\u4e00" <= character <= "\u9fff" for character in problem["detail"]), problem["detail"]
    assert len(response.data) < 100_000
    return problem
