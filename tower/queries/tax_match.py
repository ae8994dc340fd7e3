"""Tax invoices against invoices, both ways: what was invoiced without one, and those that no invoice stands behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

DIRECTIONS = ("received", "issued")
# States of invoice lines, then of tax invoice lines, the ones to look after first.
INVOICE_STATES = ("missing", "not_yet", "not_asked")
TAX_STATES = ("no_invoice", "ambiguous", "amount_differs", "void", "matched")
STATES = ("missing", "no_invoice", "amount_differs", "ambiguous", "not_yet", "not_asked", "void", "matched")
SIDES: Mapping[str, str] = {"issued": "customer", "received": "supplier"}
MOST_ROWS = 20_000


def tax_states(warehouse: Warehouse, direction: str, start: date, end: date) -> pl.DataFrame:
    """For each state its number of lines and net value, of documents dated in the days: state, lines, value, tax_value.

    INVOICE_STATES count invoice lines, the others tax invoice lines; `amount_differs` has the difference as its value.
    """
    return warehouse.frame(
        """
        select match_state as state, count(*) as lines, sum(net_value) as value, sum(tax_value) as tax_value
        from core.fct_taxed_invoice_lines
        where direction = $direction and invoice_date between $start and $end
            and match_state in ('missing', 'not_yet', 'not_asked')
        group by 1
        union all
        select tax.match_state, count(*),
            case tax.match_state when 'amount_differs' then sum(coalesce(lines.net_difference, tax.net_value))
                else sum(tax.net_value) end,
            case tax.match_state when 'amount_differs' then sum(coalesce(lines.tax_difference, tax.tax_value))
                else sum(tax.tax_value) end
        from core.fct_tax_invoice_lines as tax
        left join core.fct_taxed_invoice_lines as lines on tax.invoice_line_id = lines.invoice_line_id
        where tax.direction = $direction and tax.issued_date between $start and $end
        group by 1
        order by 1
        """,
        {"direction": direction, "start": start, "end": end},
    )


def tax_lines(warehouse: Warehouse, direction: str, start: date, end: date, state: str) -> pl.DataFrame:
    """The lines of a state, the most money first; at most MOST_ROWS.

    Of either document what there is: tax_invoice_id, line_number, issued_date, tax_invoice_status, is_digital_number,
    taxed_value, taxed_tax; invoice_line_id, invoice_date, item_id with names, order_line_id, net_value, tax_value;
    party_id, party_name, matched_by, candidate_count, net_difference (tax invoice less invoice).
    """
    kind = SIDES[direction]
    names = f"core.dim_{kind}s"
    order = "sales_order_line_id" if direction == "issued" else "purchase_order_line_id"
    if state in INVOICE_STATES:
        sql = f"""
            select cast(null as varchar) as tax_invoice_id, cast(null as integer) as line_number,
                cast(null as date) as issued_date, cast(null as varchar) as tax_invoice_status,
                cast(null as integer) as is_digital_number, cast(null as double) as taxed_value,
                cast(null as double) as taxed_tax, lines.invoice_line_id, lines.invoice_date, lines.item_id,
                lines.{order} as order_line_id, lines.net_value, lines.tax_value, lines.{kind}_id as party_id,
                cast(null as varchar) as matched_by, lines.tax_line_count as candidate_count, lines.net_difference
            from core.fct_taxed_invoice_lines as lines
            where lines.direction = $direction and lines.invoice_date between $start and $end
                and lines.match_state = $state
        """
    else:
        sql = f"""
            select tax.tax_invoice_id, tax.line_number, tax.issued_date, tax.tax_invoice_status, tax.is_digital_number,
                tax.net_value as taxed_value, tax.tax_value as taxed_tax, tax.invoice_line_id, lines.invoice_date,
                lines.item_id, lines.{order} as order_line_id, lines.net_value, lines.tax_value,
                tax.{kind}_id as party_id, tax.matched_by, tax.candidate_count,
                lines.net_difference
            from core.fct_tax_invoice_lines as tax
            left join core.fct_taxed_invoice_lines as lines on tax.invoice_line_id = lines.invoice_line_id
            where tax.direction = $direction and tax.issued_date between $start and $end and tax.match_state = $state
        """
    return warehouse.frame(
        f"""
        select found.*, names.{kind}_name as party_name, items.item_name, items.item_name_zh
        from ({sql}) as found
        left join {names} as names on found.party_id = names.{kind}_id
        left join core.dim_items as items on found.item_id = items.item_id
        order by abs(coalesce(found.taxed_value, found.net_value)) desc, found.tax_invoice_id, found.line_number,
            found.invoice_line_id
        limit {MOST_ROWS}
        """,
        {"direction": direction, "start": start, "end": end, "state": state},
    )


def tax_candidates(warehouse: Warehouse, tax_invoice: str) -> pl.DataFrame:
    """Invoice lines that a tax invoice is for or might be for, by line and date, with what each says."""
    return warehouse.frame(
        """
        select matches.line_number, matches.matched_by, matches.is_clear, lines.invoice_line_id, lines.invoice_date,
            lines.net_value, lines.tax_value, lines.item_id, items.item_name, items.item_name_zh,
            coalesce(lines.sales_order_line_id, lines.purchase_order_line_id) as order_line_id
        from core.fct_tax_invoice_matches as matches
        inner join core.fct_taxed_invoice_lines as lines on matches.invoice_line_id = lines.invoice_line_id
        left join core.dim_items as items on lines.item_id = items.item_id
        where matches.tax_invoice_id = $tax_invoice
        order by matches.line_number, lines.invoice_date, lines.invoice_line_id
        """,
        {"tax_invoice": tax_invoice},
    )


def odd_numbers(warehouse: Warehouse, direction: str, start: date, end: date) -> int:
    """Tax invoices of the days whose number is not that of a fully digitalised one (20 digits, the year in front)."""
    return int(
        warehouse.frame(
            """
            select count(distinct tax_invoice_id) from core.fct_tax_invoice_lines
            where is_digital_number = 0 and direction = $direction and issued_date between $start and $end
            """,
            {"direction": direction, "start": start, "end": end},
        ).item()
    )
