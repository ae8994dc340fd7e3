"""The customer's order line that a firmed order is for."""

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Orders that were firmed before are for nobody in particular."""
    op.add_column("firmed_orders", sa.Column("sales_order_line_id", sa.String(100)))


def downgrade() -> None:
    """Without it."""
    op.drop_column("firmed_orders", "sales_order_line_id")
