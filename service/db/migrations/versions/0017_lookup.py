"""Indexes for finding households by parts of names and beginnings of codes"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LETTERS = "regexp_split_to_array(lower({}), '')"


def upgrade() -> None:
    for table, column in (("households", "head_name"), ("members", "name")):
        op.create_index(f"ix_{table}_{column}", table, [sa.text(LETTERS.format(column))], postgresql_using="gin")
    for table, column in (("households", "code"), ("handbooks", "no")):
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_ops={column: "text_pattern_ops"})


def downgrade() -> None:
    for name in ("ix_households_head_name", "ix_members_name", "ix_households_code", "ix_handbooks_no"):
        op.drop_index(name)
