"""What Odoo itself adds up, asked in its own tables at the moment of the load: the build is held against it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.sources.odoo.columns import Database
from pipelines.sources.odoo.database import Snapshot

CONFIRMED = "state in ('sale', 'done')"
OWN_PLACES = "(l.usage = 'internal' or (l.usage = 'transit' and l.company_id is not null))"


@dataclass(frozen=True, slots=True)
class Total:
    """One measure: SQL of (subject, value) on the tables of `modules`; `{company}` is the company's number."""

    measure: str
    modules: tuple[str, ...]
    sql: str


TOTALS = (
    Total(
        "sales_net_value",
        ("sale",),
        "select to_char(o.date_order, 'YYYY-MM-01'), sum(l.price_subtotal / coalesce(nullif(o.currency_rate, 0), 1)) "
        "from sale_order_line l join sale_order o on o.id = l.order_id "
        f"where o.{CONFIRMED} and l.display_type is null and o.company_id = {{company}} group by 1",
    ),
    Total(
        "sales_orders",
        ("sale",),
        f"select '', count(*) from sale_order where {CONFIRMED} and company_id = {{company}}",
    ),
    Total("quotations", ("sale",), "select '', count(*) from sale_order where company_id = {company}"),
    Total(
        "open_opportunities",
        ("crm",),
        "select '', sum(l.expected_revenue) from crm_lead l left join crm_stage s on s.id = l.stage_id where l.active "
        "and l.type = 'opportunity' and not coalesce(s.is_won, false) "
        "and (l.company_id = {company} or l.company_id is null)",
    ),
    Total(
        "purchases_net_value",
        ("purchase",),
        "select '', sum(l.price_subtotal / coalesce(nullif(o.currency_rate, 0), 1)) from purchase_order_line l "
        "join purchase_order o on o.id = l.order_id "
        "where o.state in ('purchase', 'done') and l.display_type is null and o.company_id = {company}",
    ),
    Total(
        "production_orders_done",
        ("mrp",),
        "select '', count(*) from mrp_production where state = 'done' and company_id = {company}",
    ),
    Total(
        "work_orders_done",
        ("mrp",),
        "select '', count(*) from mrp_workorder w join mrp_production p on p.id = w.production_id "
        "where w.state = 'done' and p.company_id = {company}",
    ),
    Total(
        "stock_quantity",
        ("stock",),
        "select cast(q.product_id as text), sum(q.quantity) from stock_quant q "
        f"join stock_location l on l.id = q.location_id where {OWN_PLACES} and q.company_id = {{company}} group by 1",
    ),
    Total(
        "stock_value",
        ("stock_account",),
        "select cast(product_id as text), sum(value) from stock_valuation_layer "
        "where company_id = {company} group by 1",
    ),
    Total(
        "invoices_net_value",
        ("account",),
        "select to_char(invoice_date, 'YYYY-MM-01'), sum(amount_untaxed_signed) from account_move "
        "where state = 'posted' and move_type in ('out_invoice', 'out_refund', 'out_receipt') "
        "and company_id = {company} group by 1",
    ),
    Total(
        "customer_open_value",
        ("account",),
        "select '', sum(amount_residual_signed) from account_move where state = 'posted' "
        "and move_type in ('out_invoice', 'out_refund', 'out_receipt') and company_id = {company}",
    ),
    Total(
        "supplier_open_value",
        ("account",),
        "select '', -sum(amount_residual_signed) from account_move where state = 'posted' "
        "and move_type in ('in_invoice', 'in_refund', 'in_receipt') and company_id = {company}",
    ),
    Total(
        "account_balance",
        ("account",),
        "select cast(account_id as text), sum(balance) from account_move_line where parent_state = 'posted' "
        "and account_id is not null and company_id = {company} group by 1",
    ),
)


def read_totals(snapshot: Snapshot, database: Database) -> pl.DataFrame:
    """The totals of the installed modules as (measure, subject, value)."""
    rows = [
        (total.measure, subject, float(value))
        for total in TOTALS
        if database.modules.issuperset(total.modules) and _is_there(total, database)
        for subject, value in snapshot.rows(
            f"select subject, cast(value as double precision) from ({total.sql.format(company=database.company_id)}) "
            "as totals(subject, value) where value is not null"
        )
    ]
    return pl.DataFrame(
        rows, schema={"measure": pl.String, "subject": pl.String, "value": pl.Float64}, orient="row"
    ).sort("measure", "subject")


def _is_there(total: Total, database: Database) -> bool:
    # Odoo 19 keeps no valuation layers.
    return total.measure != "stock_value" or bool(database.columns("stock_valuation_layer"))
