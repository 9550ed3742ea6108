"""Suspended process instances by an index of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_process_instances_suspended", "process_instances", ["key"], postgresql_where=sa.text("suspended")
    )


def downgrade() -> None:
    op.drop_index("ix_process_instances_suspended", "process_instances")
