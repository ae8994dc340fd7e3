"""Building typed frames of canonical tables from the arrays of the company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import NEVER, Company

_EPOCH = date(1970, 1, 1)


def text(values: Iterable[str]) -> pl.Series:
    """Texts; an empty one is unknown."""
    return pl.Series([value or None for value in values], dtype=pl.String)


def named(names: Sequence[str], codes: npt.ArrayLike) -> pl.Series:
    """The names behind codes; empty for negative codes and empty names."""
    return text([names[code] if code >= 0 else "" for code in np.asarray(codes).tolist()])


def numbers(values: npt.ArrayLike, known: npt.ArrayLike = True) -> pl.Series:
    """Numbers; unknown where `known` is false or the value is none."""
    array = np.asarray(values, dtype=np.float64)
    kept = np.broadcast_to(np.asarray(known), array.shape) & ~np.isnan(array)
    return pl.Series(np.where(kept, array, np.nan)).fill_nan(None)


def whole(values: npt.ArrayLike, known: npt.ArrayLike = True) -> pl.Series:
    """Whole numbers; unknown where `known` is false."""
    return numbers(values, known).cast(pl.Int32)


def flags(values: npt.ArrayLike) -> pl.Series:
    """Yes or no."""
    return pl.Series(np.asarray(values, dtype=np.bool_))


def dates(company: Company, days: npt.ArrayLike) -> pl.Series:
    """Days of the simulation as dates; unknown for NEVER and -NEVER."""
    array = np.asarray(days, dtype=np.int64)
    series = pl.Series((array + (company.start_date - _EPOCH).days).astype(np.int32)).cast(pl.Date)
    return pl.select(pl.when(pl.Series(np.abs(array) < NEVER)).then(series)).to_series()


def day_of(company: Company, day: date) -> int:
    """The day of the simulation that a date is."""
    return (day - company.start_date).days


def date_of(company: Company, day: int) -> date:
    """The date of a day of the simulation."""
    return company.start_date + timedelta(day)
