"""What a late delivery does to the chance that a customer does not come back, measured on what was felt so far.

Two ways. Matched: looks with a line felt late in the last 90 days beside looks at customers of the same month and
rhythm whose lines all came in time. Model: where a learnt model gives the chance of churn, the chance with one more
line that is late less the chance with one more in time. An effect counts only where its interval lies above 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.chances import ChanceModel, ChanceRows, fit_model
from forecasting.chances.matched import matched_difference
from forecasting.panel import Floats
from pipelines.predict.churn import Churn
from pipelines.predict.predictor import SEED

# Models learnt anew from resampled customers, for the interval of what the model says.
REFITS = 20
EFFECT_SCHEMA = {
    "customer_group": pl.String, "method": pl.String, "is_used": pl.Boolean, "reason": pl.String,
    "effect": pl.Float64, "effect_low": pl.Float64, "effect_high": pl.Float64, "late_rate": pl.Float64,
    "in_time_rate": pl.Float64, "late_looks": pl.Int64, "in_time_looks": pl.Int64, "late_customers": pl.Int64,
    "in_time_customers": pl.Int64,
}  # fmt: skip
# Edges of what is alike: days of silence, order days of a year and in all, lines due in the last 90 days.
_BINS = {
    "silent_days": (30, 60, 120, 180), "orders_year": (1, 2, 4, 8, 16, 32), "repeats": (0, 1, 3, 8, 20),
    "due_recent": (1, 2, 5, 15, 40),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LateEffect:
    """`rows` (EFFECT_SCHEMA without the group); `increases`: customer_id, late_churn_increase (null: not
    measurable)."""

    rows: pl.DataFrame
    increases: pl.DataFrame


def late_effect(looks: pl.DataFrame, churn: Churn, day: int) -> LateEffect:
    """The effect in one group. `looks` as `customer_looks` gives them; `day` is the number of the as-of date."""
    matched = _matched(looks)
    rows = [{"method": "matched", "is_used": churn.model is None, **matched}]
    increase: Floats | None = None
    if churn.model is not None:
        by_model, increase = _by_model(looks, churn, churn.model, day)
        rows.append({"method": "model", "is_used": True, **by_model})
    counts = rows[-1]
    flat = counts["effect"] if counts["reason"] == "measured" else None
    running = pl.DataFrame({"customer_id": churn.running.subjects}, schema={"customer_id": pl.String})
    found = pl.Series("late_churn_increase", [flat] * running.height, pl.Float64)
    if increase is not None and flat is not None:
        found = pl.Series("late_churn_increase", np.maximum(increase, 0.0))
    schema = {name: kind for name, kind in EFFECT_SCHEMA.items() if name != "customer_group"}
    return LateEffect(pl.DataFrame(rows, schema=schema), running.with_columns(found))


def _matched(looks: pl.DataFrame) -> dict[str, object]:
    asked = looks.filter(pl.col("outcome").is_not_null() & pl.col("late_recent").is_not_null())
    alike = [pl.col(name).cut(edges).to_physical().cast(pl.Int64).alias(f"{name}_bin") for name, edges in _BINS.items()]
    numbered = asked.with_columns(*alike).with_columns(
        stratum=pl.struct("known_date", "group", *(f"{name}_bin" for name in _BINS)).rank("dense").cast(pl.Int64) - 1,
        person=pl.col("subject").rank("dense").cast(pl.Int64) - 1,
    )
    found = matched_difference(
        numbered["outcome"].cast(pl.Float64).to_numpy(), (numbered["late_recent"] == 1).to_numpy(),
        numbered["stratum"].to_numpy(), numbered["person"].to_numpy(), SEED,
    )  # fmt: skip
    late = numbered.filter(pl.col("late_recent") == 1).height
    reason = "no_late_lines" if late == 0 else ("too_few" if not found.is_enough else _reason(found.low, found.high))
    return {
        "reason": reason, "effect": _known(found.difference), "effect_low": _known(found.low),
        "effect_high": _known(found.high), "late_rate": _known(found.treated_rate),
        "in_time_rate": _known(found.other_rate), "late_looks": found.treated_rows, "in_time_looks": found.other_rows,
        "late_customers": found.treated_subjects, "in_time_customers": found.other_subjects,
    }  # fmt: skip


def _by_model(looks: pl.DataFrame, churn: Churn, model: ChanceModel, day: int) -> tuple[dict[str, object], Floats]:
    """The mean over the customers of today, its interval, and the difference of each."""
    late, in_time = _with_one_more(looks, churn.running)
    each = model.chances(late) - model.chances(in_time)
    taught = looks.filter(pl.col("outcome").is_not_null() & (pl.col("late_share") > 0))
    counts: dict[str, object] = {
        "late_rate": _known(float(model.chances(late).mean()) if each.size else float("nan")),
        "in_time_rate": _known(float(model.chances(in_time).mean()) if each.size else float("nan")),
        "late_looks": taught.height, "late_customers": taught["subject"].n_unique(),
    }  # fmt: skip
    if taught.is_empty() or each.size == 0:
        return {"reason": "no_late_lines", "effect": None, **counts}, each
    codes = churn.past.subjects.rank("dense").cast(pl.Int64).to_numpy() - 1
    draw = np.random.default_rng(SEED)
    means = []
    for _ in range(REFITS):
        rows = np.repeat(np.arange(codes.size), draw.poisson(1.0, int(codes.max()) + 1)[codes])
        again = fit_model(model.name, churn.past.taken(rows), day, SEED)
        means.append(float((again.chances(late) - again.chances(in_time)).mean()))
    spread = 1.96 * float(np.std(means, ddof=1))
    mean = float(each.mean())
    found = {"effect": mean, "effect_low": mean - spread, "effect_high": mean + spread}
    return {"reason": _reason(mean - spread, mean + spread), **found, **counts}, each


def _with_one_more(looks: pl.DataFrame, running: ChanceRows) -> tuple[Floats, Floats]:
    """The features of today's looks with one more line that was late by the usual days, and with one more in time."""
    due = dict(looks.select("row_id", "due_year").iter_rows())
    lines = np.asarray([due.get(one) or 0 for one in running.ids.to_list()], dtype=np.float64)
    felt = looks.filter(pl.col("late_share") > 0)
    usual = felt.select((pl.col("late_days") / pl.col("late_share")).median()).item() or 0.0
    late, in_time = running.features.copy(), running.features.copy()
    for name, added in (("late_share", 1.0), ("late_days", float(usual))):
        place = running.names.index(name)
        total = np.nan_to_num(running.features[:, place]) * lines
        late[:, place] = (total + added) / (lines + 1)
        in_time[:, place] = total / (lines + 1)
    return late, in_time


def _reason(low: float, high: float) -> str:
    """measured, where the whole interval lies above 0; lowers, where all of it lies below; else not_told_apart."""
    if low > 0:
        return "measured"
    return "lowers" if high < 0 else "not_told_apart"


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
