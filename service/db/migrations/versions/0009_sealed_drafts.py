"""Drafts are kept encrypted; those in the clear are dropped with what was typed and not sent"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM drafts")
    op.drop_column("drafts", "answers")
    op.add_column("drafts", sa.Column("sealed", sa.LargeBinary(), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM drafts")
    op.drop_column("drafts", "sealed")
    op.add_column("drafts", sa.Column("answers", postgresql.JSONB(), nullable=False))
