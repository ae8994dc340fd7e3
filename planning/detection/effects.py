"""What a suggested action would do: the plan made anew with its change file, beside the plan as it is."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from planning.scenarios.document import read_scenario
from planning.scenarios.measures import MEASURES, late_lines, measures
from planning.scenarios.outcome import Outcome, ScenarioBase
from planning.scenarios.problems import ScenarioError

# What of a plan is compared; the other measures say nothing about an alert.
COMPARED = (
    "late_value", "late_lines", "late_customers", "late_line_days", "late_forecast_value", "overload_hours",
    "purchases", "stock_value_mean",
)  # fmt: skip
_FILES = ("change_file", "situation_file")
EFFECTS = {
    "alert_key": pl.String, "measure": pl.String, "unit": pl.String, "before": pl.Float64, "after": pl.Float64,
}  # fmt: skip
EFFECT_LINES = {
    "alert_key": pl.String, "sales_order_line_id": pl.String, "before_value": pl.Float64, "after_value": pl.Float64,
}  # fmt: skip
STATES = {"alert_key": pl.String, "state": pl.String, "reason": pl.String}


@dataclass(frozen=True, slots=True)
class Effects:
    """`states`: each action with its state; of those simulated `measures` before and after, and `lines`: the late
    value of each order line that the action changes.
    """

    states: pl.DataFrame
    measures: pl.DataFrame
    lines: pl.DataFrame


def simulated(actions: pl.DataFrame, ranked_keys: list[str], base: ScenarioBase | None, most: int) -> Effects:
    """Every action with its state, and what those that were simulated change.

    Before is the plan as it is, or with the alert's situation where it has one. `ranked_keys` are alerts by money; the
    first `most` that have a change file are simulated. The others are `not_simulated`, with the reason: `no_change`
    (nothing that a change could say), `less_money`, `no_plan`, or `refused: …` in the scenario's own words.
    """
    files = {str(key): (text, of) for key, text, of in actions.select("alert_key", *_FILES).iter_rows()}
    as_planned = _Judged.of(base.outcome) if base is not None else None
    states: list[tuple[str, str, str | None]] = []
    effects, lines, done = [], [pl.DataFrame(schema=EFFECT_LINES)], 0
    for key in ranked_keys:
        text, situation = files[key]
        if text is None:
            states.append((key, "not_simulated", "no_change"))
        elif base is None or as_planned is None:
            states.append((key, "not_simulated", "no_plan"))
        elif done >= most:
            states.append((key, "not_simulated", "less_money"))
        else:
            done += 1
            try:
                before = as_planned if situation is None else _Judged.of(base.run(read_scenario(situation)))
                after = _Judged.of(base.run(read_scenario(_both(situation, text))))
            except ScenarioError as error:
                states.append((key, "not_simulated", f"refused: {error}"))
                continue
            states.append((key, "simulated", None))
            lines.append(_changed(key, before.late, after.late))
            effects += [
                (key, name, MEASURES[name][0], before.measures[name], after.measures[name]) for name in COMPARED
            ]
    return Effects(
        pl.DataFrame(states, schema=STATES, orient="row"),
        pl.DataFrame(effects, schema=EFFECTS, orient="row"),
        pl.concat(lines).sort("alert_key", "sales_order_line_id"),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """A plan's measures and its late lines."""

    measures: dict[str, float | None]
    late: pl.DataFrame

    @classmethod
    def of(cls, outcome: Outcome) -> _Judged:
        return cls(measures(outcome), _late(outcome))


def _both(situation: str | None, text: str) -> str:
    """The situation and then the action as one file: the changes of the second follow those of the first."""
    return text if situation is None else situation + text.split("changes:\n", 1)[1]


def _late(outcome: Outcome) -> pl.DataFrame:
    """sales_order_line_id, value: the late order lines of a plan and the money of their late part."""
    late = late_lines(outcome)
    names = outcome.planned.model.demands["document_id"].gather(late.demand)
    return (
        pl.DataFrame({"sales_order_line_id": names, "value": late.value})
        .group_by("sales_order_line_id")
        .agg(pl.col("value").sort().sum())
    )


def _changed(key: str, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    return (
        before.join(after, on="sales_order_line_id", how="full", coalesce=True, suffix="_after")
        .select(
            pl.lit(key).alias("alert_key"),
            "sales_order_line_id",
            pl.col("value").fill_null(0.0).alias("before_value"),
            pl.col("value_after").fill_null(0.0).alias("after_value"),
        )
        .filter((pl.col("before_value") - pl.col("after_value")).abs() > 0.005)
    )
