"""What the board counts open tasks by, in the index of open tasks by unit"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

COUNTED = ["key", "due", "root_key", "instance_key", "definition_key", "process_id", "element_id"]


def upgrade() -> None:
    _replace(postgresql_include=COUNTED)


def downgrade() -> None:
    _replace()


def _replace(**how: Any) -> None:
    op.drop_index("ix_user_tasks_unit", "user_tasks")
    op.create_index(
        "ix_user_tasks_unit",
        "user_tasks",
        ["unit_id", "created_at"],
        postgresql_where=sa.text("state = 'CREATED'"),
        **how,
    )
