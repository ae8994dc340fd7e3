"""The network of a plan: which items at which places are planned, how each is supplied, and what that takes.

A node is an item at a location: those of the policies, those that documents name, and those that a bill or a transfer
of another node needs. How a node is supplied: its policy says; without one a bill valid there, a lane from where the
item is planned, a supplier, in this order. Lead times: agreement with the supplier, policy, routing or lane; which one it
was is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import polars as pl

from pipelines.plan.calendars import WorkingCalendars
from pipelines.plan.reading import PlanningRows
from planning.mrp.codes import SourceKind

KEY = ["item_id", "location_id"]
KINDS = {"make": SourceKind.MAKE, "buy": SourceKind.BUY, "transfer": SourceKind.TRANSFER,
         "subcontract": SourceKind.SUBCONTRACT}  # fmt: skip
WEEK_OF_WORK = 5 / 7


class LeadTimeOrigin(IntEnum):
    """Where a lead time comes from; the names are what tables and sentences say."""

    ITEM_SUPPLIER = 0
    POLICY = 1
    ROUTING = 2
    LANE = 3
    NOTHING = 4


SOURCE_SCHEMA = {
    "item_id": pl.String, "location_id": pl.String, "kind": pl.Int64, "priority": pl.Int64, "share": pl.Float64,
    "lead_time_days": pl.Float64, "lead_time_days_per_unit": pl.Float64, "lead_time_origin": pl.Int64,
    "valid_from_date": pl.Date, "valid_to_date": pl.Date, "min_lot": pl.Float64, "lot_multiple": pl.Float64,
    "supplier_id": pl.String, "from_location_id": pl.String, "bom_id": pl.String, "made_at": pl.String,
}  # fmt: skip


_RANKED = {"rank": pl.UInt32, **SOURCE_SCHEMA}


@dataclass(frozen=True, slots=True)
class Network:
    """`nodes` (KEY, has_policy), `sources` (SOURCE_SCHEMA), both in the order of their codes.

    `lines`: one row a component of a source (`source` its code): item_id and location_id of the component, its
    quantity per unit and per order, scrap, validity, substitute group and priority, is_by_product.
    """

    nodes: pl.DataFrame
    sources: pl.DataFrame
    lines: pl.DataFrame


def network(rows: PlanningRows, as_of: date, asked: pl.DataFrame, calendars: WorkingCalendars) -> Network:
    """The network that planned items and the nodes that documents ask for (`asked`, KEY) need."""
    supply = _Supply(rows, as_of, calendars)
    policies = rows.policies.select(KEY)
    known = pl.concat([policies, asked.select(KEY)]).unique(maintain_order=True)
    frontier, parts, line_parts, sources = known, [], [], 0
    while frontier.height:
        found = supply.sources(frontier).with_row_index("source", offset=sources)
        lines = supply.lines(found)
        sources += found.height
        parts.append(found.select(pl.col("source").cast(pl.Int64), *SOURCE_SCHEMA))
        line_parts.append(lines)
        frontier = lines.select(KEY).unique(maintain_order=True).join(known, on=KEY, how="anti", maintain_order="left")
        known = pl.concat([known, frontier])
    nodes = known.sort(KEY).join(
        policies.with_columns(has_policy=pl.lit(value=True)), on=KEY, how="left", maintain_order="left"
    )
    return Network(
        nodes.with_columns(pl.col("has_policy").fill_null(value=False)),
        pl.concat(parts) if parts else pl.DataFrame(schema={"source": pl.Int64, **SOURCE_SCHEMA}),
        pl.concat(line_parts) if line_parts else pl.DataFrame(schema=LINE_SCHEMA),
    )


LINE_SCHEMA = {
    "source": pl.Int64, "item_id": pl.String, "location_id": pl.String, "quantity": pl.Float64,
    "fixed_quantity": pl.Float64, "scrap_rate": pl.Float64, "valid_from_date": pl.Date, "valid_to_date": pl.Date,
    "substitute_group": pl.String, "substitute_priority": pl.Int64, "is_by_product": pl.Boolean,
}  # fmt: skip


class _Supply:
    """Sources and lines of any set of nodes."""

    def __init__(self, rows: PlanningRows, as_of: date, calendars: WorkingCalendars) -> None:
        self.rows, self.calendars = rows, calendars
        self.policies = rows.policies.select(*KEY, "supply_type", "lead_time_days", "source_location_id")
        self.routing = _routing_days(rows, calendars)
        self.agreements = _current(rows, as_of)

    def sources(self, nodes: pl.DataFrame) -> pl.DataFrame:
        """All sources of some nodes, in the order of the nodes, then of priority."""
        stated = nodes.join(self.policies, on=KEY, how="left", maintain_order="left").with_row_index("rank")
        deduced = self._deduced(stated.filter(pl.col("supply_type").is_null()))
        known = pl.concat([stated.filter(pl.col("supply_type").is_not_null()), deduced], how="vertical")
        parts = [
            self._made(known.filter(pl.col("supply_type") == "make")),
            self._subcontracted(known.filter(pl.col("supply_type") == "subcontract")),
            self._bought(known.filter(pl.col("supply_type") == "buy")),
            self._transferred(known.filter(pl.col("supply_type") == "transfer")),
        ]
        together = pl.concat(parts).sort("rank", "priority", maintain_order=True)
        return together.select(*SOURCE_SCHEMA).cast(SOURCE_SCHEMA)  # type: ignore[arg-type]

    def lines(self, sources: pl.DataFrame) -> pl.DataFrame:
        """What each source takes: components where it is made, or the item itself at the shipping place."""
        of_bill = (
            sources.filter(pl.col("bom_id").is_not_null())
            .select("source", "bom_id", location_id="made_at")
            .join(self.rows.boms.select("bom_id", "output_quantity"), on="bom_id", maintain_order="left")
            .join(self.rows.components, on="bom_id", maintain_order="left")
            .with_columns(item_id="component_item_id")
        )
        per_output = pl.col("quantity") / pl.col("output_quantity")
        bills = of_bill.with_columns(
            quantity=pl.when("is_fixed_quantity").then(0.0).otherwise(per_output),
            fixed_quantity=pl.when("is_fixed_quantity").then(pl.col("quantity")).otherwise(0.0),
        )
        transfers = (
            sources.filter((pl.col("kind") == SourceKind.TRANSFER) & pl.col("from_location_id").is_not_null())
            .select("source", "item_id", location_id="from_location_id")
            .with_columns(
                quantity=1.0, fixed_quantity=0.0, scrap_rate=0.0, valid_from_date=None, valid_to_date=None,
                substitute_group=None, substitute_priority=1, is_by_product=False,
            )
        )  # fmt: skip
        return pl.concat([one.select(*LINE_SCHEMA).cast(LINE_SCHEMA) for one in (bills, transfers)])  # type: ignore[arg-type]

    def _deduced(self, nodes: pl.DataFrame) -> pl.DataFrame:
        """Nodes without a policy, with the supply type that their master data allows; those without any are left out."""
        boms = self.rows.boms
        made = nodes.join(boms.select("item_id", "bom_type", place="location_id"), on="item_id", maintain_order="left")
        made = made.filter(pl.col("place").is_null() | (pl.col("place") == pl.col("location_id")))
        made = made.unique("rank", keep="first", maintain_order=True).select(
            "rank", by_bill=pl.when(pl.col("bom_type") == "subcontract").then(pl.col("bom_type")).otherwise(pl.lit("make"))
        )
        shipped = self._lanes_from_planned(nodes).select("rank", shipper="from_location_id")
        bought = self.agreements.select("item_id", agreed=pl.lit(value=True)).unique("item_id")
        anywhere = self.policies.select("item_id", elsewhere="location_id").unique("item_id", keep="first")
        return (
            nodes.join(made, on="rank", how="left", maintain_order="left")
            .join(shipped, on="rank", how="left", maintain_order="left")
            .join(bought, on="item_id", how="left", maintain_order="left")
            .join(anywhere, on="item_id", how="left", maintain_order="left")
            .with_columns(
                supply_type=pl.coalesce(
                    "by_bill",
                    pl.when(pl.col("shipper").is_not_null()).then(pl.lit("transfer")),
                    pl.when("agreed").then(pl.lit("buy")),
                    pl.when(pl.col("elsewhere").is_not_null()).then(pl.lit("transfer")),
                ),
                source_location_id=pl.coalesce("shipper", "elsewhere"),
            )
            .filter(pl.col("supply_type").is_not_null())
            .select(nodes.columns)
        )

    def _lanes_from_planned(self, nodes: pl.DataFrame) -> pl.DataFrame:
        """The quickest lane into each node from a place where its item is planned."""
        lanes = self.rows.lanes.select("from_location_id", location_id="to_location_id", lane_days="lead_time_days")
        found = nodes.select("rank", *KEY).join(lanes, on="location_id", maintain_order="left")
        planned = self.policies.select("item_id", from_location_id="location_id")
        found = found.join(planned, on=["item_id", "from_location_id"], how="semi", maintain_order="left")
        return found.sort("rank", "lane_days", "from_location_id").unique("rank", keep="first", maintain_order=True)

    def _made(self, nodes: pl.DataFrame) -> pl.DataFrame:
        """One source for each bill valid at the place; one without a bill where there is none."""
        bills = self.rows.boms.filter(pl.col("bom_type") != "subcontract")
        at_place = nodes.join(bills.rename({"location_id": "place"}), on="item_id", maintain_order="left")
        at_place = at_place.filter(pl.col("place").is_null() | (pl.col("place") == pl.col("location_id")))
        without = nodes.join(at_place, on="rank", how="anti", maintain_order="left")
        together = pl.concat([at_place, without], how="diagonal").with_columns(
            kind=int(SourceKind.MAKE), made_at="location_id", supplier_id=None, from_location_id=None
        )
        return self._timed(together.with_columns(agreed_days=None))

    def _subcontracted(self, nodes: pl.DataFrame) -> pl.DataFrame:
        """One source for each subcontract bill and supplier; parts are taken where the bill is carried out."""
        bills = self.rows.boms.filter(pl.col("bom_type") == "subcontract").rename({"location_id": "place"})
        found = nodes.join(bills, on="item_id", maintain_order="left").with_columns(
            is_here=pl.col("place").is_null() | (pl.col("place") == pl.col("location_id"))
        )
        here = found.filter("is_here")
        away = found.filter(~pl.col("is_here")).join(here, on="rank", how="anti", maintain_order="left")
        found = pl.concat([here, away]).with_columns(made_at=pl.coalesce("place", "location_id"))
        without = nodes.join(found, on="rank", how="anti", maintain_order="left").with_columns(made_at="location_id")
        together = pl.concat([found, without], how="diagonal").drop("is_here")
        agreed = together.join(_agreements(self.agreements), on="item_id", how="left", maintain_order="left")
        agreed = agreed.with_columns(
            kind=int(SourceKind.SUBCONTRACT),
            from_location_id=None,
            priority=pl.coalesce("priority", 1) * 1000 + pl.coalesce("agreed_priority", 1),
            valid_from_date=pl.max_horizontal("valid_from_date", "agreed_from_date"),
            valid_to_date=pl.min_horizontal("valid_to_date", "agreed_to_date"),
        )
        return self._timed(agreed)

    def _bought(self, nodes: pl.DataFrame) -> pl.DataFrame:
        agreed = nodes.join(_agreements(self.agreements), on="item_id", how="left", maintain_order="left")
        agreed = agreed.with_columns(
            kind=int(SourceKind.BUY), bom_id=None, made_at=None, from_location_id=None, priority="agreed_priority",
            valid_from_date="agreed_from_date", valid_to_date="agreed_to_date",
        )  # fmt: skip
        return self._timed(agreed)

    def _transferred(self, nodes: pl.DataFrame) -> pl.DataFrame:
        """From where the policy says, else by the quickest lane from where the item is planned."""
        lanes = self._lanes_from_planned(nodes).select("rank", quickest="from_location_id")
        days = self.rows.lanes.group_by("from_location_id", location_id="to_location_id").agg(
            lane_days=pl.col("lead_time_days").min()
        )
        found = (
            nodes.join(lanes, on="rank", how="left", maintain_order="left")
            .with_columns(from_location_id=pl.coalesce("source_location_id", "quickest"))
            .filter(pl.col("from_location_id").is_not_null())
            .join(days, on=["from_location_id", "location_id"], how="left", maintain_order="left")
        )
        return _sources(
            found.with_columns(
                kind=int(SourceKind.TRANSFER), priority=1, share=1.0, lead_time_days_per_unit=0.0,
                lead_time_origin=pl.when(pl.col("lead_time_days").is_not_null()).then(int(LeadTimeOrigin.POLICY))
                .when(pl.col("lane_days").is_not_null()).then(int(LeadTimeOrigin.LANE))
                .otherwise(int(LeadTimeOrigin.NOTHING)),
                lead_time_days=pl.coalesce("lead_time_days", "lane_days", 0.0).ceil(),
            )
        )  # fmt: skip

    def _timed(self, found: pl.DataFrame) -> pl.DataFrame:
        """Lead time by precedence; for what is made in working days of the plant, else in calendar days."""
        found = found if "bom_id" in found.columns else found.with_columns(bom_id=None)
        found = found.with_columns(pl.col("bom_id").cast(pl.String), pl.col("agreed_days").cast(pl.Float64))
        found = found.join(self.routing, on="bom_id", how="left", maintain_order="left")
        is_make = pl.col("kind") == SourceKind.MAKE
        week = self._working_week(found)
        by_policy = pl.when(is_make).then(pl.col("lead_time_days") * week / 7 - 1e-9).otherwise(pl.col("lead_time_days"))
        by_routing = pl.when(is_make).then(pl.col("routing_days")).otherwise(pl.col("routing_days") / WEEK_OF_WORK)
        origin = (
            pl.when(pl.col("agreed_days").is_not_null()).then(int(LeadTimeOrigin.ITEM_SUPPLIER))
            .when(pl.col("lead_time_days").is_not_null()).then(int(LeadTimeOrigin.POLICY))
            .when(pl.col("routing_days").is_not_null()).then(int(LeadTimeOrigin.ROUTING))
            .otherwise(int(LeadTimeOrigin.NOTHING))
        )  # fmt: skip
        return _sources(
            found.with_columns(lead_time_origin=origin).with_columns(
                lead_time_days=pl.coalesce("agreed_days", by_policy, by_routing, 0.0).ceil(),
                lead_time_days_per_unit=pl.when(pl.col("lead_time_origin") == LeadTimeOrigin.ROUTING)
                .then(pl.col("routing_days_per_unit")).otherwise(0.0),
                priority=pl.coalesce("priority", 1),
            )
        )  # fmt: skip

    def _working_week(self, found: pl.DataFrame) -> pl.Expr:
        """Working days of an ordinary week at each place."""
        codes = self.rows.locations.select("location_id", "calendar_id")
        week = {row[0]: self.calendars.working_days(7.0, self.calendars.code(row[1])) for row in codes.iter_rows()}
        return pl.col("location_id").replace_strict(week, default=7, return_dtype=pl.Float64)


def _current(rows: PlanningRows, as_of: date) -> pl.DataFrame:
    """Agreements that hold now or later, with suppliers that may be ordered from; of an item without any its last one.

    What holds today holds for overdue releases, too: they can only be ordered now.
    """
    blocked = rows.suppliers.filter(pl.col("supplier_status") == "blocked")["supplier_id"].implode()
    open_to_order = rows.item_suppliers.filter(~pl.col("supplier_id").is_in(blocked))
    holds = pl.col("valid_to_date").is_null() | (pl.col("valid_to_date") >= as_of)
    current = open_to_order.filter(holds)
    ended = open_to_order.join(current, on="item_id", how="anti").sort("valid_to_date", descending=True)
    together = pl.concat([current, ended.unique("item_id", keep="first", maintain_order=True)])
    begun = pl.when(pl.col("valid_from_date") > as_of).then(pl.col("valid_from_date"))
    return together.with_columns(valid_from_date=begun).sort("item_id", "priority", "supplier_id")


def _agreements(agreements: pl.DataFrame) -> pl.DataFrame:
    return agreements.select(
        "item_id", "supplier_id", agreed_days="lead_time_days", agreed_priority="priority",
        share=pl.col("allocation_rate"), min_lot="min_order_quantity", lot_multiple="order_multiple",
        agreed_from_date="valid_from_date", agreed_to_date="valid_to_date",
    )  # fmt: skip


def _routing_days(rows: PlanningRows, calendars: WorkingCalendars) -> pl.DataFrame:
    """Working days that a bill's operations take, one after the other: `routing_days` an order, and for each unit.

    An order works the hours of its work centre's calendar, or its capacity where that is less.
    """
    centres = rows.work_centres.join(
        rows.locations.select("location_id", place_calendar="calendar_id"), on="location_id", how="left"
    )
    hours = pl.DataFrame(
        [
            (row["work_centre_id"],
             min(calendars.hours(calendars.code(row["calendar_id"] or row["place_calendar"])),
                 row["capacity_hours_per_day"] or 24.0))
            for row in centres.iter_rows(named=True)
        ],
        schema={"work_centre_id": pl.String, "hours_a_day": pl.Float64}, orient="row",
    )  # fmt: skip
    fixed = (pl.col("setup_hours") + pl.col("queue_hours") + pl.col("move_hours")) / pl.col("hours_a_day")
    return (
        rows.operations.join(hours, on="work_centre_id", maintain_order="left")
        .group_by("bom_id", maintain_order=True)
        .agg(
            routing_days=fixed.sum(), routing_days_per_unit=(pl.col("run_hours_per_unit") / pl.col("hours_a_day")).sum()
        )
    )


def _sources(found: pl.DataFrame) -> pl.DataFrame:
    """The columns of a source, those that do not apply empty."""
    missing = [pl.lit(None).cast(kind).alias(name) for name, kind in SOURCE_SCHEMA.items() if name not in found.columns]
    return found.with_columns(missing).select("rank", *SOURCE_SCHEMA).cast(_RANKED)  # type: ignore[arg-type]
