"""From a build to the engine's problem: names become codes, quantities millionths, dates days.

Everything that is not planned as it was stated becomes a finding with its item; nothing is left out in silence. The
frames of `PlanningModel` are in the order of the engine's codes, so that a plan can be read back with names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from planning.model.calendars import WorkingCalendars, day_number, working_calendars
from planning.model.documents import SUPPLY_SCHEMA, Documents, Places, documents
from planning.model.firmed import FIRM_PLANNED, FirmedOrders, firmed_orders, lost_orders
from planning.model.forecast import PlacedForecast, placed_forecast
from planning.model.lead_times import offset_days, operation_starts
from planning.model.network import Network, network
from planning.model.nodes import node_arrays
from planning.model.rows import KEY, PlanningRows
from planning.model.settings import STOCK_STATUS, PlanningSettings
from planning.mrp import (
    BillLines,
    Demands,
    Forecasts,
    OpenSupply,
    Operations,
    PlanningProblem,
    SafetyStockSteps,
    Settings,
    Sources,
    Stock,
)
from planning.mrp.codes import FAR, NONE, UNIT, Floats, Integers

FINDING_SCHEMA = {"kind": pl.String, "item_id": pl.String, "location_id": pl.String, "reference": pl.String}


@dataclass(frozen=True, slots=True)
class PlanningModel:
    """The problem with the names behind its codes. A frame's row number is the engine's code.

    `firmed`: the orders that planners took over as firm, with what became of each (`FirmedOrders.states`).
    """

    as_of: date
    problem: PlanningProblem
    rows: PlanningRows
    calendars: WorkingCalendars
    nodes: pl.DataFrame
    sources: pl.DataFrame
    demands: pl.DataFrame
    forecasts: pl.DataFrame
    supply: pl.DataFrame
    stock: pl.DataFrame
    customers: tuple[str, ...]
    suppliers: tuple[str, ...]
    work_centres: tuple[str, ...]
    order_lines: tuple[str, ...]
    findings: pl.DataFrame
    settings: PlanningSettings = field(default_factory=PlanningSettings)
    firmed: pl.DataFrame = field(default_factory=pl.DataFrame)


def planning_model(rows: PlanningRows, as_of: date, settings: PlanningSettings | None = None) -> PlanningModel:
    """The problem of a day, by the company's settings. Raises PlanningError only for contradictory calendars."""
    settings = PlanningSettings() if settings is None else settings
    calendars = working_calendars(rows.calendars, as_of)
    places = Places(rows)
    papers = documents(rows, places)
    forecast = placed_forecast(rows, places, as_of, calendars)
    asked = pl.concat([papers.demands.select(KEY), papers.supply.select(KEY), forecast.rows.select(KEY)]).unique()
    found = network(rows, as_of, asked, calendars)
    nodes = found.nodes.with_row_index("node").with_columns(pl.col("node").cast(pl.Int64))
    problem_nodes, nodes = node_arrays(rows, found, nodes, calendars, settings.forecast_window_days)
    site = {place: code for code, place in enumerate(nodes["location_id"].unique().sort())}
    customers, order_lines = _codes(papers.demands["customer_id"]), _codes(papers.demands["sales_order_line_id"])
    suppliers = _codes(found.sources["supplier_id"])
    centres = _codes(rows.work_centres["work_centre_id"])
    firmed = firmed_orders(rows, found.sources)
    supply = _coded(pl.concat([papers.supply, firmed.supply.select(*SUPPLY_SCHEMA)]), nodes)
    stock = _coded(papers.stock, nodes)
    demands = _coded(papers.demands, nodes)
    forecasts = _coded(forecast.rows, nodes)
    problem = PlanningProblem(
        first_day=day_number(as_of),
        nodes=problem_nodes,
        sources=_sources(found.sources, nodes, rows, calendars, suppliers, site),
        lines=_lines(found, nodes),
        demands=_demands(demands, supply, customers, order_lines),
        forecasts=Forecasts.of(
            forecasts.height, node=_of(forecasts, "node"), day=_days(forecasts, "date"), days=_of(forecasts, "days"),
            period=_of(forecasts, "period"), quantity=_of(forecasts, "quantity"),
            value=_of(forecasts, "quantity") / UNIT * problem_nodes.unit_value[_of(forecasts, "node")],
        ),
        open_supply=_open_supply(
            supply, found.sources, problem_nodes.yield_rate, order_lines, firmed.supply["source"].to_numpy()
        ),
        stock=Stock.of(
            stock.height, node=_of(stock, "node"), quantity=_millionths(stock, "quantity"),
            status=_lookup(stock["stock_status"], {name: code for code, name in enumerate(STOCK_STATUS)}),
            expiry_day=_days(stock, "expiry_date", FAR), tracking=_lookup(stock["sales_order_line_id"], order_lines),
        ),
        safety_stock_steps=_safety_stock(rows, nodes),
        operations=_operations(rows, found.sources, centres, calendars),
        calendars=calendars.arrays,
        settings=Settings(scrap_formula=settings.scrap, usable_status=settings.usable_status),
    )  # fmt: skip
    return PlanningModel(
        as_of, problem, rows, calendars, nodes, found.sources, demands, forecasts, supply, stock,
        tuple(customers), tuple(suppliers), tuple(centres), tuple(order_lines),
        _findings(rows, papers, forecast, found, firmed), settings, firmed.states,
    )  # fmt: skip


