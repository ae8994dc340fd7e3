"""What was known on a day about something that will be decided yes or no, and how it was decided.

One row is one look at one subject (an opportunity, a customer) on one day. Days are numbers since 1970-01-01; what
happens on a day is known at its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.errors import ForecastError
from forecasting.outcomes.censoring import censoring_weights
from forecasting.panel import Flags, Floats, Integers

KEYS = ("row_id", "subject", "group", "known_date", "decided_date", "outcome", "worth")


@dataclass(frozen=True, slots=True)
class ChanceRows:
    """Looks sorted by day, subject and id.

    `ids` (rows,) are unique; `subjects` say whose look it is; `groups` is what a plain share is taken by (stage,
    segment); `known` is the day of the look; `decided` the day from which the outcome is known, NaN while it is not;
    `outcome` is 1 (yes) or 0 (no), NaN while not decided; `worth` is what hangs on it in company currency, NaN where
    not known; `features` (rows, columns) with NaN where not known, named by `names`.
    """

    ids: pl.Series
    subjects: pl.Series
    groups: pl.Series
    known: Integers
    decided: Floats
    outcome: Floats
    worth: Floats
    features: Floats
    names: tuple[str, ...]

    @classmethod
    def of(cls, frame: pl.DataFrame, features: Sequence[str]) -> ChanceRows:
        """Read (row_id, subject, group, known_date, decided_date, outcome, worth, features …), in any order of rows.

        Raises ForecastError for a missing column or key, an id twice, an outcome that is not 0, 1 or null, an outcome
        without its day or a day without outcome, or one decided before the end of the day of the look.
        """
        missing = sorted({*KEYS, *features} - set(frame.columns))
        if missing:
            raise ForecastError(f"The table of chances has no column {', '.join(missing)}. Add it, null if not known.")
        ordered = frame.sort("known_date", "subject", "row_id")
        _refuse_broken(ordered)
        known, decided = (ordered[name].cast(pl.Date).to_physical() for name in ("known_date", "decided_date"))
        names = tuple(sorted(features))
        columns = [_numbers(ordered[name]) for name in names]
        return cls(
            ids=ordered["row_id"].cast(pl.String),
            subjects=ordered["subject"].cast(pl.String),
            groups=ordered["group"].cast(pl.String),
            known=known.to_numpy().astype(np.int64),
            decided=_numbers(decided),
            outcome=_numbers(ordered["outcome"]),
            worth=_numbers(ordered["worth"]),
            features=np.column_stack(columns) if columns else np.zeros((ordered.height, 0)),
            names=names,
        )

    @property
    def count(self) -> int:
        return int(self.known.size)

    @property
    def is_decided(self) -> Flags:
        return np.isfinite(self.decided)

    def column(self, name: str) -> Floats:
        """One feature (rows,). Raises ForecastError for a name that is none."""
        if name not in self.names:
            raise ForecastError(f"{name!r} is no feature of this table; it has {', '.join(self.names)}.")
        return self.features[:, self.names.index(name)]

    def taken(self, chosen: Integers | Flags) -> ChanceRows:
        """Some of the rows, in their order."""
        places = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return ChanceRows(
            self.ids.gather(places), self.subjects.gather(places), self.groups.gather(places), self.known[places],
            self.decided[places], self.outcome[places], self.worth[places], self.features[places], self.names,
        )  # fmt: skip

    def known_by(self, cutoff: int) -> ChanceRows:
        """The table as it stood at the end of day `cutoff`: later looks are gone, later decisions not known yet."""
        past = self.taken(self.known <= cutoff)
        seen = past.decided <= cutoff
        return past.with_outcomes(np.where(seen, past.decided, np.nan), np.where(seen, past.outcome, np.nan))

    def with_outcomes(self, decided: Floats, outcome: Floats) -> ChanceRows:
        """The same looks with other decisions."""
        return ChanceRows(
            self.ids, self.subjects, self.groups, self.known, decided, outcome, self.worth, self.features, self.names
        )

    def weights(self, cutoff: int) -> Floats:
        """Weights (rows,) by which outcomes known by `cutoff` also stand for the slow ones; 0 where not known."""
        return censoring_weights(self.known, self.decided - self.known, cutoff)


def _numbers(column: pl.Series) -> Floats:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(np.float64)


def _refuse_broken(ordered: pl.DataFrame) -> None:
    for name in KEYS[:4]:
        if ordered[name].null_count():
            raise ForecastError(f"The table of chances has rows without {name}. Fill it or leave those rows out.")
    checks = (
        (pl.col("row_id").is_duplicated(), "stands twice. Keep one."),
        (~pl.col("outcome").cast(pl.Float64).is_in([0.0, 1.0]), "has an outcome that is neither 0 nor 1."),
        (
            pl.col("outcome").is_null() != pl.col("decided_date").is_null(),
            "has an outcome without its day, or a day without an outcome.",
        ),
        (
            pl.col("decided_date") <= pl.col("known_date"),
            "was decided by the day of the look: nothing is left to predict. Leave it out.",
        ),
    )
    for broken, sentence in checks:
        found = ordered.filter(broken)
        if found.height:
            raise ForecastError(f"The row {found['row_id'][0]} of the table of chances {sentence}")
