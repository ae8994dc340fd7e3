"""What people decide about alerts, when they last looked, and what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "v0006"
down_revision = "v0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables of their own."""
    op.create_table(
        "alert_decisions",
        sa.Column("decision_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("alert_key", sa.String(300), nullable=False),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("snoozed_until", sa.Date),
        sa.Column("resolved_as_of", sa.Date),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("money_at_risk", sa.Float),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_alert_decisions"),
        sa.UniqueConstraint("alert_key", name="uq_alert_decisions_alert_key"),
    )
    op.create_table(
        "alert_visits",
        sa.Column("user_id", sa.String(100), nullable=False),
        sa.Column("visited_at", sa.DateTime, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("before_as_of", sa.Date),
        sa.PrimaryKeyConstraint("user_id", name="pk_alert_visits"),
    )
    op.create_table(
        "alert_notifications",
        sa.Column("notification_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(300), nullable=False),
        sa.Column("alert_key", sa.String(300), nullable=False),
        sa.Column("sent_at", sa.DateTime, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("money_at_risk", sa.Float),
        sa.PrimaryKeyConstraint("notification_id", name="pk_alert_notifications"),
        sa.UniqueConstraint("channel", "alert_key", name="uq_alert_notifications_channel"),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("alert_notifications")
    op.drop_table("alert_visits")
    op.drop_table("alert_decisions")
