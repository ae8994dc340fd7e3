"""The inbox of alerts, and one alert with its figures, what it hits, its causes and its action, in the reader's scope.

Whoever sees nothing that an alert hits does not see the alert. Its money, lines and customers are those of the reader:
the severity is the company's. `exclusive_value` of all alerts adds up to the true total; `at_risk_value` of an alert is
what it hits, and a line hit by several is in each. How the money is worked out: docs/detection.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# A chain is told for the line with the most money; the others are opened one by one.
MOST_HITS = 500

_INBOX = """
    with seen as (
        select
            alert_key,
            count(distinct customer_id) filter (where hit_lines > 0) as hit_customers,
            cast(sum(hit_lines) as integer) as hit_lines,
            cast(sum(late_lines) as integer) as late_lines,
            sum(at_risk_value) as at_risk_value, sum(exclusive_value) as exclusive_value,
            sum(own_value) as own_value, sum(money_value) as money_value
        from marts.mart_alerts
        group by alert_key
    ),
    effects as (
        select alert_key, sum(after_value - before_value) as late_value_change,
            cast(sum(case when before_value > 0 and after_value = 0 then 1 else 0 end) as integer) as saved_lines
        from core.fct_alert_effect_lines
        group by alert_key
    ),
    named as (
        select distinct
            alert_key, kind, area, severity, owner_role, subject_type, subject_id, subject_item_id,
            subject_location_id, subject_name, subject_name_zh, since_date, first_sign_date, first_seen_date,
            running_since_date, strength,
            is_symptom, action, value_basis, member_count, has_change, is_simulated
        from marts.mart_alerts
    )
    select
        named.*, seen.hit_customers, seen.hit_lines, seen.late_lines, seen.at_risk_value, seen.exclusive_value,
        seen.own_value, seen.money_value,
        case when named.is_simulated = 1 then coalesce(effects.late_value_change, 0) end as late_value_change,
        case when named.is_simulated = 1 then coalesce(effects.saved_lines, 0) end as saved_lines
    from named
    inner join seen on named.alert_key = seen.alert_key
    left join effects on named.alert_key = effects.alert_key
