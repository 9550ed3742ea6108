"""What the decision on an objection did, apart from what the decision is called"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

EFFECTS = {"不成立": "none", "成立-剔除": "remove", "成立-补录": "add", "成立-更正": "correct", "成立-程序重做": "redo"}


def upgrade() -> None:
    op.add_column("objections", sa.Column("effect", sa.Text(), nullable=False, server_default=""))
    op.alter_column("objections", "effect", server_default=None)
    objections = sa.table("objections", sa.column("decision"), sa.column("effect"))
    for decision, effect in EFFECTS.items():
        op.execute(objections.update().where(objections.c.decision == decision).values(effect=effect))


def downgrade() -> None:
    op.drop_column("objections", "effect")
