"""The laws of the demo company as it stands before its first day, and of its master data as canonical tables."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest

from pipelines.contract import load_contract
from pipelines.demo.company.build import build_company
from pipelines.demo.company.calendars import LONG_RUN_RATES, easter_sunday, festival
from pipelines.demo.company.capacity import REVIEWED_WEEKS, WORKING_DAYS_A_WEEK
from pipelines.demo.company.company import (
    ASSEMBLE_TO_ORDER,
    BUY,
    DISTRIBUTION,
    FLEET,
    HORIZON_DAYS,
    ITEM_TYPES,
    KNOWN_AHEAD_DAYS,
    MAKE,
    NEVER,
    SUBCONTRACT,
    TO_ORDER,
    TO_STOCK,
    TRANSFER,
    Company,
)
from pipelines.demo.company.costs import conversion_index
from pipelines.demo.company.item_table import demand_level, season_level
from pipelines.demo.company.master_items import LABOUR_SHARE
from pipelines.demo.company.master_tables import master_tables
from pipelines.demo.company.models import SPARE_PARTS
from pipelines.demo.scale import SCALES
from planning.bom import explode_boms

START = date(2023, 7, 1)
AS_OF = 1095
POLARS_TYPES = {
    "varchar": pl.String, "decimal(18,6)": pl.Float64, "double": pl.Float64, "integer": pl.Int32,
    "boolean": pl.Boolean, "date": pl.Date, "timestamp": pl.Datetime("us"),
}  # fmt: skip


@cache
def company(scale: str = "tiny", seed: int = 7) -> Company:
    return build_company(seed, SCALES[scale], START)


@cache
def tables(scale: str = "tiny", day: int = AS_OF) -> dict[str, pl.DataFrame]:
    return master_tables(company(scale), day)


both = pytest.mark.parametrize("scale", ["tiny", "small"])


def same(first: object, second: object) -> bool:
    """Field by field, arrays element by element."""
    if is_dataclass(first):
        return all(same(getattr(first, each.name), getattr(second, each.name)) for each in fields(first))
    if isinstance(first, np.ndarray):
        return isinstance(second, np.ndarray) and first.dtype == second.dtype and first.tobytes() == second.tobytes()
    return bool(first == second)


def made(about: Company) -> np.ndarray:
    return np.flatnonzero((about.nodes.supply == MAKE) | (about.nodes.supply == SUBCONTRACT))


# Structure


@both
def test_supply_comes_from_a_strictly_higher_level(scale: str) -> None:
    about = company(scale)
    nodes, lines = about.nodes, about.bill_lines
    assert (nodes.level[lines.component] > nodes.level[lines.parent]).all()
    moved = np.flatnonzero(nodes.supply == TRANSFER)
    assert (nodes.level[nodes.source[moved]] > nodes.level[moved]).all()
    assert (np.diff(nodes.level) >= 0).all()


@both
def test_a_transfer_draws_on_the_same_item_elsewhere_along_a_lane(scale: str) -> None:
    about = company(scale)
    nodes = about.nodes
    moved = np.flatnonzero(nodes.supply == TRANSFER)
    source = nodes.source[moved]
    assert (nodes.item[source] == nodes.item[moved]).all()
    assert (nodes.source[nodes.supply != TRANSFER] == -1).all()
    lanes = set(zip(about.lanes.from_place.tolist(), about.lanes.to_place.tolist(), strict=True))
    assert len(lanes) == about.lanes.from_place.size
    assert set(zip(nodes.place[source].tolist(), nodes.place[moved].tolist(), strict=True)) <= lanes


@both
def test_what_is_made_has_a_bill_and_a_routing_and_what_is_bought_a_source(scale: str) -> None:
    about = company(scale)
    nodes, lines, operations, sources = about.nodes, about.bill_lines, about.operations, about.sources
    always = lines.parent[(lines.valid_from_day <= 0) & (lines.substitute_of < 0)]
    assert np.isin(made(about), always).all()
    assert set(np.unique(operations.node)) == set(np.flatnonzero(nodes.supply == MAKE).tolist())
    bought = np.flatnonzero((nodes.supply == BUY) | (nodes.supply == SUBCONTRACT))
    assert set(sources.node[sources.priority == 1].tolist()) == set(bought.tolist())
    assert np.allclose(np.bincount(sources.node, sources.allocation, nodes.count)[bought], 1.0)
    trades = about.suppliers.is_subcontractor[sources.supplier]
    assert (trades == (nodes.supply[sources.node] == SUBCONTRACT)).all()


@both
def test_components_lie_where_they_are_built_in(scale: str) -> None:
    about = company(scale)
    nodes, lines = about.nodes, about.bill_lines
    assert (nodes.place[lines.component] == nodes.place[lines.parent]).all()
    assert (np.diff(lines.parent) >= 0).all()
    assert np.isin(lines.parent, made(about)).all()
    assert not about.items.is_phantom[nodes.item].any()


@both
def test_a_substitute_stands_for_a_line_of_the_same_bill_for_the_same_time(scale: str) -> None:
    lines = company(scale).bill_lines
    stands_in = np.flatnonzero(lines.substitute_of >= 0)
    main = lines.substitute_of[stands_in]
    assert stands_in.size > 0
    for column in ("parent", "quantity", "valid_from_day", "valid_until_day"):
        assert (getattr(lines, column)[stands_in] == getattr(lines, column)[main]).all()
    assert (lines.component[stands_in] != lines.component[main]).all()
    assert (lines.substitute_of[main] < 0).all()


@both
def test_an_engineering_change_takes_over_on_the_day_the_old_revision_ends(scale: str) -> None:
    about = company(scale)
    lines, items, nodes = about.bill_lines, about.items, about.nodes
    begun = np.flatnonzero(lines.valid_from_day > 0)
    ended = {
        (int(lines.parent[line]), int(items.replaced_by[nodes.item[lines.component[line]]]), int(day))
        for line, day in enumerate(lines.valid_until_day.tolist())
        if day < NEVER
    }
    taken_over = {
        (int(lines.parent[line]), int(nodes.item[lines.component[line]]), int(lines.valid_from_day[line]))
        for line in begun.tolist()
    }
    assert taken_over <= ended
    days = np.unique(lines.valid_from_day[begun])
    assert (days < 1095).sum() >= 6
    assert days.max() > 3500


@both
def test_the_company_has_all_its_features(scale: str) -> None:
    about = company(scale)
    items, nodes = about.items, about.nodes
    assert items.is_phantom.any()
    assert about.by_products.item.size > 0
    assert about.bill_lines.is_fixed.any()
    assert set(np.unique(nodes.supply)) == {MAKE, BUY, TRANSFER, SUBCONTRACT}
    assert set(np.unique(nodes.strategy)) == {TO_STOCK, TO_ORDER, ASSEMBLE_TO_ORDER}
    assert len(set(nodes.lot_rule.tolist())) >= 6
    assert (items.decimals == 3).any()
    assert items.is_lot_tracked[[code for code, name in enumerate(items.ids) if name.startswith("C-CEL")]].all()
    launched = items.sold_from_day[items.item_type == ITEM_TYPES.index("finished")]
    assert ((launched > 0) & (launched < 1095)).any()
    assert (launched > 1500).any()
    phased_out = np.flatnonzero((items.family >= 0) & (items.sold_until_day < 1095))
    assert phased_out.size > 0
    assert (items.sold_from_day[items.replaced_by[phased_out]] < items.sold_until_day[phased_out]).all()
    fixed_places = {about.places.ids[place] for place in nodes.place}
    assert fixed_places == {"P1", "P2", "SUB1", "D1", "D2", "D3"}


@both
def test_the_size_of_the_company(scale: str) -> None:
    about = company(scale)
    known = tables(scale)["items"].height
    low, high = {"tiny": (130, 190), "small": (1100, 1350)}[scale]
    assert low <= known <= high
    centres, suppliers = {"tiny": (8, 29), "small": (14, 90)}[scale]
    assert about.work_centres.count == centres
    assert about.suppliers.count == suppliers
    assert len(set(about.suppliers.names)) == suppliers
    assert len(set(about.customers.names)) == about.customers.count
    if scale == "small":
        assert set(about.suppliers.country) == {"CN", "TW", "JP", "KR", "VN", "DE", "NL", "IT", "US"}
        assert nested_levels(about) >= 5


def nested_levels(about: Company) -> int:
    """Levels of items from vehicle to raw material, the vehicle included."""
    items = tables("small")["boms"]
    frame = explode_boms(
        items.with_columns(valid_to_date=pl.lit(None, pl.Date)),
        tables("small")["bom_components"],
        about.start_date + timedelta(AS_OF),
    )
    assert frame.cycles.height == 0
    return int(frame.explosion["level"].max()) + 1  # type: ignore[arg-type]


@both
def test_the_flat_bill_lines_are_the_bills_of_the_books_with_phantoms_blown_through(scale: str) -> None:
    about = company(scale)
    day = about.start_date + timedelta(AS_OF)
    found = explode_boms(
        tables(scale)["boms"].with_columns(valid_to_date=pl.lit(None, pl.Date)), tables(scale)["bom_components"], day
    ).explosion.filter(~pl.col("is_by_product"))
    phantoms = [name for name, is_phantom in zip(about.items.ids, about.items.is_phantom, strict=True) if is_phantom]
    direct = found.filter(~pl.col("is_phantom")).filter(
        (pl.col("level") == 1)
        | ((pl.col("level") == 2) & pl.col("path").str.split(" ").list.get(2, null_on_oob=True).is_in(phantoms))
    )
    direct = direct.filter(~pl.col("parent_item_id").is_in(phantoms))
    expected = direct.group_by("parent_item_id", "component_item_id").agg(pl.col("quantity_per").sum())
    lines, nodes = about.bill_lines, about.nodes
    valid = np.flatnonzero(
        (lines.valid_from_day <= AS_OF) & (lines.valid_until_day > AS_OF) & (lines.substitute_of < 0)
        & (about.items.sold_from_day[nodes.item[lines.parent]] - KNOWN_AHEAD_DAYS <= AS_OF)
    )  # fmt: skip
    flat = pl.DataFrame(
        {
            "parent_item_id": [about.items.ids[code] for code in nodes.item[lines.parent[valid]]],
            "component_item_id": [about.items.ids[code] for code in nodes.item[lines.component[valid]]],
            "quantity": (lines.quantity / (1 - lines.scrap_rate))[valid],
        }
    )
    flat = flat.group_by("parent_item_id", "component_item_id").agg(pl.col("quantity").sum())
    joined = flat.join(expected, on=["parent_item_id", "component_item_id"], how="full", coalesce=True)
    assert joined.null_count().sum_horizontal().item() == 0
    assert joined.filter((pl.col("quantity") - pl.col("quantity_per")).abs() > 1e-9).height == 0


# Demand, capacity, money


@both
def test_the_market_is_as_large_as_the_company_was_laid_out_for(scale: str) -> None:
    about = company(scale)
    items = about.items
    today = items.weekly_demand * (items.sold_from_day < 0)
    vehicles = (items.family >= 0) & (items.family != SPARE_PARTS)
    assert 950 < today[vehicles].sum() < 1200
    shares = (today[vehicles, None] * items.channel_share[vehicles]).sum(axis=0) / today[vehicles].sum()
    assert np.allclose(shares, [0.69, 0.10, 0.21], atol=0.05)
    assert np.allclose(items.channel_share[items.family >= 0].sum(axis=1), 1.0)
    assert 150e6 < (today * items.list_price).sum() * 52 * 0.81 < 250e6


@both
def test_the_assortment_of_the_first_customers_is_the_demand_of_distribution(scale: str) -> None:
    about = company(scale)
    items, customers, assortment = about.items, about.customers, about.assortment
    known = customers.joined_day[assortment.customer] < 0
    total = np.bincount(assortment.item[known], assortment.weekly_rate[known], items.count)
    assert np.allclose(total, items.weekly_demand * items.channel_share[:, DISTRIBUTION] * about.scale.market)
    assert (customers.kind[assortment.customer] == DISTRIBUTION).all()
    now = items.sold_from_day[assortment.item] < 0
    carried = np.bincount(assortment.customer[now], minlength=customers.count)[customers.kind == DISTRIBUTION]
    assert carried.min() >= 4
    assert carried.max() <= 26
    assert (np.diff(assortment.customer) >= 0).all()


@both
def test_work_centres_are_loaded_as_planned_in_their_busiest_weeks(scale: str) -> None:
    about = company(scale)
    centres, operations, nodes, lines = about.work_centres, about.operations, about.nodes, about.bill_lines
    # Hours in one unit of each node, from the bottom up; first revisions, no set-ups.
    content = np.zeros((nodes.count, centres.count))
    lost = (1 + operations.rework_rate) / (1 - operations.defect_rate)
    np.add.at(content, (operations.node, operations.work_centre), operations.run_hours * operations.true_hours * lost)
    usual = (lines.substitute_of < 0) & ~lines.is_fixed & (lines.valid_from_day <= 0)
    for level in range(int(nodes.level.max()), -1, -1):
        for line in np.flatnonzero(usual & (nodes.level[lines.parent] == level)):
            factor = lines.quantity[line] / (1 - lines.scrap_rate[line])
            content[lines.parent[line]] += factor * content[lines.component[line]]
        moved = np.flatnonzero((nodes.level == level) & (nodes.supply == TRANSFER))
        content[moved] = content[nodes.source[moved]]
    days = REVIEWED_WEEKS * 7
    level_now = demand_level(about.items, days) * season_level(about.items, days, START)
    of_item = np.zeros((about.items.count, centres.count))
    home = made(about)
    of_item[nodes.item[home]] = content[home]
    hours = (level_now * about.items.weekly_demand * about.scale.market) @ of_item
    peak = ((hours[1:] + hours[:-1]) / 2).max(axis=0)
    capacity = centres.units * centres.hours_per_unit * centres.efficiency * WORKING_DAYS_A_WEEK
    load = peak / capacity
    # Set-ups come on top: at most a tenth of the time.
    assert load.max() < 0.93
    assert load.min() > 0.62
    bottleneck = load[centres.is_bottleneck]
    assert bottleneck.mean() > load[~centres.is_bottleneck].mean()


def test_a_larger_market_has_more_machines_and_customers_but_the_same_structure() -> None:
    small, medium = company("small"), company("medium")
    assert medium.items.ids == small.items.ids
    assert medium.suppliers.ids == small.suppliers.ids
    assert (medium.work_centres.units == 10 * small.work_centres.units).all()
    assert medium.customers.count == 10 * small.customers.count
    assert np.allclose(medium.nodes.max_lot, small.nodes.max_lot)


@both
def test_standard_costs_roll_up_through_the_bills(scale: str) -> None:
    about = company(scale)
    items, nodes, lines, operations = about.items, about.nodes, about.bill_lines, about.operations
    for period in (0, 2, 9):
        day = items.cost_from_day[period]
        cost = items.standard_cost[period]
        valid = (lines.valid_from_day <= day) & (day < lines.valid_until_day) & (lines.substitute_of < 0)
        valid &= ~lines.is_fixed
        each = lines.quantity / (1 - lines.scrap_rate) * cost[nodes.item[lines.component]] * valid
        material = np.bincount(lines.parent, each, nodes.count)
        hourly = operations.run_hours * about.work_centres.cost_per_hour[operations.work_centre]
        conversion = np.bincount(operations.node, hourly, nodes.count) * conversion_index(period + 1)[-1]
        own = np.flatnonzero(nodes.supply == MAKE)
        assert np.allclose(cost[nodes.item[own]], (material + conversion)[own], atol=2e-4)
        painted = np.flatnonzero(nodes.supply == SUBCONTRACT)
        assert (cost[nodes.item[painted]] >= material[painted]).all()
    yearly = items.standard_cost[1:] / items.standard_cost[:-1] - 1
    bought = nodes.item[nodes.supply == BUY]
    # Costs of a few cents are rounded to 4 decimals.
    assert yearly[:, bought].min() >= -0.012
    assert yearly[:, bought].max() <= 0.052


@both
def test_everything_costs_something_and_every_bill_takes_something(scale: str) -> None:
    about = company(scale)
    assert about.items.standard_cost.min() > 0
    assert set(tables(scale)["bom_components"]["bom_id"]) == set(tables(scale)["boms"]["bom_id"])


@both
def test_what_is_sold_earns_its_margin_and_prices_are_near_costs(scale: str) -> None:
    about = company(scale)
    items = about.items
    sold = items.list_price > 0
    assert (sold == (items.weekly_demand > 0)).all()
    now = sold & (items.sold_from_day < 0)
    margin = 1 - items.standard_cost[0, now] / (items.list_price[now] * 0.82)
    assert margin.min() > 0.22
    assert margin.max() < 0.50
    sources = about.sources
    rate = np.array(LONG_RUN_RATES)[about.suppliers.currency[sources.supplier]]
    item = about.nodes.item[sources.node]
    bought = about.nodes.supply[sources.node] == BUY
    ratio = (sources.price * rate / items.standard_cost[0, item])[bought]
    assert ratio.min() > 0.9
    assert ratio.max() < 1.2


def test_lead_times_are_booked_with_the_errors_of_a_real_company() -> None:
    about = company("small")
    sources, suppliers = about.sources, about.suppliers
    by = sources.supplier
    true = sources.production_days * 1.3 + suppliers.transit_days[by] + suppliers.customs_days[by]
    ratio = sources.book_lead_days / (true + suppliers.confirm_days[by])
    assert 0.2 < (ratio < 0.9).mean() < 0.4
    assert 0.1 < (ratio > 1.14).mean() < 0.3


@both
def test_lots_can_be_ordered(scale: str) -> None:
    nodes = company(scale).nodes
    limited = nodes.max_lot > 0
    assert (nodes.min_lot[limited] <= nodes.max_lot[limited]).all()
    assert (nodes.fixed_lot[limited] <= nodes.max_lot[limited]).all()
    whole = nodes.lot_multiple > 0
    for column in (nodes.min_lot, nodes.max_lot, nodes.fixed_lot):
        steps = column[whole] / nodes.lot_multiple[whole]
        assert np.allclose(steps, np.rint(steps), atol=1e-6)
    assert (nodes.lead_days >= 1).all()
    assert (nodes.safety_stock[nodes.strategy != TO_STOCK] == 0).all()


# Time


def test_the_company_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    again = build_company(7, SCALES["tiny"], START)
    assert same(company(), again)
    other = build_company(8, SCALES["tiny"], START)
    assert not same(company().items, other.items)
    assert company().suppliers.names != other.suppliers.names


@pytest.mark.parametrize("start", [date(2020, 2, 29), date(2024, 1, 1), date(2027, 11, 30)])
def test_any_start_date_will_do(start: date) -> None:
    about = build_company(3, SCALES["tiny"], start)
    assert about.is_working.shape == (len(about.calendars), HORIZON_DAYS)
    for day in (0, 77, 2000):
        weekday = (start + timedelta(day)).weekday()
        if weekday == 6:
            assert not about.is_working[:, day].any()
    assert about.exchange_rate.shape == (3, HORIZON_DAYS)
    assert (about.exchange_rate[1:].min(axis=1) > [5.8, 6.3]).all()
    assert (about.exchange_rate[1:].max(axis=1) < [8.5, 9.4]).all()
    assert about.items.cost_from_day[0] <= 0
    assert (np.diff(about.items.cost_from_day) >= 365).all()


def test_holidays_are_on_their_days() -> None:
    about = company()
    day = (date(2024, 2, 12) - START).days
    assert not about.is_working[about.calendars.index("CN-2"), day]
    assert about.is_working[about.calendars.index("EU"), day]
    assert easter_sunday(2024) == date(2024, 3, 31)
    assert festival(2026, 0) == date(2026, 2, 17)
    assert festival(2039, 0).month in {1, 2}


def test_promotions_and_campaigns_run_through_the_horizon() -> None:
    about = company()
    assert about.promotions.start_day.min() < 60
    assert about.promotions.start_day.max() > 4000
    assert (about.promotions.end_day >= about.promotions.start_day).all()
    assert about.campaigns.end_day.max() > 4000
    assert len(set(about.promotions.ids)) == len(about.promotions.ids)


# Canonical tables


def test_master_tables_keep_the_contract() -> None:
    contract = load_contract()
    written = tables()
    problems = []
    for name, frame in written.items():
        table = contract[name]
        for column in frame.columns:
            described = table.column(column)
            if described is None or described.derived:
                problems.append(f"{name}.{column} is not in the contract")
                continue
            if frame[column].dtype != POLARS_TYPES[described.data_type]:
                problems.append(f"{name}.{column} is {frame[column].dtype}")
            if described.values and not set(frame[column].drop_nulls().to_list()) <= set(described.values):
                problems.append(f"{name}.{column} has values outside the list")
            target = written.get(described.references or "")
            if target is not None:
                known = set(target[contract[described.references or ""].key[0]].to_list())
                if not set(frame[column].drop_nulls().to_list()) <= known:
                    problems.append(f"{name}.{column} refers to nothing")
        for column in table.required_columns:
            if column.name not in frame.columns:
                problems.append(f"{name}.{column.name} is missing")
            elif frame[column.name].null_count():
                problems.append(f"{name}.{column.name} is empty somewhere")
        key = [column for column in table.key if column in frame.columns]
        if frame.select(key).is_duplicated().any():
            problems.append(f"{name} repeats a key")
    assert problems == []


def test_every_planned_item_can_be_supplied_by_the_books() -> None:
    written = tables()
    policies = written["planning_policies"]
    bought = policies.filter(pl.col("supply_type") == "buy")["item_id"]
    assert set(bought) <= set(written["item_suppliers"]["item_id"])
    today = START + timedelta(AS_OF)
    valid = written["boms"].filter(pl.col("valid_from_date") <= today)["item_id"]
    assert set(policies.filter(pl.col("supply_type").is_in(["make", "subcontract"]))["item_id"]) <= set(valid)
    places = policies.filter(pl.col("supply_type") == "transfer")
    assert places["source_location_id"].null_count() == 0
    assert set(written["bom_components"]["operation_id"].drop_nulls()) <= set(
        written["routing_operations"]["operation_id"]
    )


def test_cost_parts_add_up_to_the_standard_cost() -> None:
    costs = tables()["item_costs"]
    parts = costs["material_cost"] + costs["labour_cost"] + costs["overhead_cost"]
    assert (parts - costs["standard_cost"]).abs().max() < 1e-6
    assert costs["material_cost"].min() >= 0
    made_items = costs.filter(pl.col("labour_cost") > 0)
    share = made_items["labour_cost"] / (made_items["labour_cost"] + made_items["overhead_cost"])
    assert abs(share.mean() - LABOUR_SHARE) < 1e-3  # type: ignore[operator]


def test_an_earlier_day_knows_the_same_less() -> None:
    early, late = tables(day=400), tables()
    static = {
        "locations", "suppliers", "sales_reps", "item_costs", "currency_rates", "sales_quotas", "transport_lanes",
        "safety_stock_targets", "demand_events", "boms", "routing_operations", "planning_policies", "supplier_tiers",
        "uom_conversions", "work_centres", "working_calendars", "shifts",
    }  # fmt: skip
    for name in sorted(static):
        extra = early[name].join(late[name], on=early[name].columns, how="anti", nulls_equal=True)
        assert extra.height == 0, name
    # What ends later does not say so yet.
    for name, ends in (("bom_components", "valid_to_date"), ("item_suppliers", "valid_to_date")):
        columns = [column for column in early[name].columns if column != ends]
        assert early[name].join(late[name], on=columns, how="anti", nulls_equal=True).height == 0
    assert early["items"].height < late["items"].height
    assert set(early["items"]["item_id"]) <= set(late["items"]["item_id"])


def test_an_item_is_in_the_books_from_some_time_before_it_is_sold() -> None:
    about = company()
    launched = np.flatnonzero((about.items.sold_from_day > 200) & (about.items.list_price > 0))
    first = int(launched[np.argmin(about.items.sold_from_day[launched])])
    known = int(about.items.sold_from_day[first]) - KNOWN_AHEAD_DAYS
    name = about.items.ids[first]
    assert name not in set(master_tables(about, known - 1)["items"]["item_id"])
    row = master_tables(about, known)["items"].row(by_predicate=pl.col("item_id") == name, named=True)
    assert row["lifecycle_status"] == "phase_in"
    assert row["introduced_date"] == START + timedelta(int(about.items.sold_from_day[first]))


def test_changed_parameters_bills_and_routings_are_shown_as_they_are_now() -> None:
    about = company()
    safety = about.nodes.safety_stock.copy()
    safety[:] = 3.0
    lines = about.bill_lines
    line = int(np.flatnonzero((lines.substitute_of < 0) & (lines.quantity == 2) & (lines.valid_from_day <= 0))[0])
    quantity = lines.quantity.copy()
    quantity[line] = 0.5
    hours = about.operations.run_hours.copy()
    hours[0] = 9.0
    written = master_tables(
        about, 100, replace(about.nodes, safety_stock=safety), replace(lines, quantity=quantity),
        replace(about.operations, run_hours=hours),
    )  # fmt: skip
    assert set(written["planning_policies"]["safety_stock_quantity"]) == {3.0}
    row = written["bom_components"].row(by_predicate=pl.col("bom_component_id") == lines.component_id[line], named=True)
    assert row["quantity"] == 0.5
    assert written["routing_operations"]["run_hours_per_unit"][0] == 9.0


def test_a_revision_that_comes_early_is_in_the_books_with_all_that_refers_to_it() -> None:
    about = company()
    lines = about.bill_lines
    day = 5
    new = int(np.flatnonzero(lines.valid_from_day > day + KNOWN_AHEAD_DAYS + 30)[0])
    begins = lines.valid_from_day.copy()
    begins[new] = day + 6
    name = about.items.ids[about.nodes.item[lines.component[new]]]
    assert name not in set(master_tables(about, day)["items"]["item_id"])
    written = master_tables(about, day, bill_lines=replace(lines, valid_from_day=begins))
    assert name in set(written["items"]["item_id"])
    assert name in set(written["item_suppliers"]["item_id"])
    assert name in set(written["item_costs"]["item_id"])


def test_fleets_ask_and_distribution_carries() -> None:
    about = company("small")
    customers = about.customers
    fleets = customers.kind == FLEET
    assert (customers.projects_per_year[fleets] > 0).all()
    assert (customers.projects_per_year[~fleets] == 0).all()
    first = customers.joined_day < 0
    assert (first & ~fleets).sum() == 60
    assert (first & fleets).sum() == 45
    assert (~first).sum() == 105
    ids = set(about.assortment.customer.tolist())
    assert ids == set(np.flatnonzero(~fleets).tolist())
