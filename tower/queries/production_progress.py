"""Open production orders: how far they are, what is in them, when they will be finished, and who waits.

Chances, dates and reasons come from the predictor `production_finish`; money is the open value of the sales order lines
that the pegging leads up to, each line once for an order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from tower.queries.kit_documents import WAITING_CUSTOMERS, WAITING_LINES

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MODEL = "production_finish"
WARNINGS = ("overdue", "start_overdue", "likely_late", "short_parts", "scrap")
# From this chance on an order counts as likely late.
LIKELY = 0.5
# Parts that are short are a warning when the order is to start within so many days.
SOON_DAYS = 7
# A figure with more rows cannot be read.
GANTT_ORDERS = 60
MOST_ROWS = 5_000

# Plants, families, work centres: nothing chosen means all.
Chosen = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
EVERYTHING: Chosen = ((), (), ())

_CHOSEN = """
    (len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), progress.plant_id))
    and (len(cast($families as varchar[])) = 0 or list_contains(cast($families as varchar[]), progress.product_family))
    and (
        len(cast($centres as varchar[])) = 0
        or exists (
            select 1 from marts.mart_production_operations as operations
            where
                operations.production_order_id = progress.production_order_id
                and list_contains(cast($centres as varchar[]), operations.work_centre_id)
        )
    )
"""
_ORDERS = f"""
    with recursive asked as (
        select 'production_order' as order_type, progress.production_order_id as order_id
        from marts.mart_production_progress as progress
        where {_CHOSEN}
    ),
    {WAITING_LINES},
    {WAITING_CUSTOMERS},
    strongest as (
        select
            reasons.production_order_id,
            arg_max(
                (reasons.feature, reasons.value, reasons.usual_value, reasons.effect, reasons.explains),
                (reasons.effect * case
                    when reasons.explains = 'days' or predictions.late_probability >= reasons.average then 1 else -1
                end, -reasons.rank)
            ) as reason
        from core.fct_production_prediction_reasons as reasons
        inner join core.fct_production_predictions as predictions
            on reasons.production_order_id = predictions.production_order_id
        where reasons.feature <> 'days_to_due'
        group by reasons.production_order_id
    )
    select
        progress.*, waiting_customers.customer_name, waiting_customers.customer_count,
        coalesce(waiting_customers.waiting_value, 0) as waiting_value, waiting_customers.first_date,
        coalesce(waiting_customers.waiting_value, 0) * coalesce(progress.late_probability, 0) as value_at_risk,
        strongest.reason[1] as reason, strongest.reason[2] as reason_value, strongest.reason[3] as reason_usual,
        strongest.reason[4] as reason_effect, strongest.reason[5] as reason_explains,
        progress.is_overdue = 1 as warns_overdue,
        progress.started_date is null and progress.planned_start_date < $as_of as warns_start_overdue,
        progress.is_overdue = 0 and coalesce(progress.late_probability, 0) >= {LIKELY} as warns_likely_late,
        coalesce(progress.kit_status in ('short', 'partial'), false)
        and progress.planned_start_date <= $as_of + interval {SOON_DAYS} day as warns_short_parts,
        coalesce(progress.scrapped_quantity, 0) > 0 as warns_scrap
    from asked
    inner join marts.mart_production_progress as progress on asked.order_id = progress.production_order_id
    left join waiting_customers on asked.order_id = waiting_customers.order_id
    left join strongest on asked.order_id = strongest.production_order_id
    order by value_at_risk desc, progress.planned_finish_date, progress.production_order_id
    limit {MOST_ROWS}
"""


def _given(warehouse: Warehouse, chosen: Chosen, **more: Any) -> dict[str, Any]:
    plants, families, centres = (list(one) for one in chosen)
    return {"plants": plants, "families": families, "centres": centres, **more}


def orders(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Open orders, most money at risk (waiting money × chance of being late) first.

    All columns of the mart; customer_name (with most money), customer_count, waiting_value, value_at_risk; reason,
    reason_value, reason_usual, reason_effect: the fact that pushes the prediction furthest its way, other than the days
    that are left, which nobody can change; warns_… of WARNINGS.
    """
    return warehouse.frame(_ORDERS, _given(warehouse, chosen, as_of=warehouse.as_of))


def work_centres(warehouse: Warehouse) -> pl.DataFrame:
    """Work centres of open orders: work_centre_id, work_centre_name."""
    return warehouse.frame(
        """
        select distinct work_centre_id, coalesce(work_centre_name, work_centre_id) as work_centre_name
        from marts.mart_production_operations
        where work_centre_id is not null
        order by work_centre_id
        """
    )


def waiting_money(warehouse: Warehouse, order_ids: tuple[str, ...]) -> tuple[int, float]:
    """Sales order lines that wait for any of these orders, each once, and their open value."""
    found = warehouse.frame(
        f"""
        with recursive asked as (
            select 'production_order' as order_type, unnest(cast($ids as varchar[])) as order_id
        ),
        {WAITING_LINES},
        once as (select distinct demand_id, value from waiting_lines)
        select count(*), coalesce(sum(value), 0) from once
        """,
        {"ids": list(order_ids)},
    )
    lines, value = found.row(0)
    return int(lines), float(value)


