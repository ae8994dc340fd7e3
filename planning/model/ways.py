"""How a node is supplied: its sources with their lead times, and what each of them takes.

The policy says how; without one a bill valid there, a lane from where the item is planned, a supplier, in this order.
Lead times, by precedence: agreement with the supplier, policy, routing; of transfers policy, then lane. Which one it
was is kept.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from planning.model.calendars import WorkingCalendars
from planning.model.lead_times import (
    LeadTimeOrigin,
    agreed,
    current_agreements,
    offset_days,
    operation_starts,
    routing_days,
)
from planning.model.rows import KEY, PlanningRows
from planning.mrp.codes import SourceKind

# Hours of work as calendar days, for what others make.
WEEK_OF_WORK = 5 / 7

SOURCE_SCHEMA = {
    "item_id": pl.String, "location_id": pl.String, "kind": pl.Int64, "priority": pl.Int64, "share": pl.Float64,
    "lead_time_days": pl.Float64, "lead_time_days_per_unit": pl.Float64, "lead_time_origin": pl.Int64,
    "valid_from_date": pl.Date, "valid_to_date": pl.Date, "min_lot": pl.Float64, "lot_multiple": pl.Float64,
    "supplier_id": pl.String, "from_location_id": pl.String, "bom_id": pl.String, "made_at": pl.String,
}  # fmt: skip


_RANKED = {"rank": pl.UInt32, **SOURCE_SCHEMA}
LINE_SCHEMA = {
    "source": pl.Int64, "item_id": pl.String, "location_id": pl.String, "quantity": pl.Float64,
    "fixed_quantity": pl.Float64, "scrap_rate": pl.Float64, "valid_from_date": pl.Date, "valid_to_date": pl.Date,
    "offset_days": pl.Int64, "substitute_group": pl.String, "substitute_priority": pl.Int64,
    "is_by_product": pl.Boolean,
}  # fmt: skip


class Supply:
    """Sources and lines of any set of nodes."""

    def __init__(self, rows: PlanningRows, as_of: date, calendars: WorkingCalendars) -> None:
        self.rows, self.calendars = rows, calendars
        self.policies = rows.policies.select(*KEY, "supply_type", "lead_time_days", "source_location_id")
        self.routing = routing_days(rows, calendars)
        self.starts = operation_starts(rows, calendars)
        self.agreements = current_agreements(rows, as_of)

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
            .select("source", "bom_id", "kind", "lead_time_days", location_id="made_at")
            .join(self.rows.boms.select("bom_id", "bom_type", "output_quantity"), on="bom_id", maintain_order="left")
            .join(self.rows.components, on="bom_id", maintain_order="left")
            .join(self.starts, on=["bom_id", "operation_id"], how="left", maintain_order="left")
            .with_columns(
                item_id="component_item_id",
                offset_days=pl.when("is_by_product").then(0).otherwise(offset_days(pl.col("start_days"))),
            )
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
                offset_days=0, substitute_group=None, substitute_priority=1, is_by_product=False,
            )
        )  # fmt: skip
        return pl.concat([one.select(*LINE_SCHEMA).cast(LINE_SCHEMA) for one in (bills, transfers)])  # type: ignore[arg-type]

    def _deduced(self, nodes: pl.DataFrame) -> pl.DataFrame:
        """Nodes without a policy, with the supply type that their master data allow; without any they are left out."""
        boms = self.rows.boms
        made = nodes.join(boms.select("item_id", "bom_type", place="location_id"), on="item_id", maintain_order="left")
        made = made.filter(pl.col("place").is_null() | (pl.col("place") == pl.col("location_id")))
        made = made.unique("rank", keep="first", maintain_order=True).select(
            "rank",
            by_bill=pl.when(pl.col("bom_type") == "subcontract").then(pl.col("bom_type")).otherwise(pl.lit("make")),
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
        dealt = together.join(agreed(self.agreements), on="item_id", how="left", maintain_order="left")
        dealt = dealt.with_columns(
            kind=int(SourceKind.SUBCONTRACT),
            from_location_id=None,
            priority=pl.coalesce("priority", 1) * 1000 + pl.coalesce("agreed_priority", 1),
            valid_from_date=pl.max_horizontal("valid_from_date", "agreed_from_date"),
            valid_to_date=pl.min_horizontal("valid_to_date", "agreed_to_date"),
        )
        return self._timed(dealt)

    def _bought(self, nodes: pl.DataFrame) -> pl.DataFrame:
        dealt = nodes.join(agreed(self.agreements), on="item_id", how="left", maintain_order="left")
        dealt = dealt.with_columns(
            kind=int(SourceKind.BUY), bom_id=None, made_at=None, from_location_id=None, priority="agreed_priority",
            valid_from_date="agreed_from_date", valid_to_date="agreed_to_date",
        )  # fmt: skip
        return self._timed(dealt)

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
        by_policy = (
            pl.when(is_make).then(pl.col("lead_time_days") * week / 7 - 1e-9).otherwise(pl.col("lead_time_days"))
        )
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


def _sources(found: pl.DataFrame) -> pl.DataFrame:
    """The columns of a source, those that do not apply empty."""
    missing = [pl.lit(None).cast(kind).alias(name) for name, kind in SOURCE_SCHEMA.items() if name not in found.columns]
    return found.with_columns(missing).select("rank", *SOURCE_SCHEMA).cast(_RANKED)  # type: ignore[arg-type]
