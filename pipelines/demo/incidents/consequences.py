"""What planted incidents cost, in CNY net, as of the last simulated day: by one stated method for each measure.

- late sales: net value of the order lines that are late with the incident as their cause: shipped in full after the
  day on which they should have left, open past that day, or delivered after the expected day by a delivery that it
  delayed.
- lost sales: net value of the lines among them that were cancelled; a year's expected purchases of the customers who
  left over it; for a collapse, the expected sales that it took away so far.
- excess stock: for an incident that breeds stock, its items' quantity in own places when it ended (or now) beyond what
  was there when it began (after a collapse: beyond what the smaller demand needs; after an engineering change: all of
  the old part), at the standard cost of the last day.
- overpaid: what orders of the stretch cost more than at the old price.
- rejected: rejected quantity of its receipts at standard cost. scrapped: what was written off when it began.
- missing: what the books had too much when it began, at standard cost.
- lost hours: hours that a work centre did not have, at its cost per hour; for a routing, hours beyond the booked ones.
- unpaid: net value shipped to the debtors since they stopped paying. spent: the campaign's budget so far.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import NEVER
from pipelines.demo.incidents.exposure import Exposure
from pipelines.demo.incidents.kind import Floats, Incident, Rows
from pipelines.demo.incidents.suppliers import touched_lines
from pipelines.demo.world import World

MEASURES = (
    "late_sales",
    "lost_sales",
    "excess_stock",
    "overpaid",
    "rejected",
    "scrapped",
    "missing",
    "lost_hours",
    "unpaid",
    "spent",
)
_BREEDS_STOCK = ("safety stock too high", "fixed lot too large", "smallest lot too large", "too much")


def consequences(world: World, exposure: Exposure, incident: Incident) -> dict[str, float]:
    """CNY by measure, of those that are not zero."""
    values = {
        "late_sales": float(line_values(world, late_lines(world, incident.number)).sum()),
        "lost_sales": _lost_sales(world, exposure, incident),
        "excess_stock": float((excess_stock(world, incident) * _cost(world, incident)).sum()),
    }
    values |= {measure: worth(world, incident) for measure, worth in _OF_KIND.get(incident.kind, ())}
    return {measure: round(value, 2) for measure, value in values.items() if round(value, 2) != 0}


def line_values(world: World, rows: Rows, quantity: npt.NDArray[np.float64] | None = None) -> Floats:
    """Net value in CNY of sales order lines (of some of their quantity)."""
    lines, orders = world.documents.sales_lines, world.documents.sales_orders
    amount = lines["quantity"][rows] if quantity is None else quantity
    rate = world.company.exchange_rate[orders["currency"][lines["order"][rows]], lines["ordered_day"][rows]]
    return np.asarray(amount * lines["price"][rows] * (1.0 - lines["discount"][rows]) * rate, dtype=np.float64)


def late_lines(world: World, number: int) -> Rows:
    """Sales order lines that an incident made late (see above), cancelled ones included."""
    lines, deliveries = world.documents.sales_lines, world.documents.deliveries
    rows = np.flatnonzero(lines["cause"] == number)
    shipped = np.minimum(lines["shipped_full_day"][rows], world.day)
    late = shipped > lines["ship_by_day"][rows]
    delayed = np.flatnonzero(deliveries["cause"] == number)
    here = delayed[np.minimum(deliveries["arrives_at"][delayed], world.day) >= deliveries["expected_day"][delayed] + 1]
    parts = world.documents.delivery_lines
    arrived = np.unique(parts["sales_line"][np.isin(parts["delivery"], here)])
    return rows[late | np.isin(rows, arrived)]


def excess_stock(world: World, incident: Incident) -> Floats:
    """(items of the incident) quantity too much; zero where the incident breeds no stock."""
    choice = incident.choice
    items = choice.codes("item")
    after = incident.stock_after
    if after is None:
        after = (world.stock.quantity[items] * world.company.places.is_own).sum(axis=1)
    if incident.kind == "engineering_change":
        return np.asarray(after, dtype=np.float64)
    if incident.kind == "demand_collapse":
        return np.maximum(after - incident.stock_before * choice.size, 0.0)
    if choice.variant in _BREEDS_STOCK:
        return np.maximum(after - incident.stock_before, 0.0)
    return np.zeros(items.size)


def unpaid_lines(world: World, incident: Incident) -> tuple[Rows, Rows]:
    """(rows of delivery_lines, deliveries) that a debtor has received since he stopped paying, and has not paid."""
    deliveries, lines = world.documents.deliveries, world.documents.delivery_lines
    who = incident.choice.codes("customer")
    stopped = world.effects.payment_stop_day[np.clip(deliveries["customer"], 0, world.company.customers.count - 1)]
    shipped = deliveries["shipped_at"]
    mine = np.isin(deliveries["customer"], who) & (np.floor(shipped) >= stopped) & (shipped < world.day + 1)
    numbers = np.flatnonzero(mine)
    rows = np.flatnonzero(np.isin(lines["delivery"], numbers))
    return rows, numbers


def _cost(world: World, incident: Incident) -> Floats:
    return world.standard_cost()[incident.choice.codes("item")]


def _last_day(world: World, incident: Incident) -> int:
    """Day after the last one on which it has worked so far."""
    return min(incident.end_day, world.day + 1) if incident.is_over else world.day + 1


def _lost_sales(world: World, exposure: Exposure, incident: Incident) -> float:
    rows = late_lines(world, incident.number)
    lost = float(line_values(world, rows, world.documents.sales_lines["cancelled"][rows]).sum())
    gone = (world.customer_left_cause == incident.number) & (world.customer_left_day < NEVER)
    lost += float(exposure.customer_revenue[gone].sum())
    if incident.kind == "demand_collapse":
        days = _last_day(world, incident) - incident.start_day
        usual = float(exposure.item_revenue[incident.choice.codes("item")].sum())
        lost += usual * (1.0 - incident.choice.size) * days / 365.0
    return lost


def _overpaid(world: World, incident: Incident) -> float:
    lines, orders = world.documents.purchase_lines, world.documents.purchase_orders
    last = _last_day(world, incident)
    rows = touched_lines(world, incident.choice.codes("source"), incident.start_day, last)
    order = lines["order"][rows]
    rate = world.company.exchange_rate[orders["currency"][order], np.floor(orders["ordered_at"][order]).astype(int)]
    more = incident.choice.size / (1.0 + incident.choice.size)
    return float((lines["quantity"][rows] * lines["price"][rows] * rate).sum()) * more


def _rejected(world: World, incident: Incident) -> float:
    lines = world.documents.purchase_lines
    rows = np.flatnonzero(lines["cause"] == incident.number)
    return float((lines["rejected"][rows] * world.standard_cost()[lines["item"][rows]]).sum())


def _scrapped(world: World, incident: Incident) -> float:
    return float(incident.kept.get("scrapped_value", 0.0))


def _missing(world: World, incident: Incident) -> float:
    return float(incident.kept.get("missing", 0.0) * _cost(world, incident)[0])


def _lost_hours(world: World, incident: Incident) -> float:
    """Of the log's rows in memory: a log of work centres is never long enough to leave it."""
    days, centre = world.documents.work_centre_days, int(incident.choice.codes("work_centre")[0])
    stretch = (days["day"] >= incident.start_day) & (days["day"] < _last_day(world, incident))
    rows = np.flatnonzero(stretch & (days["work_centre"] == centre))
    if incident.kind == "breakdown_cluster":
        hours = float(days["breakdown_hours"][rows].sum()) * (1.0 - 1.0 / incident.choice.size)
    else:
        hours = float(days["available_hours"][rows].sum()) * (1.0 / incident.choice.size - 1.0)
    return hours * float(world.company.work_centres.cost_per_hour[centre])


