"""The floor under every figure: an endpoint that does one update, one insert and a commit, and nothing else."""

import flask
import sqlalchemy as sqla

from service import db

TABLES = """
CREATE TABLE IF NOT EXISTS bench_counter (id int PRIMARY KEY, count int NOT NULL);
CREATE TABLE IF NOT EXISTS bench_log (id bigserial PRIMARY KEY, at timestamptz NOT NULL, text text NOT NULL);
INSERT INTO bench_counter VALUES (1, 0) ON CONFLICT DO NOTHING;
"""
UPDATE = sqla.text("UPDATE bench_counter SET count = count + 1 WHERE id = 1")
INSERT = sqla.text("INSERT INTO bench_log (at, text) VALUES (now(), :text)")

routes = flask.Blueprint("reference", __name__)


@routes.post("/bench/one-commit")
def one_commit() -> tuple[str, int]:
    """Do it."""
    with db.transaction() as session:
        session.execute(UPDATE)
        session.execute(INSERT, {"text": "done"})
    return "", 204


def prepare() -> None:
    """Make the tables."""
    with db.transaction() as session:
        session.execute(sqla.text(TABLES))