def _coded(frame: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Rows with the code of their node."""
    return frame.join(nodes.select("node", *KEY), on=KEY, maintain_order="left")


def _codes(names: pl.Series) -> dict[str, int]:
    return {name: code for code, name in enumerate(names.drop_nulls().unique().sort())}


def _of(frame: pl.DataFrame, column: str) -> Integers:
    return frame[column].to_numpy().astype(np.int64)


def _floats(frame: pl.DataFrame, column: str, otherwise: float) -> Floats:
    return frame[column].fill_null(otherwise).to_numpy().astype(np.float64)


def _millionths(frame: pl.DataFrame, column: str, otherwise: int = 0) -> Integers:
    return (frame[column] * UNIT).round(0).cast(pl.Int64).fill_null(otherwise).to_numpy()


def _days(frame: pl.DataFrame, column: str, otherwise: int = 0) -> Integers:
    """Dates as days: a polars date counts from 1970-01-01, as the engine's days do."""
    return frame[column].cast(pl.Int32).cast(pl.Int64).fill_null(otherwise).to_numpy()


def _lookup(names: pl.Series, codes: dict[str, int]) -> Integers:
    if not codes:
        return np.full(names.len(), NONE)
    return names.replace_strict(codes, default=NONE, return_dtype=pl.Int64).fill_null(NONE).to_numpy()


def _sources(
    sources: pl.DataFrame, nodes: pl.DataFrame, rows: PlanningRows, calendars: WorkingCalendars,
    suppliers: dict[str, int], site: dict[str, int],
) -> Sources:  # fmt: skip
    """Lead times are whole days; a make source works by the calendar of its place, the others ship by the shipper's."""
    places = {row[0]: calendars.code(row[1]) for row in rows.locations.select("location_id", "calendar_id").iter_rows()}
    shippers = {
        row[0]: calendars.code(row[1]) for row in rows.suppliers.select("supplier_id", "calendar_id").iter_rows()
    }
    coded = _coded(sources, nodes)
    by_place, by_supplier = _lookup(coded["from_location_id"], places), _lookup(coded["supplier_id"], shippers)
    return Sources.of(
        coded.height,
        node=_of(coded, "node"),
        kind=_of(coded, "kind"),
        priority=_of(coded, "priority"),
        share=_floats(coded, "share", 1.0),
        lead_time_days=_floats(coded, "lead_time_days", 0.0).astype(np.int64),
        lead_time_days_per_unit=_floats(coded, "lead_time_days_per_unit", 0.0),
        calendar=np.where(by_supplier != NONE, by_supplier, by_place),
        valid_from=_days(coded, "valid_from_date", -FAR),
        valid_to=_days(coded, "valid_to_date", FAR),
        min_lot=_millionths(coded, "min_lot"),
        lot_multiple=_millionths(coded, "lot_multiple"),
        supplier=_lookup(coded["supplier_id"], suppliers),
        from_site=_lookup(coded["from_location_id"], site),
        lead_time_origin=_of(coded, "lead_time_origin"),
    )


def _lines(found: Network, nodes: pl.DataFrame) -> BillLines:
    lines = _coded(found.lines, nodes)
    groups = lines.select(group=pl.concat_str([pl.col("source").cast(pl.String), "substitute_group"], separator="/"))
    return BillLines.of(
        lines.height,
        source=_of(lines, "source"),
        component=_of(lines, "node"),
        quantity=_floats(lines, "quantity", 0.0),
        fixed_quantity=_floats(lines, "fixed_quantity", 0.0),
        scrap_rate=_floats(lines, "scrap_rate", 0.0),
        valid_from=_days(lines, "valid_from_date", -FAR),
        valid_to=_days(lines, "valid_to_date", FAR),
        offset_days=_of(lines, "offset_days"),
        is_by_product=lines["is_by_product"].to_numpy(),
        substitute_group=_lookup(groups["group"], _codes(groups["group"])),
        substitute_priority=_of(lines, "substitute_priority"),
    )


def _demands(
    demands: pl.DataFrame, supply: pl.DataFrame, customers: dict[str, int], order_lines: dict[str, int]
) -> Demands:
    """Sales lines, and parts that open orders have still to take: those point at the row of their order."""
    row_of = {name: row for row, name in enumerate(supply["document_id"])}
    return Demands.of(
        demands.height,
        node=_of(demands, "node"),
        day=_days(demands, "date"),
        quantity=_millionths(demands, "quantity"),
        priority=demands["priority"].fill_null(0).to_numpy().astype(np.int64),
        customer=_lookup(demands["customer_id"], customers),
        value=_floats(demands, "value", 0.0),
        tracking=_lookup(demands["sales_order_line_id"], order_lines),
        for_supply=_lookup(demands["for_document_id"], row_of),
    )


def _open_supply(
    supply: pl.DataFrame, sources: pl.DataFrame, yield_rate: Floats, order_lines: dict[str, int], firmed: Integers,
) -> OpenSupply:  # fmt: skip
    """What is expected good: what is still to be made less the usual scrap. Who needs his bill has its source.

    `firmed`: the sources of the firmed orders, which are the last rows.
    """
    made = supply["document_type"].is_in(["production_order", FIRM_PLANNED]).to_numpy()
    node = _of(supply, "node")
    quantity = _millionths(supply, "quantity")
    good = np.where(made, np.floor(quantity * yield_rate[node] + 1e-6).astype(np.int64), quantity)
    bills = (
        supply.select(*KEY, "bom_id", "needs_parts")
        .with_row_index("row")
        .filter("needs_parts")
        .join(sources.filter(pl.col("bom_id").is_not_null()).select("source", *KEY, own_bom="bom_id"), on=KEY)
        .filter(pl.col("bom_id").is_null() | (pl.col("bom_id") == pl.col("own_bom")))
        .sort("row", "source")
        .unique("row", keep="first", maintain_order=True)
    )
    source = np.full(supply.height, NONE)
    source[bills["row"].to_numpy()] = bills["source"].to_numpy()
    source[supply.height - firmed.size :] = firmed
    return OpenSupply.of(
        supply.height,
        node=node,
        day=_days(supply, "date"),
        quantity=good,
        kind=_of(supply, "kind"),
        is_firm=supply["is_firm"].to_numpy(),
        source=source,
        start_day=np.where(source != NONE, _days(supply, "start_date"), -FAR),
        start_quantity=np.where(source != NONE, quantity, 0),
        tracking=_lookup(supply["sales_order_line_id"], order_lines),
    )


def _safety_stock(rows: PlanningRows, nodes: pl.DataFrame) -> SafetyStockSteps:
    steps = _coded(rows.safety_stocks, nodes)
    return SafetyStockSteps.of(
        steps.height, node=_of(steps, "node"), day=_days(steps, "valid_from_date"),
        quantity=_millionths(steps, "quantity"),
    )  # fmt: skip


def _operations(
    rows: PlanningRows, sources: pl.DataFrame, centres: dict[str, int], calendars: WorkingCalendars
) -> Operations:
    """Operations of each source in their sequence, on the working day on which the fixed times before them end."""
    found = sources.filter(pl.col("bom_id").is_not_null()).select("source", "bom_id", "kind", "lead_time_days")
    found = (
        found.join(
            rows.operations.filter(pl.col("work_centre_id").is_in(list(centres))), on="bom_id", maintain_order="left"
        )
        .join(rows.boms.select("bom_id", "bom_type"), on="bom_id", how="left", maintain_order="left")
        .join(operation_starts(rows, calendars), on=["bom_id", "operation_id"], how="left", maintain_order="left")
        .with_columns(offset_days=offset_days(pl.col("start_days")))
    )
    return Operations.of(
        found.height,
        source=_of(found, "source"),
        work_centre=_lookup(found["work_centre_id"], centres),
        setup_hours=_floats(found, "setup_hours", 0.0),
        run_hours_per_unit=_floats(found, "run_hours_per_unit", 0.0),
        offset_days=_of(found, "offset_days"),
    )


def _findings(
    rows: PlanningRows, papers: Documents, forecast: PlacedForecast, found: Network, firmed: FirmedOrders
) -> pl.DataFrame:
    """What the inputs leave out: papers without a place, refused rows, sources without lead time, barred suppliers,
    firmed orders whose item, place or source is gone."""
    unplaced = pl.concat([papers.unplaced, forecast.unplaced]).select(*FINDING_SCHEMA)
    refused = rows.refused_rows.select(
        pl.lit("refused_row").alias("kind"), "item_id", pl.lit(None, dtype=pl.String).alias("location_id"),
        pl.concat_str(["table_name", "record_key", "rule"], separator=" · ", ignore_nulls=True).alias("reference"),
    )  # fmt: skip
    phantoms = rows.boms.filter(pl.col("bom_type") == "phantom").select("bom_id")
    timeless = found.sources.filter(pl.col("lead_time_origin") == 4).join(phantoms, on="bom_id", how="anti").select(
        pl.lit("no_lead_time").alias("kind"), *KEY, pl.coalesce("supplier_id", "bom_id").alias("reference")
    )  # fmt: skip
    barred = rows.suppliers.filter(pl.col("supplier_status") == "blocked").select("supplier_id")
    blocked = (
        rows.item_suppliers.join(barred, on="supplier_id", how="semi")
        .filter(pl.col("valid_to_date").is_null())
        .select(
            pl.lit("blocked_supplier").alias("kind"), "item_id", pl.lit(None, dtype=pl.String).alias("location_id"),
            pl.col("supplier_id").alias("reference"),
        )
        .unique(maintain_order=True)
    )  # fmt: skip
    lost = lost_orders(firmed.states)
    return pl.concat([one.cast(FINDING_SCHEMA) for one in (unplaced, refused, timeless, blocked, lost)])  # type: ignore[arg-type]