def by_operation(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Work in process by work centre: orders whose first unfinished operation is there, what waits, hours and value."""
    return warehouse.frame(
        f"""
        select
            progress.work_centre_id, coalesce(progress.work_centre_name, progress.work_centre_id) as work_centre_name,
            count(distinct progress.production_order_id) filter (
                where progress.is_current = 1 and progress.order_status = 'in_progress'
            ) as orders,
            sum(progress.waiting_quantity) as waiting_quantity,
            sum(progress.standard_hours - progress.earned_hours) as remaining_hours,
            sum(progress.earned_hours) filter (where progress.is_finished = 0) as earned_hours,
            sum(progress.work_in_process_value) as work_in_process_value,
            count(*) filter (where progress.is_current = 1 and progress.work_in_process_value is null) as unknown_orders
        from marts.mart_production_operations as progress
        where {_CHOSEN}
        group by progress.work_centre_id, progress.work_centre_name
        order by work_in_process_value desc nulls last, progress.work_centre_id
        """,
        _given(warehouse, chosen),
    )


def scrap(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Good, scrap and rework of the open orders' operations by work centre and item, most scrap first."""
    return warehouse.frame(
        f"""
        select
            coalesce(progress.work_centre_name, progress.work_centre_id) as work_centre_name, progress.item_id,
            min(progress.item_name) as item_name, min(progress.item_name_zh) as item_name_zh,
            min(progress.base_uom) as base_uom, count(distinct progress.production_order_id) as orders,
            sum(progress.good_quantity) as good_quantity, sum(progress.scrap_quantity) as scrap_quantity,
            sum(progress.rework_quantity) as rework_quantity,
            sum(progress.good_quantity) / nullif(sum(progress.good_quantity + progress.scrap_quantity), 0) as yield_rate
        from marts.mart_production_operations as progress
        where {_CHOSEN}
        group by progress.work_centre_id, progress.work_centre_name, progress.item_id
        having sum(coalesce(progress.good_quantity, 0) + coalesce(progress.scrap_quantity, 0)) > 0
        order by scrap_quantity desc nulls last, progress.work_centre_id, progress.item_id
        """,
        _given(warehouse, chosen),
    )


def operations(warehouse: Warehouse, order_id: str) -> pl.DataFrame:
    """The operations of one order, in their sequence."""
    return warehouse.frame(
        """
        select * from marts.mart_production_operations
        where production_order_id = $id
        order by sequence, work_order_id
        """,
        {"id": order_id},
    )


def parts(warehouse: Warehouse, order_id: str) -> pl.DataFrame:
    """The parts of one order, those that are short first."""
    return warehouse.frame(
        """
        select parts.*, suppliers.supplier_name
        from marts.mart_production_parts as parts
        left join core.fct_purchase_order_lines as bought
            on parts.receipt_type = 'purchase_order_line' and parts.receipt_id = bought.purchase_order_line_id
        left join core.dim_suppliers as suppliers on bought.supplier_id = suppliers.supplier_id
        where parts.production_order_id = $id
        order by coalesce(parts.short_quantity, 0) > 0 desc, parts.open_quantity > 0 desc, parts.component_line
        """,
        {"id": order_id},
    )


def history(warehouse: Warehouse, order_id: str) -> pl.DataFrame:
    """What has happened to one order: day, event, work_centre_name, quantity, count of movements."""
    return warehouse.frame(
        """
        with events as (
            select
                created_date as day, 'created' as event, null as work_centre_id, ordered_quantity as quantity,
                null as n
            from core.fct_production_orders where production_order_id = $id
            union all
            select started_date, 'started', work_centre_id, null, null
            from core.fct_operation_progress where production_order_id = $id and started_date is not null
            union all
            select finished_date, 'finished', work_centre_id, good_quantity, null
            from core.fct_operation_progress where production_order_id = $id and finished_date is not null
            union all
            select moved_date, movement_type, null, null, count(*)
            from core.fct_stock_movements
            where reference_type = 'production_order' and reference_id = $id
            group by moved_date, movement_type
        )
        select
            events.day, events.event, work_centres.work_centre_name, cast(events.quantity as double) as quantity,
            cast(events.n as integer) as movements
        from events
        left join core.dim_work_centres as work_centres on events.work_centre_id = work_centres.work_centre_id
        where events.day is not null
        order by events.day, events.event = 'created' desc, events.event, work_centres.work_centre_name
        """,
        {"id": order_id},
    )


def reasons(warehouse: Warehouse, order_id: str) -> pl.DataFrame:
    """What each fact of one order moves, the largest first: explains, feature, value, usual_value, effect, average."""
    return warehouse.frame(
        """
        select explains, rank, feature, value, usual_value, effect, average
        from core.fct_production_prediction_reasons
        where production_order_id = $id
        order by explains desc, rank
        """,
        {"id": order_id},
    )


def model(warehouse: Warehouse) -> dict[str, Any] | None:
    """What gives the predictions and why: reason, used_for_probability, used_for_date, running_count."""
    found = warehouse.frame("select * from core.fct_prediction_models where model = $model", {"model": MODEL})
    return found.row(0, named=True) if found.height else None


def validation(warehouse: Warehouse) -> pl.DataFrame:
    """Every candidate at every cutoff, all cutoffs together first."""
    return warehouse.frame(
        """
        select * from core.fct_prediction_validation
        where model = $model
        order by split <> 'all', split, candidate = 'model_target_shuffled', candidate = 'model', candidate
        """,
        {"model": MODEL},
    )


def calibration(warehouse: Warehouse, candidate: str) -> pl.DataFrame:
    """Chance given against share late, by tenth of the chances."""
    return warehouse.frame(
        """
        select bin, rows, predicted, observed from core.fct_prediction_calibration
        where model = $model and candidate = $candidate order by bin
        """,
        {"model": MODEL, "candidate": candidate},
    )
