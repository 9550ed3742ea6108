"""What the pages need: drafts, attachments, counted attempts, and indexes for the inbox"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN = "state = 'CREATED'"


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_since"), "attempts", ["since"])
    op.create_table(
        "blobs",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_blobs")),
    )
    op.create_table(
        "attachments",
        sa.Column("task_key", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_key"], ["user_tasks.key"], name=op.f("fk_attachments_task_key")),
        sa.PrimaryKeyConstraint("task_key", "id", "position", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_digest", "attachments", ["digest"])
    op.create_table(
        "drafts",
        sa.Column("task_key", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_key"], ["user_tasks.key"], name=op.f("fk_drafts_task_key")),
        sa.PrimaryKeyConstraint("task_key", "person", name=op.f("pk_drafts")),
    )
    op.create_index("ix_user_tasks_urgency", "user_tasks", ["due", "created_at", "key"], postgresql_where=sa.text(OPEN))
    op.create_index(
        "ix_user_tasks_done",
        "user_tasks",
        ["completed_by", "completed_at"],
        postgresql_where=sa.text("completed_by is not null"),
    )
    op.create_index("ix_user_tasks_root", "user_tasks", ["root_key"])
    op.create_index(
        "ix_process_instances_begun",
        "process_instances",
        ["started_by", "start_date"],
        postgresql_where=sa.text("parent_key is null"),
    )


def downgrade() -> None:
    op.drop_index("ix_process_instances_begun", "process_instances")
    for name in ("ix_user_tasks_root", "ix_user_tasks_done", "ix_user_tasks_urgency"):
        op.drop_index(name, "user_tasks")
    for name in ("drafts", "attachments", "blobs", "attempts"):
        op.drop_table(name)
