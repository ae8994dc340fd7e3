"""One opportunity: its stages, activities, quotations, lines and the facts that move its chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse


def opportunity(warehouse: Warehouse, opportunity_id: str) -> dict[str, Any] | None:
    """Everything of mart_pipeline about it; None where the reader has no such opportunity."""
    frame = warehouse.frame("select * from marts.mart_pipeline where opportunity_id = $id", {"id": opportunity_id})
    return frame.row(0, named=True) if frame.height else None


def stages(warehouse: Warehouse, opportunity_id: str) -> pl.DataFrame:
    """Its stages in order, with how long won ones were in each: won_median."""
    return warehouse.frame(
        """
        select visits.visit, visits.stage, visits.entered_date, visits.left_date, visits.next_stage,
            coalesce(
                visits.days_in_stage,
                case when visits.is_current = 1 then date_diff('day', visits.entered_date, $as_of) end
            ) as days_in_stage,
            usual.won_median
        from core.fct_opportunity_stages as visits
        left join (
            select stage, median(days_in_stage) as won_median from marts.mart_pipeline_stages
            where opportunity_status = 'won' group by stage
        ) as usual on visits.stage = usual.stage
        where visits.opportunity_id = $id order by visits.visit
        """,
        {"id": opportunity_id, "as_of": warehouse.as_of},
    )


def activities(warehouse: Warehouse, opportunity_id: str) -> pl.DataFrame:
    """Its activities, the last one first."""
    return warehouse.frame(
        """
        select activities.activity_date, activities.activity_type, activities.activity_id,
            coalesce(reps.sales_rep_name, activities.sales_rep_id) as sales_rep_name
        from core.fct_activities as activities
        left join core.dim_sales_reps as reps on activities.sales_rep_id = reps.sales_rep_id
        where activities.opportunity_id = $id order by activities.activity_date desc, activities.activity_id
        """,
        {"id": opportunity_id},
    )


def quotations(warehouse: Warehouse, opportunity_id: str) -> pl.DataFrame:
    """Its quotations, the last one first."""
    return warehouse.frame(
        """
        select quotation_id, quoted_date, net_value, quotation_status, sales_order_id
        from core.fct_quotations where opportunity_id = $id order by quoted_date desc, quotation_id
        """,
        {"id": opportunity_id},
    )


def lines(warehouse: Warehouse, opportunity_id: str) -> pl.DataFrame:
    """What may be bought."""
    return warehouse.frame(
        """
        select lines.item_id, items.item_name, items.item_name_zh, lines.category_id, lines.quantity, items.base_uom,
            lines.net_value, lines.expected_date
        from core.fct_opportunity_lines as lines left join core.dim_items as items on lines.item_id = items.item_id
        where lines.opportunity_id = $id order by lines.opportunity_line_id
        """,
        {"id": opportunity_id},
    )


def reasons(warehouse: Warehouse, opportunity_id: str) -> pl.DataFrame:
    """What moves its chance, the greatest effect first; empty where a plain rule gives the chance."""
    return warehouse.frame(
        """
        select rank, feature, value, usual_value, effect from core.fct_win_reasons
        where opportunity_id = $id order by rank
        """,
        {"id": opportunity_id},
    )
