"""The sequence of keys and the job queue's tables and functions"""

from alembic import op
from sqlalchemy.schema import CreateSequence, DropSequence, Sequence

from service.db import schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(CreateSequence(Sequence("keys")))
    schema.create_queue(op.get_bind())


def downgrade() -> None:
    op.execute(DropSequence(Sequence("keys")))
