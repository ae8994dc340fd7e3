"""What is to become of aged and excess stock, by whom and until when."""

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own."""
    op.create_table(
        "stock_dispositions",
        sa.Column("disposition_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("item_id", sa.String(100), nullable=False),
        sa.Column("location_id", sa.String(100), nullable=False),
        sa.Column("disposition", sa.String(30), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("due_date", sa.Date, nullable=False),
        sa.Column("quantity", sa.Float, nullable=False),
        sa.Column("stock_value", sa.Float),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("disposition_id", name="pk_stock_dispositions"),
        sa.UniqueConstraint("item_id", "location_id", name="uq_stock_dispositions_item_id"),
    )


def downgrade() -> None:
    """Without it."""
    op.drop_table("stock_dispositions")
