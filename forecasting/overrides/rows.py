"""The rows of overrides: their columns, what each may hold, and which of them count on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from forecasting.errors import ForecastError

# In the order in which they are applied; a later one wins. What is locked no other layer can change.
LAYERS = ("event", "planner", "consensus", "locked")
KINDS = ("set", "add", "factor")
STATUSES = ("active", "withdrawn")
# An empty level column means all: all four empty is the total.
LEVEL_COLUMNS = ("item_id", "location_id", "channel", "family")
OVERRIDE_COLUMNS: Mapping[str, pl.DataType] = {
    "override_id": pl.String(),
    "layer": pl.String(),
    "kind": pl.String(),
    **dict.fromkeys(LEVEL_COLUMNS, pl.String()),
    "first_date": pl.Date(),
    "last_date": pl.Date(),
    "quantity": pl.Float64(),
    "reason": pl.String(),
    "author": pl.String(),
    "created_at": pl.Datetime("us"),
    "expires_on": pl.Date(),
    "status": pl.String(),
}


def empty_overrides() -> pl.DataFrame:
    """A frame without overrides."""
    return pl.DataFrame(schema=dict(OVERRIDE_COLUMNS))


def check_overrides(overrides: pl.DataFrame) -> pl.DataFrame:
    """The columns of overrides in their types, oldest first. Raises ForecastError that names what is wrong in which."""
    missing = [name for name in OVERRIDE_COLUMNS if name not in overrides.columns]
    if missing:
        raise ForecastError(f"The overrides have no column {', '.join(missing)}.")
    created = pl.col("created_at")
    if isinstance(overrides.schema["created_at"], pl.Datetime) and overrides.schema["created_at"].time_zone:
        created = created.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    frame = overrides.with_columns(created).select(pl.col(name).cast(kind) for name, kind in OVERRIDE_COLUMNS.items())
    quantity = pl.col("quantity")
    is_factor = pl.col("kind") == "factor"
    known = {"layer": LAYERS, "kind": KINDS, "status": STATUSES}
    unknown = {
        f"has a {name} that is not known. Known: {', '.join(values)}": ~pl.col(name)
        .is_in(values)
        .fill_null(value=False)
        for name, values in known.items()
    }
    wrong = {
        "has no reason. Say why": pl.col("reason").fill_null("").str.strip_chars() == "",
        "has no author": pl.col("author").fill_null("").str.strip_chars() == "",
        **unknown,
        "has no quantity, or one that is no number": quantity.is_null() | ~quantity.is_finite(),
        "sets the forecast below 0. Set it to 0 or more": (pl.col("kind") == "set") & (quantity < 0),
        "multiplies the forecast by less than 0. Take a factor of 0 or more": is_factor & (quantity < 0),
        "has no period, or ends before it begins": (pl.col("first_date") > pl.col("last_date")).fill_null(value=True),
        "does not say when it was made": pl.col("created_at").is_null(),
        "is there twice": pl.col("override_id").is_duplicated() | pl.col("override_id").is_null(),
    }  # fmt: skip
    for sentence, is_wrong in wrong.items():
        found = frame.filter(is_wrong)
        if not found.is_empty():
            raise ForecastError(f"The override {found['override_id'].sort()[0]} {sentence}.")
    return frame.sort("created_at", "override_id")


def with_outcome(overrides: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Overrides with `outcome`: null where they count on the day, else `withdrawn` or `expired`.

    An override still counts on the day on which it expires.
    """
    expired = pl.col("expires_on").is_not_null() & (pl.col("expires_on") < as_of)
    return overrides.with_columns(
        outcome=pl.when(pl.col("status") == "withdrawn").then(pl.lit("withdrawn")).when(expired).then(pl.lit("expired"))
    )
