"""Each kind of incident against the same world without it: is its effect in the data, in the right direction and size?

Two copies of one simulated company live on from the same evening with the same luck; only one of them has the incident.
`paired` and `effect_of` are what tests use; run as a program, it prints a table over all kinds and some seeds:

    python -m tests.benchmarks.demo_incidents --seeds 7 8 9
"""

from __future__ import annotations

import argparse
import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.build import build_company
from pipelines.demo.company.company import NEVER
from pipelines.demo.documents import DIRECT
from pipelines.demo.incidents import Incidents
from pipelines.demo.incidents.consequences import line_values, unpaid_lines
from pipelines.demo.incidents.contents import KINDS
from pipelines.demo.incidents.kind import Incident, PlannedIncident
from pipelines.demo.incidents.schedule import THREE_YEARS, cycle_of, first_day_of
from pipelines.demo.incidents.truth import truth_tables
from pipelines.demo.scale import SCALES, ScaleName
from pipelines.demo.simulation import Simulation
from pipelines.demo.world import World

START = date(2023, 7, 1)
NUMBER = 5
# A day inside a cycle, early enough for every kind.
EVE = first_day_of(cycle_of(700)) + 8
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two worlds on the same evening: one lived with the incident, the other without."""

    incident: Incident
    incidents: Incidents
    with_it: World
    without_it: World


@dataclass(frozen=True, slots=True)
class Effect:
    """One figure in both worlds; `holds` says whether it differs in the direction and by the size that it must."""

    measure: str
    with_it: float
    without_it: float
    holds: bool


def company_at(seed: int, eve: int = EVE, scale: ScaleName = "tiny") -> Simulation:
    """The company without any incident on the evening before."""
    simulation = Simulation(build_company(seed, SCALES[scale], START), ())
    simulation.run(eve)
    return simulation


def paired(simulation: Simulation, kind: str, *, further_days: int = 30) -> Pair | None:
    """Let the kind begin on the next morning (or when it finds a subject) in one of two copies. None: it found none."""
    eve, length = simulation.world.day, sum(KINDS[kind].duration_days) // 2
    start = eve + 1
    first_days = KINDS[kind].first_days(simulation.world, first_day_of(cycle_of(eve)))
    if first_days is not None:
        coming = first_days[first_days > eve]
        if coming.size == 0:
            return None
        start = int(coming[-1])
    with_it, without_it = copy.deepcopy(simulation), copy.deepcopy(simulation)
    with_it.incidents = Incidents(with_it.world, planned=[PlannedIncident(NUMBER, kind, start, length)])
    with_it.run(start + 12)
    if not with_it.incidents.begun:
        return None
    incident = with_it.incidents.begun[0]
    last = incident.start_day + length + further_days
    with_it.run(last)
    without_it.run(last)
    return Pair(incident, with_it.incidents, with_it.world, without_it.world)


def effect_of(pair: Pair) -> Effect:
    """The effect by which the pair's kind is known."""
    measure, figure, holds = _MEASURES[pair.incident.kind]
    one, other = (figure(world, pair.incident) for world in (pair.with_it, pair.without_it))
    return Effect(measure, one, other, bool(holds(one, other, pair.incident)))


# -- figures ----------------------------------------------------------------------------------------------------------


def _ordered_lines(world: World, incident: Incident, first: int, last: int) -> Rows:
    """Purchase lines of the incident's sources that were ordered in a stretch of days."""
    orders, lines = world.documents.purchase_orders, world.documents.purchase_lines
    ordered = orders["ordered_at"][lines["order"]]
    wanted = np.isin(lines["source"], incident.choice.codes("source")) & (ordered >= first) & (ordered < last)
    return np.flatnonzero(wanted)


def _days_late(world: World, incident: Incident) -> float:
    """Mean days from the first confirmed day to the receipt (or today), of what is due while it lasts."""
    lines = world.documents.purchase_lines
    rows = _ordered_lines(world, incident, incident.start_day - 60, incident.end_day)
    due = lines["first_confirmed_day"][rows]
    rows = rows[(due >= incident.start_day + 5) & (due < incident.end_day) & (lines["production_order"][rows] < 0)]
    if rows.size == 0:
        return np.nan
    return float((np.minimum(lines["completed_day"][rows], world.day) - lines["first_confirmed_day"][rows]).mean())


