"""What supervisors do on one or on many, and urging"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operations",
        sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("given", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_operations_by", "operations", ["by", "created_at"])
    op.create_table(
        "operation_items",
        sa.Column("operation_key", sa.BigInteger(), sa.ForeignKey("operations.key"), primary_key=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("subject_key", sa.BigInteger(), nullable=False),
        sa.Column("instance_key", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message", sa.Text()),
        sa.Column("audit_keys", sa.ARRAY(sa.BigInteger()), nullable=False),
    )
    op.create_index(
        "ix_operation_items_waiting",
        "operation_items",
        ["operation_key", "position"],
        postgresql_where=sa.text("state = 'WAITING'"),
    )
    op.create_table(
        "urgings",
        sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("task_key", sa.BigInteger(), sa.ForeignKey("user_tasks.key"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_urgings_task", "urgings", ["task_key", "at"])


def downgrade() -> None:
    for table in ("urgings", "operation_items", "operations"):
        op.drop_table(table)
