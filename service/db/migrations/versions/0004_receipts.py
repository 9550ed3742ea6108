"""Receipts of objections filed on the public board"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("objections", sa.Column("receipt", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_objections_receipt"), "objections", ["receipt"])


def downgrade() -> None:
    op.drop_column("objections", "receipt")
