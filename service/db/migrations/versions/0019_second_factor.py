"""A second factor at the sign-in"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("second_factor", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "second_factor")
