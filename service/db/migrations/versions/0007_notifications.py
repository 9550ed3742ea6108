"""What people are told, and how it goes out"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_notifications_person", "notifications", ["username", "key"])
    op.create_index(
        "ix_notifications_unread", "notifications", ["username"], postgresql_where=sa.text("read_at is null")
    )
    op.create_table(
        "notification_deliveries",
        sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column(
            "notification_key",
            sa.BigInteger(),
            sa.ForeignKey("notifications.key", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_notification_deliveries_notification", "notification_deliveries", ["notification_key"])
    op.create_index(
        "ix_notification_deliveries_unsent",
        "notification_deliveries",
        ["key"],
        postgresql_where=sa.text("state <> 'SENT'"),
    )
    op.create_table(
        "contacts",
        sa.Column("username", sa.Text(), sa.ForeignKey("users.username", ondelete="CASCADE"), primary_key=True),
        sa.Column("email", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("declined", postgresql.ARRAY(sa.Text()), nullable=False),
    )


def downgrade() -> None:
    for name in ("contacts", "notification_deliveries", "notifications"):
        op.drop_table(name)