def _sent(world: World, incident: Incident) -> float:
    """Receipts of what left the supplier while it lasted."""
    receipts = world.documents.receipts
    mine = np.isin(receipts["source"], incident.choice.codes("source"))
    left = receipts["leaves_at"]
    return float((mine & (left > incident.start_day) & (left < incident.end_day)).sum())


def _days_on_the_way(world: World, incident: Incident) -> float:
    receipts = world.documents.receipts
    mine = np.isin(receipts["source"], incident.choice.codes("source"))
    first = receipts["at"] >= incident.start_day + 3
    rows = np.flatnonzero(mine & first & (receipts["leaves_at"] < incident.end_day))
    return float((receipts["at"][rows] - receipts["leaves_at"][rows]).mean()) if rows.size else np.nan


def _rejected_share(world: World, incident: Incident) -> float:
    receipts = world.documents.receipts
    mine = np.isin(receipts["source"], incident.choice.codes("source"))
    rows = np.flatnonzero(mine & (receipts["at"] >= incident.start_day) & (receipts["at"] < incident.end_day))
    return float(receipts["rejected"][rows].sum() / max(receipts["received"][rows].sum(), 1.0))


def _issued(world: World, incident: Incident) -> float:
    """Quantity of the part that production took in the three weeks after its first days."""
    movements = world.documents.movements
    item, place = incident.choice.codes("item")[0], incident.choice.codes("place")[0]
    days = np.floor(movements["at"])
    rows = (movements["item"] == item) & (movements["from_place"] == place) & (days >= incident.start_day + 3)
    rows &= (days < incident.start_day + 24) & (movements["to_place"] == world.lookup.production)
    return float(movements["quantity"][rows].sum())


def _queue_hours(world: World, incident: Incident) -> float:
    """Mean hours that wait at the work centre in the second half of it."""
    days = world.documents.work_centre_days
    half = (incident.start_day + incident.end_day) // 2
    rows = (days["work_centre"] == incident.choice.codes("work_centre")[0]) & (days["day"] >= half)
    rows &= days["day"] < incident.end_day
    return float(days["queue_hours"][rows].mean())


def _breakdown_hours(world: World, incident: Incident) -> float:
    days = world.documents.work_centre_days
    rows = (days["work_centre"] == incident.choice.codes("work_centre")[0]) & (days["day"] >= incident.start_day)
    rows &= days["day"] < incident.end_day
    return float(days["breakdown_hours"][rows].sum())


def _ordered_quantity(world: World, incident: Incident) -> float:
    """Of its items by shops and consumers, from its second week to a week after its end."""
    lines = world.documents.sales_lines
    rows = np.isin(lines["item"], incident.choice.codes("item")) & (lines["ordered_day"] >= incident.start_day + 7)
    rows &= lines["ordered_day"] < incident.end_day + 7
    rows &= world.documents.sales_orders["channel"][lines["order"]] != DIRECT
    return float(lines["quantity"][rows].sum())


def _price_ratio(world: World, incident: Incident) -> float:
    """Mean price of new orders as a multiple of the source's first price."""
    lines = world.documents.purchase_lines
    rows = _ordered_lines(world, incident, incident.start_day, incident.end_day)
    return float((lines["price"][rows] / world.company.sources.price[lines["source"][rows]]).mean())


def _parameter_effect(world: World, incident: Incident) -> float:
    """Lead time: days given to the supplier. Else: what is there and on order of the part in the middle of it."""
    node, lines, orders = (
        incident.choice.codes("node")[0],
        world.documents.purchase_lines,
        world.documents.purchase_orders,
    )
    ordered = orders["ordered_at"][lines["order"]]
    mine = lines["node"] == node
    if incident.choice.variant == "lead time too short":
        rows = np.flatnonzero(mine & (ordered >= incident.start_day) & (ordered < incident.end_day))
        return float((lines["requested_day"][rows] - ordered[rows]).mean()) if rows.size else np.nan
    since = mine & (ordered >= incident.start_day) & (ordered < incident.start_day + 45)
    return float(lines["quantity"][since].sum())


