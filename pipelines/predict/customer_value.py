"""Customers in the step `predictions`: their stages by month, what they are still worth, and who may not come back.

Purchases are modelled by group (`reference.customer_groups`); a group that is too small for a model is told so instead.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

import duckdb
import numpy as np
import polars as pl

from forecasting.chances import validation as judged_by
from forecasting.customer_value import (
    PurchaseHistory,
    fit_rhythm,
    fit_spend,
    lifetime_value,
    personal_gaps,
    purchase_history,
)
from forecasting.customer_value.holdout import (
    BG_NBD,
    OWN_PACE,
    WEEKS,
    ValueHoldout,
    base_rate,
    own_pace,
    value_holdout,
)
from forecasting.customer_value.lifetime import PlainPace
from forecasting.customer_value.stages import SilenceRule, StageRules, customer_stages
from forecasting.errors import ForecastError
from forecasting.outcomes.rows import day_number
from pipelines.build.context import write_table
from pipelines.predict.churn import CHANCE_SCHEMA, REASON_SCHEMA, churn_of
from pipelines.predict.customer_looks import customer_looks, grouped_customers
from pipelines.predict.late_effect import EFFECT_SCHEMA, late_effect
from tower.errors import BuildError

# Flows of so many months, and one more month end to open them.
MONTHS = 24
_MONEY = (
    "alive_probability",
    "expected_orders",
    "order_value",
    "expected_revenue",
    "expected_margin",
    "lifetime_value",
)
VALUE_SCHEMA = {
    "customer_id": pl.String, "customer_group": pl.String, "repeat_count": pl.Int64, "margin_rate": pl.Float64,
    **dict.fromkeys(_MONEY, pl.Float64), "usual_gap_days": pl.Float64, "silent_days": pl.Int64,
    "is_out_of_rhythm": pl.Boolean, **dict(list(CHANCE_SCHEMA.items())[1:]), "value_at_risk": pl.Float64,
    "late_churn_increase": pl.Float64,
}  # fmt: skip
PARAMETER_SCHEMA = {
    "customer_group": pl.String, "model": pl.String, "parameter": pl.String, "estimate": pl.Float64,
    "standard_error": pl.Float64,
}  # fmt: skip
GROUP_SCHEMA = {
    "customer_group": pl.String, "customers": pl.Int64, "repeaters": pl.Int64, "is_fitted": pl.Boolean,
    "value_dependence": pl.Float64, "value_by": pl.String, "churn_by": pl.String, "churn_reason": pl.String,
    "asked_customers": pl.Int64,
    "held_out_customers": pl.Int64, "held_out_came": pl.Float64, "held_out_expected": pl.Float64,
    "held_out_error": pl.Float64, "held_out_plain_error": pl.Float64, "held_out_rank": pl.Float64,
    "is_better_than_plain": pl.Boolean,
}  # fmt: skip


def run_customer_value(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write engine.customer_stages, customer_values, customer_value_parameters, customer_value_groups, and the tables
    of churn: churn_reasons, churn_validation, churn_calibration, late_effects. Raises BuildError in the engine's
    words."""
    connection.execute("create schema if not exists engine")
    customers = grouped_customers(connection)
    orders = connection.sql(
        "select customer_id, ordered_date as ordered_on, cast(net_value as double) as value from "
        "core.fct_customer_order_days order by customer_id, ordered_on"
    ).pl()
    write_table(connection, "engine.customer_stages", _stages(connection, customers, orders, as_of))
    looks = customer_looks(connection, as_of)
    rates = connection.sql(
        "select customer_id, cast(sum(margin_value) as double) / nullif(cast(sum(costed_value) as double), 0) as "
        "margin_rate from core.fct_customer_order_days group by customer_id having sum(costed_value) > 0"
    ).pl()
    rules = connection.sql("select * from reference.customer_groups order by group_order").pl()
    found: dict[str, list[pl.DataFrame]] = {name: [] for name in _EMPTY}
    for rule in rules.iter_rows(named=True):
        members = customers.filter(pl.col("customer_group") == rule["customer_group"]).select("customer_id")
        own = orders.join(members, on="customer_id", how="semi")
        try:
            made = _of_group(rule, own, looks, rates, as_of)
        except ForecastError as error:
            raise BuildError(f"The customers of {rule['customer_group']} could not be valued. {error}") from error
        for name, frame in made.items():
            found[name].append(frame)
    for name, frames in found.items():
        write_table(connection, f"engine.{name}", pl.concat([pl.DataFrame(schema=_EMPTY[name]), *frames]))


