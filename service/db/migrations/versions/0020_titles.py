"""Titles of user tasks

Tasks that are open or done already keep the name of their element.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_tasks", sa.Column("title", sa.Text(), nullable=True))
    op.execute("UPDATE user_tasks SET title = name")
    op.alter_column("user_tasks", "title", nullable=False)


def downgrade() -> None:
    op.drop_column("user_tasks", "title")
