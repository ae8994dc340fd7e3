"""The tables of the app store as SQLAlchemy knows them. Changing one needs a migration in `migrations/versions`."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. A datetime without a time zone is refused: nobody could say later when it was."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


# Names by rule, so that a migration can name what it changes on every database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("user_id", String(100), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("name_zh", String(200)),
    Column("role", String(30), nullable=False),
    Column("scope_axis", String(30), nullable=False),
    Column("scope_values", JSON, nullable=False),
    Column("language", String(10), nullable=False),
)

# Append-only. No foreign key: an entry outlives its user.
audit_log = Table(
    "audit_log",
    metadata,
    Column("entry_id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("user_id", String(100), nullable=False),
    Column("action", String(50), nullable=False),
    Column("subject", String(300), nullable=False, index=True),
    Column("old_value", JSON(none_as_null=True)),
    Column("new_value", JSON(none_as_null=True)),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("view_id", Integer, primary_key=True, autoincrement=True),
    Column("user_id", String(100), ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("url", String(2000), nullable=False),
    UniqueConstraint("user_id", "name"),
)

# No foreign key to users: an override outlives its author. `version` counts changes, against overwriting others.
forecast_overrides = Table(
    "forecast_overrides",
    metadata,
    Column("override_id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("layer", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("item_id", String(100), index=True),
    Column("location_id", String(100)),
    Column("channel", String(100)),
    Column("family", String(100)),
    Column("first_date", Date, nullable=False),
    Column("last_date", Date, nullable=False),
    Column("quantity", Float, nullable=False),
    Column("reason", String(1000), nullable=False),
    Column("author", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_on", Date),
    Column("status", String(20), nullable=False),
)

# The planning inputs that scenarios were made on, each once whatever the number of scenarios. The key is the SHA-256.
scenario_inputs = Table(
    "scenario_inputs",
    metadata,
    Column("inputs_hash", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

scenarios = Table(
    "scenarios",
    metadata,
    Column("scenario_id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("state", String(20), nullable=False),
    Column("change_file", Text, nullable=False),
    Column("parent_id", Integer, ForeignKey("scenarios.scenario_id"), index=True),
    Column("base_build_id", String(100), nullable=False),
    Column("inputs_hash", String(64), ForeignKey("scenario_inputs.inputs_hash"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(100), nullable=False),
    Column("expires_at", Instant),
    UniqueConstraint("owner", "name"),
)

# One row a message, named by what outlives a build; no column of the key is null, so that it is unique on any database.
message_decisions = Table(
    "message_decisions",
    metadata,
    Column("decision_id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("code", String(20), nullable=False),
    Column("item_id", String(100), nullable=False),
    Column("location_id", String(100), nullable=False),
    Column("document_type", String(50), nullable=False),
    Column("document_id", String(200), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("until", Date),
    Column("reason", String(1000), nullable=False),
    Column("author", String(100), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("status", String(20), nullable=False),
    UniqueConstraint("code", "item_id", "location_id", "document_type", "document_id"),
)

firmed_orders = Table(
    "firmed_orders",
    metadata,
    Column("firmed_order_id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("order_type", String(50), nullable=False),
    Column("item_id", String(100), nullable=False, index=True),
    Column("location_id", String(100), nullable=False),
    Column("supplier_id", String(100)),
    Column("from_location_id", String(100)),
    Column("quantity", Float, nullable=False),
    Column("release_date", Date),
    Column("due_date", Date, nullable=False),
    Column("base_build_id", String(100), nullable=False),
    Column("document_id", String(200), nullable=False),
    Column("scenario_id", Integer, ForeignKey("scenarios.scenario_id"), index=True),
    Column("sales_order_line_id", String(100)),
    Column("reason", String(1000), nullable=False),
    Column("author", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("status", String(20), nullable=False),
    Index("ix_firmed_orders_document_id", "document_id", "base_build_id"),
)

comments = Table(
    "comments",
    metadata,
    Column("comment_id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("object_kind", String(50), nullable=False),
    Column("object_id", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("status", String(20), nullable=False),
    Index("ix_comments_object_id", "object_id", "object_kind"),
)

# One row for an item at a place: a position outlives the build that shows it.
stock_dispositions = Table(
    "stock_dispositions",
    metadata,
    Column("disposition_id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("item_id", String(100), nullable=False),
    Column("location_id", String(100), nullable=False),
    Column("disposition", String(30), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("due_date", Date, nullable=False),
    Column("quantity", Float, nullable=False),
    Column("stock_value", Float),
    Column("note", String(1000), nullable=False),
    Column("author", String(100), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("status", String(20), nullable=False),
    UniqueConstraint("item_id", "location_id"),
)

# One row an alert, named by the key that it has in every build. A build writes nothing here: whether an alert is there,
# gone or back is worked out when it is read.
alert_decisions = Table(
    "alert_decisions",
    metadata,
    Column("decision_id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("alert_key", String(300), nullable=False),
    Column("kind", String(50), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("snoozed_until", Date),
    Column("resolved_as_of", Date),
    Column("reason", String(1000), nullable=False),
    Column("money_at_risk", Float),
    Column("author", String(100), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("status", String(20), nullable=False),
    UniqueConstraint("alert_key"),
)

# When a person last looked at the inbox, for what is new since.
alert_visits = Table(
    "alert_visits",
    metadata,
    Column("user_id", String(100), primary_key=True),
    Column("visited_at", Instant, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("before_as_of", Date),
)

# What was sent where and how large it was then, so that only new and grown alerts are sent again.
alert_notifications = Table(
    "alert_notifications",
    metadata,
    Column("notification_id", Integer, primary_key=True, autoincrement=True),
    Column("channel", String(300), nullable=False),
    Column("alert_key", String(300), nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("money_at_risk", Float),
    UniqueConstraint("channel", "alert_key"),
)
