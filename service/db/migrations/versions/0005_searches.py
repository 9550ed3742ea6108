"""Indexes for searches of tasks in any state"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_user_tasks_assignee", "user_tasks")
    op.create_index(
        "ix_user_tasks_assignee", "user_tasks", ["assignee"], postgresql_where=sa.text("assignee is not null")
    )
    op.create_index(
        "ix_user_tasks_all_candidates",
        "user_tasks",
        ["candidates"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.execute("ALTER INDEX ix_user_tasks_candidates SET (fastupdate = off)")
    op.execute("SELECT gin_clean_pending_list('ix_user_tasks_candidates')")


def downgrade() -> None:
    op.execute("ALTER INDEX ix_user_tasks_candidates RESET (fastupdate)")
    op.drop_index("ix_user_tasks_all_candidates", "user_tasks")
    op.drop_index("ix_user_tasks_assignee", "user_tasks")
    op.create_index(
        "ix_user_tasks_assignee", "user_tasks", ["assignee"], postgresql_where=sa.text("state = 'CREATED'")
    )