"""


def inbox(warehouse: Warehouse) -> pl.DataFrame:
    """One row for each alert that the reader sees, the most money first.

    alert_key, kind, area, severity, owner_role, subject_type, subject_id, subject_item_id, subject_location_id,
    subject_name, subject_name_zh, since_date (its own first sign), first_sign_date (with its members), first_seen_date
    (first build), running_since_date (from which on all builds had it), strength, is_symptom, action, value_basis,
    member_count, has_change, is_simulated, hit_customers,
    hit_lines, late_lines, at_risk_value, exclusive_value, own_value, money_value, late_value_change (of the reader's
    lines by the action: less than 0 is better; null where it was not simulated), saved_lines.
    """
    return warehouse.frame(f"{_INBOX} order by money_value desc, strength desc nulls last, alert_key")


def totals(warehouse: Warehouse) -> Mapping[str, Any]:
    """Of all alerts that the reader sees: alerts, hit_lines (each once), exclusive_value, own_value, money_value."""
    return warehouse.frame(
        """
        select
            count(distinct alert_key) as alerts,
            (select count(distinct sales_order_line_id) from marts.mart_alert_hits) as hit_lines,
            coalesce(sum(exclusive_value), 0) as exclusive_value, coalesce(sum(own_value), 0) as own_value,
            coalesce(sum(money_value), 0) as money_value
        from marts.mart_alerts
        """
    ).row(0, named=True)


def alert(warehouse: Warehouse, alert_key: str) -> Mapping[str, Any] | None:
    """The row of `inbox` of one alert; None where the reader does not see it or this build has not got it."""
    found = warehouse.frame(f"{_INBOX} where named.alert_key = $alert", {"alert": alert_key})
    return None if found.is_empty() else found.row(0, named=True)


def members(warehouse: Warehouse, alert_key: str) -> pl.DataFrame:
    """The findings that make up the alert, the root first, of order lines those that the reader sees.

    finding_id, parent_id, kind, subject_type, subject_id, since_date, strength, own_value, value_basis, is_root.
    """
    return warehouse.frame(
        """
        select
            finding_id, parent_id, kind, subject_type, subject_id, since_date, strength, own_value, value_basis,
            case when finding_id = alert_key then 1 else 0 end as is_root
        from core.fct_alert_members
        where
            alert_key = $alert and alert_key in (select alert_key from marts.mart_alerts)
            and (
                kind not in ('order_late', 'order_at_risk')
                or subject_id in (select sales_order_line_id from marts.mart_alert_hits where alert_key = $alert)
            )
        order by is_root desc, kind, strength desc nulls last, finding_id
        """,
        {"alert": alert_key},
    )


def evidence(warehouse: Warehouse, alert_key: str, finding_id: str | None = None) -> pl.DataFrame:
    """The figures of the root, or of another member: sequence, figure, value, unit, usual_value, first_date, last_date.

    `figure` is the text key `alert.figure.<figure>`; `unit` is days, pieces, rate, money, hours or count.
    """
    return warehouse.frame(
        """
        select sequence, figure, value, unit, usual_value, first_date, last_date
        from core.fct_alert_evidence
        where
            alert_key = $alert and finding_id = $finding
            and alert_key in (select alert_key from marts.mart_alerts)
        order by sequence
        """,
        {"alert": alert_key, "finding": finding_id or alert_key},
    )


def documents(warehouse: Warehouse, alert_key: str) -> pl.DataFrame:
    """The documents and places that the root sits on: document_type, document_id."""
    return warehouse.frame(
        """
        select document_type, document_id
        from core.fct_alert_touches
        where
            alert_key = $alert and finding_id = $alert and alert_key in (select alert_key from marts.mart_alerts)
        order by document_type, document_id
        """,
        {"alert": alert_key},
    )


def hits(warehouse: Warehouse, alert_key: str) -> pl.DataFrame:
    """The reader's order lines that the alert hits, the most money first, at most MOST_HITS.

    sales_order_line_id, sales_order_id, customer_id, customer_name, item_id, item_name, item_name_zh, location_id,
    plant_id, demand_date, possible_date, late_days, value (open), is_late, at_risk_value, share_rate, exclusive_value,
    is_sole (without this alert it would be in time), tier (1 held up by it, 2 passed on, 3 likely by how
    supplies came, 4 hidden from the plan, 5 no cause known).
    """
    return warehouse.frame(
        f"""
        select
            sales_order_line_id, sales_order_id, customer_id, customer_name, item_id, item_name, item_name_zh,
            location_id, plant_id, demand_date, possible_date, line_late_days as late_days, value, is_late,
            line_value as at_risk_value, share_rate, exclusive_value, is_sole, tier
        from marts.mart_alert_hits
        where alert_key = $alert
        order by line_value desc, sales_order_line_id
        limit {MOST_HITS}
        """,
        {"alert": alert_key},
    )


def chain(warehouse: Warehouse, alert_key: str, sales_order_line_id: str | None = None) -> pl.DataFrame:
    """The way from the cause to an order line, the cause's supply first; without a line, to the one with most money.

    step, document_type, document_id, item_id, item_name, item_name_zh, location_id, quantity, uom, supplier_name,
    asked_date, available_date, late_days. The last step is what the order line takes.
    """
    return warehouse.frame(
        """
        with chosen as (
            select hits.sales_order_line_id
            from marts.mart_alert_hits as hits
            where
                hits.alert_key = $alert
                and hits.sales_order_line_id = coalesce($line, hits.sales_order_line_id)
                and exists (
                    select 1 from core.fct_alert_causes as told
                    where told.alert_key = hits.alert_key and told.sales_order_line_id = hits.sales_order_line_id
                )
            order by hits.line_value desc, hits.sales_order_line_id
            limit 1
        )
        select
            steps.step, steps.document_type, steps.document_id, steps.item_id, items.item_name, items.item_name_zh,
            steps.location_id, steps.quantity, items.base_uom as uom, suppliers.supplier_name, steps.asked_date,
            steps.available_date, steps.late_days
        from core.fct_alert_causes as steps
        inner join chosen on steps.sales_order_line_id = chosen.sales_order_line_id
        left join core.dim_items as items on steps.item_id = items.item_id
        left join core.fct_purchase_order_lines as bought
            on steps.document_type = 'purchase_order_line' and steps.document_id = bought.purchase_order_line_id
        left join core.fct_plan_orders as planned
            on steps.document_type = 'planned_order' and steps.document_id = planned.plan_order_id
        left join core.dim_suppliers as suppliers
            on coalesce(bought.supplier_id, planned.supplier_id) = suppliers.supplier_id
        where steps.alert_key = $alert
        order by steps.step
        """,
        {"alert": alert_key, "line": sales_order_line_id},
    )


def action(warehouse: Warehouse, alert_key: str) -> Mapping[str, Any] | None:
    """What is suggested: action, change_file, situation_file, state (simulated, not_simulated), reason.

    `change_file` opens as a scenario; `situation_file` comes before it where the plan does not know the trouble yet.
    """
    found = warehouse.frame(
        """
        select action, change_file, situation_file, state, reason
        from core.fct_alert_actions
        where alert_key = $alert and alert_key in (select alert_key from marts.mart_alerts)
        """,
        {"alert": alert_key},
    )
    return None if found.is_empty() else found.row(0, named=True)


def effect_lines(warehouse: Warehouse, alert_key: str) -> pl.DataFrame:
    """The reader's order lines whose late money the action changes: sales_order_line_id, customer_id, before_value,
    after_value; the largest change first."""
    return warehouse.frame(
        """
        select sales_order_line_id, customer_id, before_value, after_value
        from core.fct_alert_effect_lines
        where alert_key = $alert
        order by abs(after_value - before_value) desc, sales_order_line_id
        """,
        {"alert": alert_key},
    )


def effects(warehouse: Warehouse, alert_key: str) -> pl.DataFrame:
    """The measures of the whole plan before and after the action: measure, unit, before, after.

    They are the company's, so that a reader of a part gets none: `effect_lines` has the own ones.
    """
    found = warehouse.frame(
        'select measure, unit, "before", "after" from core.fct_alert_effects where alert_key = $alert order by measure',
        {"alert": alert_key},
    )
    return found if warehouse.scope.is_everything else found.clear()


def detectors(warehouse: Warehouse) -> pl.DataFrame:
    """How each detector ran: detector, kinds, state (ran, not_connected), missing_rows, findings."""
    return warehouse.frame(
        "select detector, kinds, state, missing_rows, findings from core.fct_alert_detectors order by detector"
    )
