"""What was known on a day about something still running, and what came of it: the table that outcomes are learnt from.

One row is one look at one subject (an order, a purchase line) on one day. Every date that a model may use stands in the
row as it was known on that day; the end stands beside it with its own day, so that a past can be restored by masking.
Days are numbers since 1970-01-01. What happens on a day is known at the end of that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from forecasting.errors import ForecastError
from forecasting.panel import Flags, Floats, Integers

KEYS = ("row_id", "subject", "group", "known_date", "due_date", "ended_date")


@dataclass(frozen=True, slots=True)
class OutcomeRows:
    """Looks at running subjects, sorted by day, subject and id.

    `ids` (rows,) are unique; `subjects` (rows,) say whose look it is; `groups` (rows,) is what a usual slip is taken
    by (item, supplier); `known` (rows,) is the day of the look; `due` (rows,) the date it was planned or promised for,
    as known on that day; `ended` (rows,) the day it ended, NaN while it runs; `features` (rows, columns) with NaN
    where not known, named by `names`.
    """

    ids: pl.Series
    subjects: pl.Series
    groups: pl.Series
    known: Integers
    due: Integers
    ended: Floats
    features: Floats
    names: tuple[str, ...]

    @classmethod
    def of(cls, frame: pl.DataFrame, features: Sequence[str]) -> OutcomeRows:
        """Read (row_id, subject, group, known_date, due_date, ended_date, features …); the order does not matter.

        `ended_date` is null while the subject runs. Raises ForecastError for a missing column, a missing key, an id
        twice, or an end that is not after the day of the look: such a row looks at what had already ended.
        """
        missing = sorted({*KEYS, *features} - set(frame.columns))
        if missing:
            raise ForecastError(f"The table of outcomes has no column {', '.join(missing)}. Add it, null if not known.")
        ordered = frame.sort("known_date", "subject", "row_id")
        for name in KEYS[:-1]:
            if ordered[name].null_count():
                raise ForecastError(f"The table of outcomes has rows without {name}. Fill it or leave those rows out.")
        twice = ordered.filter(pl.col("row_id").is_duplicated())
        if twice.height:
            raise ForecastError(f"The row {twice['row_id'][0]} stands twice in the table of outcomes. Keep one.")
        over = ordered.filter(pl.col("ended_date") <= pl.col("known_date"))
        if over.height:
            raise ForecastError(
                f"The row {over['row_id'][0]} looks at {over['known_date'][0]} at something that ended on "
                f"{over['ended_date'][0]}. Only what still runs can be predicted: leave it out."
            )
        days = [ordered[name].cast(pl.Date).to_physical().cast(pl.Float64) for name in KEYS[3:]]
        names = tuple(sorted(features))
        columns = [ordered[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in names]
        return cls(
            ids=ordered["row_id"].cast(pl.String),
            subjects=ordered["subject"].cast(pl.String),
            groups=ordered["group"].cast(pl.String),
            known=days[0].to_numpy().astype(np.int64),
            due=days[1].to_numpy().astype(np.int64),
            ended=days[2].fill_null(float("nan")).to_numpy().astype(np.float64),
            features=np.column_stack(columns) if columns else np.zeros((ordered.height, 0)),
            names=names,
        )

    @property
    def count(self) -> int:
        return int(self.known.size)

    @property
    def subject_count(self) -> int:
        return int(self.subjects.n_unique())

    @property
    def plain_end(self) -> Integers:
        """The date that needs no model: the due date, or the next day where that has passed; (rows,)."""
        return np.maximum(self.due, self.known + 1)

    @property
    def slip(self) -> Floats:
        """Days from the plain end to the end, negative if early, NaN while it runs; (rows,)."""
        return self.ended - self.plain_end

    @property
    def is_undecided(self) -> Flags:
        """The due date lay ahead on the day of the look; past it, being late is a fact and no prediction; (rows,)."""
        return self.due > self.known

    def taken(self, chosen: Integers | Flags) -> OutcomeRows:
        """Some of the rows, in their order."""
        places = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return OutcomeRows(
            self.ids.gather(places),
            self.subjects.gather(places),
            self.groups.gather(places),
            self.known[places],
            self.due[places],
            self.ended[places],
            self.features[places],
            self.names,
        )

    def known_by(self, cutoff: int) -> OutcomeRows:
        """The table as it stood at the end of day `cutoff`: later looks are gone, later ends are not known yet."""
        past = self.taken(self.known <= cutoff)
        hidden = np.where(past.ended <= cutoff, past.ended, np.nan)
        return OutcomeRows(
            past.ids, past.subjects, past.groups, past.known, past.due, hidden, past.features, past.names
        )

    def late(self, day: int) -> Floats:
        """1 ended after its due date, 0 by it, NaN not known at the end of day `day`; (rows,).

        Something that still runs at the end of its due date is late before it has ended.
        """
        ended = (self.ended > self.due).astype(np.float64)
        running = np.where(self.due <= day, 1.0, np.nan)
        return np.where(np.isnan(self.ended), running, ended)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days