def _unbooked_hours(world: World, incident: Incident) -> float:
    if incident.choice.variant != "routing":
        return 0.0
    table, operation = world.documents.work_orders, int(incident.choice.codes("operation")[0])
    rows = np.flatnonzero((table["operation"] == operation) & np.isfinite(table["finished_at"]))
    created = world.documents.production_orders["created_at"][table["order"][rows]]
    rows = rows[(created >= incident.start_day) & (created < _last_day(world, incident))]
    beyond = float((table["true_hours"][rows] - table["planned_hours"][rows]).sum())
    return beyond * float(world.company.work_centres.cost_per_hour[world.company.operations.work_centre[operation]])


def _unpaid(world: World, incident: Incident) -> float:
    rows, _ = unpaid_lines(world, incident)
    lines = world.documents.delivery_lines
    return float(line_values(world, lines["sales_line"][rows].astype(np.int64), lines["quantity"][rows]).sum())


def _spent(world: World, incident: Incident) -> float:
    campaigns, campaign = world.company.campaigns, int(incident.choice.codes("campaign")[0])
    first, last = int(campaigns.start_day[campaign]), int(campaigns.end_day[campaign])
    days = np.clip(world.day + 1 - first, 0, last - first + 1)
    return float(campaigns.budget[campaign]) * float(days) / (last - first + 1)


_OF_KIND: dict[str, tuple[tuple[str, Callable[[World, Incident], float]], ...]] = {
    "price_rise": (("overpaid", _overpaid),),
    "quality_excursion": (("rejected", _rejected),),
    "golden_screw": (("scrapped", _scrapped),),
    "phantom_stock": (("missing", _missing),),
    "work_centre_overload": (("lost_hours", _lost_hours),),
    "breakdown_cluster": (("lost_hours", _lost_hours),),
    "bill_error": (("lost_hours", _unbooked_hours),),
    "debtor_stop": (("unpaid", _unpaid),),
    "campaign_flop": (("spent", _spent),),
}
