"""What is suggested against an alert, as a change file of the scenarios where one of its kinds says it.

Rules that take figures from the evidence rely on its order:

- demand and forecast kinds: the first figure with a usual value is the measure that moved; the forecast is changed by
  value ÷ usual value.
- `parameter_wrong`: the first figure is named after the parameter (`lead_time_days`, `safety_stock_quantity`,
  `fixed_lot_quantity`, `min_lot_quantity`); its value is what is booked, its usual value what documents show.

What no change can say (a call, a count, a reminder) has no change file, and its effect is not simulated.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from planning.detection.alerts import Alerts
from planning.detection.findings import DetectionRows

Change = Mapping[str, object]
ACTIONS_SCHEMA = {
    "alert_key": pl.String, "action": pl.String, "change_file": pl.String, "situation_file": pl.String,
}  # fmt: skip

# Orders named in one change file; the rest follow when these are settled.
_MOST_ORDERS = 40
_OPEN = ("purchase_order_line", "transfer_order", "production_order")
# A queue is worked off in four weeks of five days: as far as people can be asked to stay longer.
_WEEKS, _DAYS = 4, 5
_PARAMETERS: Mapping[str, tuple[str, str]] = {
    "lead_time_days": ("lead_time", "set"),
    "safety_stock_quantity": ("safety_stock", "set"),
    "fixed_lot_quantity": ("lot_rule", "fixed_lot"),
    "min_lot_quantity": ("lot_rule", "minimum"),
}


@dataclass(frozen=True, slots=True)
class AlertRows:
    """What a rule sees of one alert: its row, the late supplies it hangs on, its evidence, its touches, the rows."""

    alert: Mapping[str, object]
    supplies: pl.DataFrame
    evidence: pl.DataFrame
    touches: pl.DataFrame
    rows: DetectionRows

    @property
    def subject(self) -> str:
        return str(self.alert["subject_id"])


def suggested(alerts: Alerts, rows: DetectionRows) -> pl.DataFrame:
    """One row per alert: the action by its kind, and the change file that says it, or null.

    `situation_file` is what the plan does not know yet (a supplier's real delay): the action is judged against the plan
    with it. Null where the plan as it is holds.
    """
    by_alert = [
        {str(key[0]): frame for key, frame in table.group_by("alert_key", maintain_order=True)}
        for table in (
            alerts.supplies,
            alerts.evidence.filter(pl.col("finding_id") == pl.col("alert_key")),
            alerts.touches,
        )
    ]
    empty = (alerts.supplies.clear(), alerts.evidence.clear(), alerts.touches.clear())
    found = []
    for alert in alerts.alerts.iter_rows(named=True):
        key = str(alert["alert_key"])
        supplies, evidence, touches = (tables.get(key, none) for tables, none in zip(by_alert, empty, strict=True))
        seen = AlertRows(alert, supplies, evidence, touches, rows)
        changes = _RULES.get(str(alert["action"]), _nothing)(seen)
        situation = _SITUATIONS.get(str(alert["kind"]), _nothing)(seen) if changes else []
        found.append((key, alert["action"], _file(key, changes), _file(key, situation)))
    return pl.DataFrame(found, schema=ACTIONS_SCHEMA, orient="row")


def rule_text(action: str) -> str:
    """What the rule of an action changes, in words."""
    rule = _RULES.get(action, _nothing)
    return inspect.getdoc(rule) or ""


def _file(name: str, changes: Sequence[Change]) -> str | None:
    return change_file(name, changes) if changes else None


def change_file(name: str, changes: Sequence[Change]) -> str:
    """The text of a change file: docs/scenarios.md."""
    lines = [f"  - {{{', '.join(f'{word}: {_written(value)}' for word, value in one.items())}}}" for one in changes]
    return "\n".join(["scenario: 1", f"name: {_written(name)}", "changes:", *lines, ""])


def _nothing(_: AlertRows) -> list[Change]:
    """Nothing that a change of the plan could say: it has no change file, and its effect is not simulated."""
    return []


def _expedite(of: AlertRows) -> list[Change]:
    """Each late open order that the lines hang on, sooner by the days that it comes too late.

    Where a new order comes too late, its item is got in as many days less: by air, by an express order.
    """
    opened = of.supplies.filter(pl.col("document_type").is_in(_OPEN)).head(_MOST_ORDERS)
    sooner = opened.group_by("document_id").agg(pl.col("late_days").max()).sort("late_days", "document_id")
    orders: list[Change] = [
        {"kind": "move_open_order", "order": documents, "days": -int(days)}
        for days, documents in sooner.group_by("late_days", maintain_order=True).agg(pl.col("document_id")).iter_rows()
    ]
    planned = of.supplies.filter(pl.col("document_type") == "planned_order").head(_MOST_ORDERS)
    new: list[Change] = [
        {"kind": "lead_time", "item": item, "location": location, "add": -int(days)}
        for item, location, days in planned.group_by("item_id", "location_id")
        .agg(pl.col("late_days").max())
        .sort("item_id", "location_id")
        .iter_rows()
    ]
    return [*orders, *new]


def _other_source(of: AlertRows) -> list[Change]:
    """New orders of his parts go to the cheapest other supplier who is usable; what is open and late is expedited."""
    if "other_sources" not in of.rows.frames or of.alert["subject_type"] != "supplier":
        return _expedite(of)
    others = of.rows["other_sources"]
    mine = others.filter(pl.col("supplier_id") == of.subject)["item_id"]
    best = (
        others.filter(pl.col("item_id").is_in(mine.implode()) & (pl.col("supplier_id") != of.subject))
        .sort("item_id", "unit_price", "lead_time_days", "supplier_id", nulls_last=True)
        .unique("item_id", keep="first", maintain_order=True)
        .head(_MOST_ORDERS)
    )
    moved: list[Change] = [
        {"kind": "source_priority", "item": items, "supplier": supplier, "priority": 0}
        for supplier, items in best.group_by("supplier_id", maintain_order=True).agg(pl.col("item_id")).iter_rows()
    ]
    return [*_expedite(of), *moved]


def _forecast(of: AlertRows) -> list[Change]:
    """The forecast × what is sold ÷ what was usual."""
    known = of.evidence.filter((pl.col("usual_value") > 0) & (pl.col("value") > 0))
    if known.is_empty() or of.alert["subject_type"] not in ("family", "item"):
        return []
    factor = round(float(known["value"][0]) / float(known["usual_value"][0]), 3)
    if factor == 1:
        return []
    word = str(of.alert["subject_type"])
    return [{"kind": "demand_factor", word: of.subject, "of": "forecast", "factor": factor}]


def _parameter(of: AlertRows) -> list[Change]:
    """The parameter as documents show it."""
    known = of.evidence.filter(pl.col("figure").is_in(list(_PARAMETERS)) & pl.col("usual_value").is_not_null())
    if known.is_empty() or of.alert["subject_type"] != "item_location":
        return []
    kind, field = _PARAMETERS[str(known["figure"][0])]
    item, _, location = of.subject.rpartition("@")
    shown = max(0, round(float(known["usual_value"][0])))
    return [{"kind": kind, "item": item, "location": location, field: shown}] if shown or field == "set" else []


def _hours(of: AlertRows) -> list[Change]:
    """As many more hours a day as the load of the next four weeks lies above capacity."""
    load = of.rows["work_centre_load"].filter(pl.col("work_centre_id") == of.subject)
    over = float(load["over_hours"].sum()) if load.height else 0.0
    more = math.ceil(over / (_WEEKS * _DAYS) * 2) / 2
    return [{"kind": "working_hours", "work_centre": of.subject, "add": more}] if more else []


def _real_delay(of: AlertRows) -> list[Change]:
    """What a slipping supplier's dates are worth: open lines and new orders later by what he slips beyond the usual."""
    known = of.evidence.filter((pl.col("unit") == "days") & (pl.col("value") > pl.col("usual_value")))
    if known.is_empty() or of.alert["subject_type"] != "supplier":
        return []
    days = round(float(known["value"][0]) - float(known["usual_value"][0]))
    if days < 1:
        return []
    return [
        {"kind": "supplier_delay", "supplier": of.subject, "days": days},
        {"kind": "lead_time", "supplier": of.subject, "add": days},
    ]


def _written(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_written(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)


_RULES: Mapping[str, Callable[[AlertRows], list[Change]]] = {
    "book_lead_time_or_other_source": _other_source,
    "other_source": _other_source,
    "negotiate_or_other_source": _nothing,
    "expedite_behind_lane": _expedite,
    "reorder_good_parts": _expedite,
    "expedite_part": _expedite,
    "count_and_reorder": _nothing,
    "add_hours": _hours,
    "maintain_and_add_hours": _hours,
    "raise_forecast": _forecast,
    "lower_forecast": _forecast,
    "correct_forecast": _forecast,
    "correct_parameter": _parameter,
}
_SITUATIONS: Mapping[str, Callable[[AlertRows], list[Change]]] = {"supplier_slipping": _real_delay}