_EMPTY: dict[str, Any] = {
    "customer_values": VALUE_SCHEMA,
    "customer_value_parameters": PARAMETER_SCHEMA,
    "customer_value_groups": GROUP_SCHEMA,
    "churn_reasons": REASON_SCHEMA,
    "churn_validation": {"customer_group": pl.String, **judged_by.SCHEMA, "is_used": pl.Boolean},
    "churn_calibration": {"customer_group": pl.String, **judged_by.CURVE_SCHEMA},
    "late_effects": EFFECT_SCHEMA,
}


def _of_group(
    rule: dict[str, Any], orders: pl.DataFrame, looks: pl.DataFrame, rates: pl.DataFrame, as_of: date
) -> dict[str, pl.DataFrame]:
    group = pl.lit(rule["customer_group"]).alias("customer_group")
    history = purchase_history(orders, as_of)
    known = pl.DataFrame({"customer_id": history.customer, "repeat_count": history.repeats.astype(np.int64)},
                         schema={"customer_id": pl.String, "repeat_count": pl.Int64}).join(
        rates, on="customer_id", how="left", maintain_order="left"
    )  # fmt: skip
    margin_rate = known["margin_rate"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    held = value_holdout(orders, as_of)
    plain = _plain_pace(held, history, orders, as_of)
    values, parameters, dependence = _values(history, margin_rate, rule, plain)
    own_looks = looks.filter(pl.col("customer_group") == rule["customer_group"])
    churn = churn_of(own_looks, orders, as_of, rule["churn_days"])
    felt = late_effect(own_looks, churn, day_number(as_of))
    gaps = personal_gaps(orders, as_of, rule["gap_factor"]).select(
        "customer_id", "usual_gap_days", "silent_days", is_out_of_rhythm="at_risk"
    )
    rows = (
        pl.concat([known, values], how="horizontal")
        .join(gaps, on="customer_id", how="left", maintain_order="left")
        .join(churn.chances, on="customer_id", how="left", maintain_order="left")
        .join(felt.increases, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            group,
            value_at_risk=pl.when(pl.col("lifetime_value") > 0).then(
                pl.col("lifetime_value") * pl.col("churn_probability")
            ),
        )
        .select(pl.col(name).cast(kind) for name, kind in VALUE_SCHEMA.items())
        .sort("customer_id")
    )
    judged = churn.validation
    summary = {
        "customer_group": rule["customer_group"], "customers": len(history),
        "repeaters": int((history.repeats > 0).sum()), "is_fitted": not parameters.is_empty(),
        "value_dependence": dependence,
        "value_by": None if parameters.is_empty() else BG_NBD if held is None else held.used,
        "churn_by": churn.used, "churn_reason": churn.why, "asked_customers": churn.chances.height,
        **({} if held is None else {
            "held_out_customers": held.customers, "held_out_came": held.came, "held_out_expected": held.expected,
            "held_out_error": held.model_error, "held_out_plain_error": held.plain_error,
            "held_out_rank": held.rank if np.isfinite(held.rank) else None, "is_better_than_plain": held.is_better,
        }),
    }  # fmt: skip
    return {
        "customer_values": rows,
        "customer_value_parameters": parameters.select(group, *list(PARAMETER_SCHEMA)[1:]),
        "customer_value_groups": pl.DataFrame([summary], schema=GROUP_SCHEMA),
        "churn_reasons": churn.reasons,
        "churn_validation": judged.table.select(
            group, *judged_by.SCHEMA, (pl.col("candidate") == churn.used).alias("is_used")
        ),
        "churn_calibration": judged.calibration.select(group, *judged_by.CURVE_SCHEMA),
        "late_effects": felt.rows.select(group, *list(EFFECT_SCHEMA)[1:]),
    }


def _plain_pace(
    held: ValueHoldout | None, history: PurchaseHistory, orders: pl.DataFrame, as_of: date
) -> PlainPace | None:
    """The plain rule where it told the last half-year better than BG/NBD; None where BG/NBD is used."""
    if held is None or held.used == BG_NBD:
        return None
    if held.used == OWN_PACE:
        return PlainPace(own_pace(orders, history.customer, as_of) / WEEKS)
    return PlainPace(np.full(len(history), base_rate(orders, as_of) / WEEKS))


def _values(
    history: PurchaseHistory, margin_rate: np.ndarray, rule: dict[str, Any], plain: PlainPace | None
) -> tuple[pl.DataFrame, pl.DataFrame, float | None]:
    """The columns of _MONEY (all null where the group is too small), the parameters, and how far the value of an order
    depends on how often one orders."""
    try:
        rhythm, spend = fit_rhythm(history), fit_spend(history)
    except ForecastError:
        nothing = pl.DataFrame(
            {name: [None] * len(history) for name in _MONEY}, schema=dict.fromkeys(_MONEY, pl.Float64)
        )
        return nothing, pl.DataFrame(schema=PARAMETER_SCHEMA), None
    worth = lifetime_value(
        history, plain or rhythm, spend, margin_rate, months=rule["horizon_months"], yearly_rate=rule["yearly_rate"]
    )
    arrays = (worth.alive, worth.purchases, worth.order_value, worth.revenue, worth.margin, worth.value)
    frame = pl.DataFrame(dict(zip(_MONEY, arrays, strict=True))).with_columns(
        pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in _MONEY
    )
    estimates = [
        *zip(["bg_nbd"] * 4, ("r", "alpha", "a", "b"), (rhythm.r, rhythm.alpha, rhythm.a, rhythm.b), rhythm.errors,
             strict=True),
        *zip(["gamma_gamma"] * 3, ("p", "q", "v"), (spend.p, spend.q, spend.v), spend.errors, strict=True),
    ]  # fmt: skip
    parameters = pl.DataFrame(
        [(rule["customer_group"], *row) for row in estimates], schema=PARAMETER_SCHEMA, orient="row"
    ).with_columns(pl.col("standard_error").fill_nan(None))
    return frame, parameters, spend.dependence if np.isfinite(spend.dependence) else None


def _stages(
    connection: duckdb.DuckDBPyConnection, customers: pl.DataFrame, orders: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    opportunities = connection.sql(
        "select customer_id, created_date as created_on, closed_date as closed_on from core.fct_opportunities "
        "where customer_id is not null and created_date is not null"
    ).pl()
    stages = customer_stages(
        customers.select("customer_id", known_on="created_date"), orders, opportunities, stage_days(as_of),
        stage_rules(connection),
    )  # fmt: skip
    return stages.filter(pl.col("day") >= stage_days(as_of)[0])


def stage_rules(connection: duckdb.DuckDBPyConnection) -> StageRules:
    """The rules as the reference data state them."""
    rows = {
        row["stage_code"]: row
        for row in connection.sql("select * from reference.lifecycle_stages").pl().iter_rows(named=True)
    }

    def silence(stage: str) -> SilenceRule:
        row = rows[stage]
        return SilenceRule(row["gap_factor"], row["least_days"], row["default_days"])

    loyal = rows["loyal"]
    return StageRules(
        silence("at_risk"), silence("dormant"), loyal["least_orders"], loyal["window_days"],
        rows["won_back"]["window_days"], rows["repeat"]["least_orders"],
    )  # fmt: skip


def stage_days(as_of: date) -> list[date]:
    """The last month ends before the as-of date, one more than MONTHS, and that date itself."""
    count = as_of.year * 12 + as_of.month - 1
    ends = []
    for back in range(MONTHS + 1, 0, -1):
        year, month = divmod(count - back, 12)
        ends.append(date(year, month + 1, monthrange(year, month + 1)[1]))
    return [*ends, as_of]