def _booked_share(world: World, incident: Incident) -> float:
    """Bill: required quantity of the part by the true one. Routing: planned by true hours."""
    orders, stretch = world.documents.production_orders, (incident.start_day, incident.end_day)
    created = orders["created_at"]
    if incident.choice.variant == "bill":
        parts = world.documents.order_components
        rows = np.flatnonzero(np.isin(parts["bill_line"], incident.choice.codes("bill_line")))
        order = parts["order"][rows]
        some = (created[order] >= stretch[0]) & (created[order] < stretch[1])
        bill = world.company.bill_lines
        line = parts["bill_line"][rows]
        true = orders["quantity"][order] * bill.quantity[line] / (1 - bill.scrap_rate[line])
        return float(parts["required"][rows][some].sum() / max(true[some].sum(), 1e-9))
    table = world.documents.work_orders
    rows = np.flatnonzero((table["operation"] == incident.choice.codes("operation")[0]) & (table["true_hours"] > 0))
    some = (created[table["order"][rows]] >= stretch[0]) & (created[table["order"][rows]] < stretch[1])
    return float((table["planned_hours"][rows] / table["true_hours"][rows])[some].mean())


def _days_to_customers(world: World, incident: Incident) -> float:
    deliveries = world.documents.deliveries
    rows = np.isin(deliveries["customer"], incident.choice.codes("customer"))
    rows &= (deliveries["shipped_at"] >= incident.start_day) & (deliveries["shipped_at"] < incident.end_day)
    return float((deliveries["arrives_at"] - deliveries["shipped_at"])[rows].mean()) if rows.any() else np.nan


def _unpaid_value(world: World, incident: Incident) -> float:
    rows, _ = unpaid_lines(world, incident)
    lines = world.documents.delivery_lines
    return float(line_values(world, lines["sales_line"][rows].astype(np.int64), lines["quantity"][rows]).sum())


def _planner_share(world: World, incident: Incident) -> float:
    """The planner's forecasts of its items made while it lasts, as a multiple of the statistical ones."""
    forecasts = world.documents.forecasts
    rows = np.isin(forecasts["item"], incident.choice.codes("item")) & (forecasts["created_at"] >= incident.start_day)
    rows &= forecasts["created_at"] < incident.end_day
    planner = forecasts["quantity"][rows & (forecasts["stage"] == 1)].sum()
    return float(planner / max(forecasts["quantity"][rows & (forecasts["stage"] == 0)].sum(), 1.0))


def _issued_later(world: World, incident: Incident) -> float:
    """Old parts that production took from four weeks after the change."""
    movements = world.documents.movements
    rows = np.isin(movements["item"], incident.choice.codes("item")) & (
        movements["to_place"] == world.lookup.production
    )
    rows &= movements["at"] >= incident.start_day + incident.choice.size + 28
    return float(movements["quantity"][rows].sum())


def _not_there(world: World, incident: Incident) -> float:
    """Pieces that the first count misses; without a count, what is missing today."""
    counts, (item, place) = world.documents.counts, (incident.choice.codes(name)[0] for name in ("item", "place"))
    rows = np.flatnonzero((counts["item"] == item) & (counts["place"] == place) & (counts["at"] > incident.start_day))
    if rows.size:
        return float(counts["book"][rows[0]] - counts["counted"][rows[0]])
    return float(world.stock.missing[item, place])


def _leads_per_customer(world: World, incident: Incident) -> float:
    """Leads of the campaign for each of them that became somebody."""
    leads = world.documents.leads
    rows = np.isin(leads["campaign"], incident.choice.codes("campaign")) & (leads["created_at"] >= incident.start_day)
    known = rows & ((leads["customer"] >= 0) | (leads["opportunity"] >= 0)) & (leads["closed_at"] < world.day + 1)
    return float(rows.sum() / max(known.sum(), 0.5))


