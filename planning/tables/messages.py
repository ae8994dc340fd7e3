"""What the plan has to say as tables: action messages about orders and demand, and findings about data."""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.model.firmed import FIRM_PLANNED
from planning.model.inputs import PlanningModel
from planning.mrp.action_messages import action_messages
from planning.mrp.codes import FAR, NONE, Integers
from planning.mrp.messages import CODES, MessageCode
from planning.tables.load import supplier_overloads
from planning.tables.naming import chosen, dates, units
from planning.tables.results import Planned, named, served


def plan_messages(result: Planned) -> pl.DataFrame:
    """One row for each message, with the order or demand it is about and the customers' money behind it.

    First those of the engine, then overloads of suppliers, then findings of the inputs.
    """
    together = pl.concat([_of_engine(result), _of_suppliers(result), _of_inputs(result.model)], how="diagonal")
    return together.with_columns(message_number=pl.int_range(pl.len(), dtype=pl.Int64))


def _of_engine(result: Planned) -> pl.DataFrame:
    load = result.load
    found = action_messages(
        result.pegging, result.model.settings.dampers, load=load.hours, capacity=load.capacity, edges=load.edges,
        starts=_starts(result.model), releases=_releases(result),
    )  # fmt: skip
    of_centre = found.code == CODES.index(MessageCode.OVERLOAD)
    node = pl.Series(np.where(of_centre, NONE, found.node)).replace(NONE, None)
    nodes = result.model.nodes
    has_supply = np.flatnonzero(found.supply >= 0)
    money = np.zeros(found.count)
    money[has_supply] = served(result, found.supply[has_supply])[2]
    kinds = [finding.kind.value for finding in result.plan.findings]
    return pl.DataFrame(
        {
            "message_number": np.arange(found.count),
            "code": chosen(tuple(code.value for code in CODES), found.code),
            "item_id": nodes["item_id"].gather(node),
            "location_id": nodes["location_id"].gather(node),
            "planner": nodes["planner"].gather(node),
            "work_centre_id": chosen(result.model.work_centres, np.where(of_centre, found.node, NONE)),
            "supplier_id": pl.repeat(None, found.count, dtype=pl.String, eager=True),
            "order_type": named(result.names.supply_type, found.supply),
            "order_id": named(result.names.supply_id, found.supply),
            "demand_type": named(result.names.demand_type, found.demand),
            "demand_id": named(result.names.demand_id, found.demand),
            "finding_kind": chosen(tuple(kinds), found.finding),
            "message_date": dates(found.day),
            "to_date": dates(found.to_day),
            "days": found.days,
            "quantity": units(found.quantity),
            "value": found.value,
            "served_value": money,
        }
    )


def _of_suppliers(result: Planned) -> pl.DataFrame:
    """Suppliers who are asked for more of an item than they can deliver, and the day by which they could."""
    over = supplier_overloads(result.model, result.plan, result.load.edges)
    return _with_planner(over.with_columns(location_id=pl.lit(None, dtype=pl.String)), result.model).select(
        "item_id", "planner", "supplier_id", "days", "quantity",
        code=pl.lit(MessageCode.OVERLOAD.value), message_date="week_start_date",
        to_date=pl.col("week_start_date") + pl.duration(days="days"), value=pl.lit(0.0), served_value=pl.lit(0.0),
    )  # fmt: skip


def _of_inputs(model: PlanningModel) -> pl.DataFrame:
    """What the inputs leave out of an item that there is: a refused row may name one that there is not."""
    named = model.findings.unique(maintain_order=True).join(
        model.rows.items.select("item_id").unique(), on="item_id", how="semi", maintain_order="left"
    )
    places = model.rows.locations["location_id"].unique().to_list()
    placed = named.with_columns(pl.when(pl.col("location_id").is_in(places)).then("location_id"))
    return _with_planner(placed, model).select(
        "item_id", "location_id", "planner", code=pl.lit(MessageCode.DATA_ERROR.value), finding_kind="kind",
        message_date=pl.lit(model.as_of), to_date=pl.lit(model.as_of), days=pl.lit(0, dtype=pl.Int64),
        quantity=pl.lit(0.0), value=pl.lit(0.0), served_value=pl.lit(0.0),
    )  # fmt: skip


def _with_planner(frame: pl.DataFrame, model: PlanningModel) -> pl.DataFrame:
    """Who plans the item at the place; of no place, who plans it everywhere, where that is one person."""
    nodes = model.nodes.select("item_id", "location_id", "planner")
    people = pl.col("planner").drop_nulls()
    everywhere = nodes.group_by("item_id").agg(only_planner=pl.when(people.n_unique() == 1).then(people.first()))
    found = frame.join(nodes, on=["item_id", "location_id"], how="left", maintain_order="left").join(
        everywhere, on="item_id", how="left", maintain_order="left"
    )
    return found.with_columns(
        planner=pl.when(pl.col("location_id").is_null()).then("only_planner").otherwise("planner")
    )


def _starts(model: PlanningModel) -> Integers:
    """By row of open supply the day on which it should start; FAR where it has begun or has nothing to start."""
    orders = model.rows.production_orders.filter(~pl.col("is_started")).select(
        document_id="production_order_id", document_type=pl.lit("production_order"), day="planned_start_date"
    )
    found = model.supply.join(orders, on=["document_type", "document_id"], how="left", maintain_order="left")
    of_firmed = pl.when(pl.col("document_type") == FIRM_PLANNED).then("start_date")
    days = found.select(pl.coalesce(of_firmed, "day")).to_series()
    return days.cast(pl.Date).cast(pl.Int32).cast(pl.Int64).fill_null(FAR).to_numpy()


def _releases(result: Planned) -> Integers:
    """By row of open supply the day on which it is to be released; FAR where it is no firmed order."""
    is_firmed = (result.model.supply["document_type"] == FIRM_PLANNED).to_numpy()
    return np.where(is_firmed, result.plan.problem.open_supply.start_day, FAR)


def plan_findings(result: Planned, others: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row for each thing that is not planned as it was stated: of the inputs, of the engine, then the `others`."""
    nodes = result.model.nodes
    names = [f"{item} @ {place}" for item, place in nodes.select("item_id", "location_id").iter_rows()]
    rows = [
        (
            finding.kind.value, nodes["item_id"][finding.node], nodes["location_id"][finding.node],
            " → ".join(names[node] for node in (*finding.nodes, *finding.nodes[:1])) or None,
        )
        for finding in result.plan.findings
    ]  # fmt: skip
    own = pl.DataFrame(rows, schema=result.model.findings.schema, orient="row")
    together = pl.concat([result.model.findings, own, *([] if others is None else [others])]).unique(
        maintain_order=True
    )
    return together.with_row_index("finding_number").with_columns(pl.col("finding_number").cast(pl.Int64))
