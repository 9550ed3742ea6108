"""Who sent a message; process instances by unit and age"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("sender", sa.Text(), nullable=False, server_default="system"))
    op.alter_column("messages", "sender", server_default=None)
    op.drop_index("ix_process_instances_unit", "process_instances")
    op.create_index("ix_process_instances_unit", "process_instances", ["unit_id", "start_date", "key"])
    op.create_index("ix_process_instances_newest", "process_instances", ["start_date", "key"])


def downgrade() -> None:
    op.drop_index("ix_process_instances_newest", "process_instances")
    op.drop_index("ix_process_instances_unit", "process_instances")
    op.create_index("ix_process_instances_unit", "process_instances", ["unit_id"])
    op.drop_column("messages", "sender")
