"""Overrides of the forecast."""

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own; users and views stay as they are."""
    op.create_table(
        "forecast_overrides",
        sa.Column("override_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("layer", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("item_id", sa.String(100)),
        sa.Column("location_id", sa.String(100)),
        sa.Column("channel", sa.String(100)),
        sa.Column("family", sa.String(100)),
        sa.Column("first_date", sa.Date, nullable=False),
        sa.Column("last_date", sa.Date, nullable=False),
        sa.Column("quantity", sa.Float, nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_on", sa.Date),
        sa.Column("status", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("override_id", name="pk_forecast_overrides"),
    )
    op.create_index("ix_forecast_overrides_item_id", "forecast_overrides", ["item_id"])


def downgrade() -> None:
    """Without overrides."""
    op.drop_table("forecast_overrides")
