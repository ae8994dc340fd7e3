"""Times, output and losses of work centres. Every figure is built from sums, so any group of rows rolls up exactly.

PBT planned busy time, APT production time, AUST setup time, PRI run time per unit, PQ units made, GQ units good the
first time (ISO 22400-2). Output counts on the day and in the shift in which it was reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# How a row is grouped: the expression over a fact aliased `facts`, the same for times and for output.
GROUPS = {
    "work_centre": "facts.work_centre_id",
    "shift": "coalesce(facts.shift, '')",
    "week": "strftime(date_trunc('week', facts.day), '%Y-%m-%d')",
    "month": "strftime(date_trunc('month', facts.day), '%Y-%m-%d')",
    "work_unit": "facts.work_unit",
}
# From calendar time down: each is taken off what is left by then.
LOSSES = (
    "not_scheduled", "unrecorded", "planned_downtime", "idle", "breakdown", "setup", "speed", "scrap", "rework",
)  # fmt: skip
MOST_STATES = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """The days, both included, and what is filtered; nothing chosen means all."""

    start: date
    end: date
    plants: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "first": self.start, "last": self.end, "plants": list(self.plants), "centres": list(self.centres),
            "shifts": list(self.shifts),
        }  # fmt: skip


def _facts(table: str, day: str) -> str:
    """Rows of a fact within the choice, with `day` and `work_centre_name`."""
    return f"""
        select facts.*, facts.{day} as day, centres.work_centre_name, centres.plant_id
        from core.{table} as facts
        left join core.dim_work_centres as centres on facts.work_centre_id = centres.work_centre_id
        where
            facts.{day} between $first and $last
            and (len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), centres.plant_id))
            and (
                len(cast($centres as varchar[])) = 0
                or list_contains(cast($centres as varchar[]), facts.work_centre_id)
            )
            and (len(cast($shifts as varchar[])) = 0 or list_contains(cast($shifts as varchar[]), facts.shift))
    """


def components(warehouse: Warehouse, chosen: Chosen, by: str) -> pl.DataFrame:
    """One row per member of a group: value, label, the hours of times and output, and the rates made of them.

    A rate is null where there is nothing to divide by. By work unit there is no output, which names none. Raises
    ValueError for another group.
    """
    if by not in GROUPS:
        raise ValueError(f"Times can be grouped by {', '.join(GROUPS)}, not by {by!r}.")
    output_key = "cast(null as varchar)" if by == "work_unit" else GROUPS[by]
    label = "max(facts.work_centre_name)" if by in ("work_centre", "work_unit") else "cast(null as varchar)"
    frame = warehouse.frame(
        f"""
        with times as (
            select
                {GROUPS[by]} as value, {label} as label, sum(facts.calendar_hours) as calendar_hours,
                sum(facts.not_scheduled_hours) as not_scheduled_hours, sum(facts.unrecorded_hours) as unrecorded_hours,
                sum(facts.planned_downtime_hours) as planned_downtime_hours, sum(facts.busy_hours) as busy_hours,
                sum(facts.idle_hours) as idle_hours, sum(facts.breakdown_hours) as breakdown_hours,
                sum(facts.setup_hours) as setup_hours, sum(facts.production_hours) as production_hours,
                sum(facts.outside_shift_hours) as outside_shift_hours, sum(facts.overlap_hours) as overlap_hours,
                sum(facts.failure_count) as failure_count
            from ({_facts("fct_work_centre_times", "work_date")}) as facts
            group by 1
        ),
        output as (
            select
                {output_key} as value, sum(facts.planned_run_hours) as planned_run_hours,
                sum(facts.good_run_hours) as good_run_hours, sum(facts.scrap_run_hours) as scrap_run_hours,
                sum(facts.produced_quantity) as produced_quantity
            from ({_facts("fct_operation_output", "produced_date")}) as facts
            where facts.is_timed = 1
            group by 1
        )
        select
            coalesce(times.value, output.value) as value, times.label, times.* exclude (value, label),
            output.* exclude (value)
        from times
        full outer join output on times.value = output.value
        where coalesce(times.value, output.value) is not null
        order by 1
        """,
        chosen.parameters,
    )
    numbers = [name for name in frame.columns if name not in ("value", "label")]
    return with_rates(frame.with_columns(pl.col(numbers).cast(pl.Float64).fill_null(0.0)))


def with_rates(frame: pl.DataFrame) -> pl.DataFrame:
    """Availability, effectiveness, quality, OEE, NEE, TEEP and the setup ratio of each row of sums."""

    def over(above: pl.Expr, below: pl.Expr) -> pl.Expr:
        return pl.when(below > 0).then(above / below)

    apt, pbt, aust = pl.col("production_hours"), pl.col("busy_hours"), pl.col("setup_hours")
    planned, good = pl.col("planned_run_hours"), pl.col("good_run_hours")
    return frame.with_columns(
        availability=over(apt, pbt),
        effectiveness=over(planned, apt),
        quality=over(good, planned),
        oee=over(good, pbt),
        # Setup counts as productive: AUPT ÷ PBT × effectiveness × quality.
        nee=over((apt + aust) * good, pbt * apt),
        teep=over(good, pl.col("calendar_hours")),
        setup_ratio=over(aust, apt + aust),
    )


def total(frame: pl.DataFrame) -> pl.DataFrame:
    """One row: the sums of all rows, and the rates of the sums."""
    rates = ("availability", "effectiveness", "quality", "oee", "nee", "teep", "setup_ratio")
    return with_rates(frame.drop("value", "label", *rates).sum())


def loss_tree(sums: pl.DataFrame) -> pl.DataFrame:
    """From calendar time to good production: step, hours (of a loss what it takes), left (what remains after it).

    `sums` is one row of `total`. The steps that are no losses are calendar, busy (PBT), production (APT) and good.
    Speed is APT less the planned run time of what was made; it is below zero where work ran faster than planned.
    """
    row = sums.row(0, named=True)
    taken = {
        **{loss: row[f"{loss}_hours"] for loss in LOSSES[:6]},
        "speed": row["production_hours"] - row["planned_run_hours"],
        "scrap": row["scrap_run_hours"],
        "rework": row["planned_run_hours"] - row["good_run_hours"] - row["scrap_run_hours"],
    }
    steps: list[tuple[str, bool, float, float]] = [("calendar", True, row["calendar_hours"], row["calendar_hours"])]
    left = row["calendar_hours"]
    totals = {"planned_downtime": "busy", "setup": "production", "rework": "good"}
    for loss in LOSSES:
        left -= taken[loss]
        steps.append((loss, False, taken[loss], left))
        if loss in totals:
            steps.append((totals[loss], True, left, left))
    schema = {"step": pl.String, "is_total": pl.Boolean, "hours": pl.Float64, "left": pl.Float64}
    return pl.DataFrame(steps, schema=schema, orient="row").with_columns(
        share=pl.when(row["calendar_hours"] > 0).then(pl.col("hours") / row["calendar_hours"]),
        busy_share=pl.when(row["busy_hours"] > 0).then(pl.col("hours") / row["busy_hours"]),
    )


def reasons(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """State and reason with hours and how often it began, the most hours first; production and setup left out."""
    return warehouse.frame(
        f"""
        select facts.state, facts.reason, sum(facts.hours) as hours, count(distinct facts.state_id) as states
        from ({_facts("fct_work_centre_states", "work_date")}) as facts
        where facts.state in ('breakdown', 'idle', 'planned_downtime')
        group by facts.state, facts.reason
        order by hours desc, facts.state, facts.reason
        """,
        chosen.parameters,
    )


def recorded_states(warehouse: Warehouse, chosen: Chosen, state: str | None, most: int | None) -> pl.DataFrame:
    """Recorded states, cut at shift borders, the longest first."""
    return warehouse.frame(
        f"""
        select
            facts.state_id, facts.work_centre_id, facts.work_centre_name, facts.work_unit, facts.work_date, facts.shift,
            facts.state, facts.reason, facts.started_at, facts.ended_at, facts.hours, facts.overlap_hours,
            facts.is_outside_shift, facts.work_order_id
        from ({_facts("fct_work_centre_states", "work_date")}) as facts
        where $state is null or facts.state = $state
        order by facts.hours desc, facts.state_part_id
        {f"limit {int(most)}" if most is not None else ""}
        """,
        {**chosen.parameters, "state": state},
    )


def reported(warehouse: Warehouse, chosen: Chosen, most: int | None) -> pl.DataFrame:
    """Reports of operations with their part in OEE, the largest loss of good hours first."""
    return warehouse.frame(
        f"""
        select
            facts.output_id, facts.production_order_id, facts.work_centre_id, facts.operation_name, facts.item_id,
            items.item_name, items.item_name_zh, facts.produced_date, facts.shift, facts.produced_quantity,
            facts.first_pass_quantity, facts.scrap_quantity, facts.rework_quantity, facts.scrap_reason,
            facts.run_hours_per_unit, facts.planned_run_hours, facts.good_run_hours
        from ({_facts("fct_operation_output", "produced_date")}) as facts
        left join core.dim_items as items on facts.item_id = items.item_id
        where facts.is_timed = 1
        order by facts.planned_run_hours - facts.good_run_hours desc, facts.output_id
        {f"limit {int(most)}" if most is not None else ""}
        """,
        chosen.parameters,
    )


def options(warehouse: Warehouse) -> pl.DataFrame:
    """What can be filtered: kind (centre, shift), value, label."""
    return warehouse.frame(
        """
        select 'centre' as kind, work_centre_id as value, work_centre_name as label from core.dim_work_centres
        union all
        select distinct 'shift', shift, shift from core.fct_work_centre_times where shift is not null
        union all
        select distinct 'shift', shift, shift
        from core.fct_operation_output
        where shift is not null and shift not in (select shift from core.fct_work_centre_times where shift is not null)
        order by 1, 2
        """
    )