Figure = Callable[[World, Incident], float]
Holds = Callable[[float, float, Incident], bool]
_MEASURES: dict[str, tuple[str, Figure, Holds]] = {
    "supplier_slip": ("days late at receipt", _days_late, lambda one, other, i: one > other + 0.5 * i.choice.size),
    "supplier_outage": ("receipts sent meanwhile", _sent, lambda one, other, i: one == 0 < other),
    "lane_delay": ("days on the way", _days_on_the_way, lambda one, other, i: one > other + 0.6 * i.choice.size),
    "quality_excursion": ("rejected share", _rejected_share, lambda one, other, i: one > other + 0.6 * i.choice.size),
    "golden_screw": ("part issued", _issued, lambda one, other, i: one < 0.35 * other),
    "phantom_stock": (
        "pieces not there",
        _not_there,
        lambda one, other, i: one > 0.5 * i.kept["missing"] and one > other + 0.3 * i.kept["missing"],
    ),
    "work_centre_overload": ("hours in the queue", _queue_hours, lambda one, other, i: one > 2 * other + 8),
    "breakdown_cluster": ("hours broken down", _breakdown_hours, lambda one, other, i: one > 5 * other + 20),
    "demand_surge": (
        "pieces ordered",
        _ordered_quantity,
        lambda one, other, i: one > (1 + 0.4 * (i.choice.size - 1)) * other,
    ),
    "demand_collapse": ("pieces ordered", _ordered_quantity, lambda one, other, i: one < 0.6 * other),
    "price_rise": (
        "price by the old one",
        _price_ratio,
        lambda one, other, i: abs(one / other - 1 - i.choice.size) < 0.02,
    ),
    "wrong_parameter": (
        "days given, or pieces ordered",
        _parameter_effect,
        lambda one, other, i: one < 0.6 * other if i.choice.size < 1 else one > 1.5 * other,
    ),
    "bill_error": (
        "booked by true",
        _booked_share,
        lambda one, other, i: i.choice.size * 0.7 < one / other < i.choice.size * 1.4 + 0.05,
    ),
    "customers_leaving": (
        "days to the customer",
        _days_to_customers,
        lambda one, other, i: one > other + 0.8 * i.choice.size,
    ),
    "debtor_stop": ("unpaid", _unpaid_value, lambda one, other, i: one > i.floor_value * 0.5 and other == 0),
    "forecast_bias": (
        "planner by statistics",
        _planner_share,
        lambda one, other, i: abs(one / other / i.choice.size - 1) < 0.25,
    ),
    "engineering_change": ("old parts issued", _issued_later, lambda one, other, i: one < 0.4 * other),
    "campaign_flop": ("leads for a customer", _leads_per_customer, lambda one, other, i: one > 3 * other),
}


# -- blame ------------------------------------------------------------------------------------------------------------


def blamed_and_later(pair: Pair) -> tuple[int, int]:
    """(order lines put down to the incident that exist in both worlds, those of them that left later with it)."""
    both = []
    for world in (pair.with_it, pair.without_it):
        lines = world.documents.sales_lines
        keys = {}
        for row in np.flatnonzero(lines["ordered_day"] > pair.incident.start_day - 120).tolist():
            key = (int(lines["customer"][row]), int(lines["ordered_day"][row]), int(lines["item"][row]))
            keys[key] = row
        both.append((lines, keys))
    (lines, keys), (others, other_keys) = both
    blamed = later = 0
    for key, row in keys.items():
        if lines["cause"][row] == NUMBER and key in other_keys:
            blamed += 1
            shipped = min(int(lines["shipped_full_day"][row]), pair.with_it.day + 1)
            arrived_late = pair.incident.kind == "customers_leaving"
            later += shipped > int(others["shipped_full_day"][other_keys[key]]) or arrived_late
    return blamed, later


def main() -> None:
    """Print the effect of every kind on some seeds."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    arguments.add_argument("--scale", default="tiny", choices=tuple(SCALES))
    arguments.add_argument("--eve", type=int, default=EVE)
    arguments.add_argument("--kinds", nargs="+", default=list(KINDS))
    options = arguments.parse_args()
    held = tried = 0
    for seed in options.seeds:
        simulation = company_at(seed, options.eve, options.scale)
        for kind in options.kinds:
            pair = paired(simulation, kind)
            if pair is None:
                print(f"{seed:3d} {kind:21s} no subject")
                continue
            effect = effect_of(pair)
            cost = truth_tables(pair.with_it, pair.incidents)["incidents"]["consequence_value"][0]
            gone = [int((world.customer_left_day < NEVER).sum()) for world in (pair.with_it, pair.without_it)]
            blamed, later = blamed_and_later(pair)
            tried, held = tried + 1, held + effect.holds
            print(
                f"{seed:3d} {kind:21s} {'holds' if effect.holds else 'FAILS'} {effect.measure:29s} "
                f"{effect.without_it:10.2f} -> {effect.with_it:10.2f} | size {pair.incident.choice.size:7.2f} "
                f"{pair.incident.choice.variant:22s} | stakes {pair.incident.choice.exposure_value / pair.incident.floor_value:5.1f} "
                f"cost {cost / pair.incident.floor_value:6.1f} floors | later {later}/{blamed} | left {gone[0] - gone[1]:+d}"
            )
    print(f"{held} of {tried} effects hold; a three-year run has {THREE_YEARS} days")


if __name__ == "__main__":
    main()
