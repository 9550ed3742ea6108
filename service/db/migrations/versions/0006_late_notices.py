"""Notices posted later than planned"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("notices", "late", server_default=None)


def downgrade() -> None:
    op.drop_column("notices", "late")
