"""How tasks are handled: completions that can be taken back, remarks, copies, and tasks that came back"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_tasks", sa.Column("owner", sa.Text(), nullable=True))
    op.add_column("user_tasks", sa.Column("origin_key", sa.BigInteger(), nullable=True))
    op.add_column(
        "user_tasks", sa.Column("copied_to", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
    )
    op.create_index(
        "ix_user_tasks_copied",
        "user_tasks",
        ["copied_to"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("copied_to <> '{}'"),
    )
    op.create_table(
        "completions",
        sa.Column("task_key", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("variables", postgresql.JSONB(), nullable=False),
        sa.Column("undo", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["task_key"], ["user_tasks.key"], name=op.f("fk_completions_task_key")),
        sa.PrimaryKeyConstraint("task_key", name=op.f("pk_completions")),
    )
    op.create_table(
        "remarks",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("task_key", sa.BigInteger(), nullable=False),
        sa.Column("instance_key", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_key"], ["user_tasks.key"], name=op.f("fk_remarks_task_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_remarks")),
    )
    op.create_index("ix_remarks_instance", "remarks", ["instance_key", "key"])
    op.create_table(
        "finished_rosters",
        sa.Column("task_key", sa.BigInteger(), nullable=False),
        sa.Column("cases", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_key"], ["user_tasks.key"], name=op.f("fk_finished_rosters_task_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_key", name=op.f("pk_finished_rosters")),
    )


def downgrade() -> None:
    for name in ("finished_rosters", "remarks", "completions"):
        op.drop_table(name)
    op.drop_index("ix_user_tasks_copied", "user_tasks")
    for name in ("copied_to", "origin_key", "owner"):
        op.drop_column("user_tasks", name)
