"""What mending a parameter would do: the change that books what was measured, and the plan made anew with it.

Messages name the parameter that makes them (`tower.queries.planning_messages.recurring`). Only where a value was
measured is there one to mend it to; nothing is invented for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from planning.scenarios.change import Change
from planning.scenarios.document import Scenario
from planning.scenarios.measures import measures
from planning.tables.messages import plan_messages
from tower.scenarios.base import PlanningBase
from tower.scenarios.measured import LEAD_TIME, LOT_SIZE, RUN_HOURS, SETUP_HOURS, correcting_all

# Which measured parameters mend one that messages name, and how it is called there.
_MENDED_BY = {"lead_time": (LEAD_TIME,), "lot_size": (LOT_SIZE,), "capacity": (RUN_HOURS, SETUP_HOURS)}


@dataclass(frozen=True, slots=True)
class Mending:
    """A parameter of one supplier, item or work centre as it would be booked; `rows` are those of wrong_parameters."""

    rows: pl.DataFrame
    changes: tuple[Change, ...]

    @property
    def scenario(self) -> Scenario:
        return Scenario("mended", self.changes)


@dataclass(frozen=True, slots=True)
class Effect:
    """Before and after: messages of the same codes about the same items and work centres, all messages, and money.

    `late_value`: orders that come late, `stock_value`: mean stock of the days ahead.
    """

    messages: tuple[int, int]
    all_messages: tuple[int, int]
    late_value: tuple[float, float]
    stock_value: tuple[float, float]


def mending(parameter: str, subject: str, wrong: pl.DataFrame) -> Mending | None:
    """What would mend a parameter of a subject: supplier, item @ place or work centre. None without a history."""
    rows = wrong.filter(
        pl.col("parameter").is_in(_MENDED_BY.get(parameter, ()))
        & (
            (pl.col("supplier_id").fill_null("") == subject)
            | (pl.format("{} @ {}", "item_id", "location_id") == subject)
            | (pl.col("work_centre_id") == subject)
        )
    )
    return None if rows.is_empty() else Mending(rows, tuple(correcting_all(rows)))


def base_messages(base: PlanningBase) -> pl.DataFrame:
    """The messages of the plan as it is."""
    return plan_messages(base.plan.planned)


def effect(base: PlanningBase, before: pl.DataFrame, scenario: Scenario, about: pl.DataFrame) -> Effect:
    """Plan a scenario and count. `about`: code, item_id, location_id, work_centre_id of the messages that are meant.

    A planned order has no number that another plan keeps, so messages are counted by what they are about, not matched
    one by one. Raises ScenarioError with every change that does not fit.
    """
    outcome = base.plan.run(scenario)
    after, figures = plan_messages(outcome.planned), measures(outcome)
    return Effect(
        messages=(_count(before, about), _count(after, about)),
        all_messages=(before.height, after.height),
        late_value=(base.figures["late_value"] or 0.0, figures["late_value"] or 0.0),
        stock_value=(base.figures["stock_value_mean"] or 0.0, figures["stock_value_mean"] or 0.0),
    )


_ABOUT: Sequence[str] = ("code", "item_id", "location_id", "work_centre_id")


def _count(messages: pl.DataFrame, about: pl.DataFrame) -> int:
    return messages.join(about.select(_ABOUT).unique(), on=list(_ABOUT), how="semi", nulls_equal=True).height
