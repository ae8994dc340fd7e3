"""Margins of what was invoiced, days of working capital and rates of the pipeline of the example company, by hand.

Each figure is (what it is, its rows as (key, above, below), whether it is a ratio), as in example_by_hand.
"""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.contract.example_rows import AS_OF, by_key, known_day, number, rate, rows

Row = tuple[str, Fraction, Fraction]
Figures = dict[str, tuple[str, tuple[Row, ...], bool]]
MONTHS = tuple(date(2026, month, calendar.monthrange(2026, month)[1]) for month in range(1, 7))


def signed(row: dict[str, str], column: str) -> Decimal:
    """A value of an invoice or of one of its lines at the rate of the invoice's day, credit notes negative."""
    invoice = by_key("invoices", "invoice_id")[row["invoice_id"]]
    value = number(row[column]) * rate(invoice["currency_code"], known_day(invoice["invoice_date"]))
    return -value if "credit" in invoice["invoice_type"] else value


def counts(row: dict[str, str]) -> bool:
    """Whether an invoice is more than a draft and was not cancelled."""
    return by_key("invoices", "invoice_id")[row["invoice_id"]]["invoice_status"] not in ("draft", "cancelled")


def posted(kind: str, first: date, last: date) -> Decimal:
    """Debits less credits of the accounts of a type in some days."""
    accounts = {row["account_id"] for row in rows("ledger_accounts") if row["account_type"] == kind}
    return sum(
        (
            number(row["debit_value"]) - number(row["credit_value"])
            for row in rows("ledger_entries")
            if row["account_id"] in accounts and first <= known_day(row["entry_date"]) <= last
        ),
        Decimal(0),
    )


def margins() -> Figures:
    """Lines without a cost count as revenue only. All variances of the ledger fall on months in which was invoiced."""
    revenue, margin, costed = [], [], []
    for row in rows("invoice_lines"):
        invoice = by_key("invoices", "invoice_id")[row["invoice_id"]]
        if not invoice["invoice_type"].startswith("customer") or not counts(row):
            continue
        net = Fraction(signed(row, "net_value"))
        revenue.append((row["invoice_line_id"], net, Fraction(0)))
        if row["cost_value"]:
            cost = Fraction(number(row["cost_value"])) * (-1 if "credit" in invoice["invoice_type"] else 1)
            margin.append((row["invoice_line_id"], net - cost, net))
            costed.append(net)
    variances = ("all variances of the ledger", -Fraction(posted("variance", date(2026, 1, 1), AS_OF)), Fraction(0))
    actual = (*margin, variances)
    return {
        "invoiced_revenue": ("Σ net value, credit notes negative, at the invoice day's rate", tuple(revenue), False),
        "standard_margin_value": ("Σ (net value − cost) of the lines with a cost", tuple(margin), False),
        "standard_margin_rate": ("Σ (net value − cost) ÷ Σ net value of the same lines", tuple(margin), True),
        "actual_margin_value": ("Σ (net value − cost) − Σ variances of the ledger", actual, False),
        "actual_margin_rate": ("(Σ (net value − cost) − Σ variances) ÷ Σ net value of the lines", actual, True),
    }


def balance(side: str, end: date, *, only_current: bool = False) -> Decimal:
    """What is open of a side at the end of a day: invoices so far less what was settled by then."""
    total = Decimal(0)
    invoices = by_key("invoices", "invoice_id")
    for row in rows("invoices"):
        if row["invoice_type"].startswith(side) and counts(row) and known_day(row["invoice_date"]) <= end:
            if only_current and known_day(row["due_date"]) < end:
                continue
            total += signed(row, "gross_value")
    for row in rows("settlements"):
        if not row["invoice_id"] or known_day(row["settled_date"]) > end:
            continue
        invoice = invoices[row["invoice_id"]]
        if not invoice["invoice_type"].startswith(side) or not counts(row) or known_day(invoice["invoice_date"]) > end:
            continue
        if only_current and known_day(invoice["due_date"]) < end:
            continue
        total -= number(row["settled_value"]) * (-1 if "credit" in invoice["invoice_type"] else 1)
    return total


def sold(end: date) -> Decimal:
    """Invoiced in the month that ends on a day, with tax."""
    return sum(
        (
            signed(row, "gross_value")
            for row in rows("invoices")
            if row["invoice_type"].startswith("customer")
            and counts(row)
            and end.replace(day=1) <= known_day(row["invoice_date"]) <= end
        ),
        Decimal(0),
    )


def countback(at: int) -> Fraction | None:
    """Whole months taken off the receivables from the last one backwards, the rest pro rata."""
    left, days = balance("customer", MONTHS[at]), Fraction(0)
    for end in reversed(MONTHS[: at + 1]):
        if sold(end) >= left:
            return days + Fraction(left) / Fraction(sold(end)) * end.day
        left -= sold(end)
        days += end.day
    return None


def working_capital() -> Figures:
    """Balances of the month ends against the flows of three months; the first two months have no such flows."""
    found: dict[str, list[Row]] = {name: [] for name in SENTENCES}
    for at, end in enumerate(MONTHS):
        key = end.isoformat()[:7]
        back = countback(at)
        if back is not None:
            found["days_sales_outstanding_countback"].append((key, back, Fraction(1)))
        owed, current = balance("customer", end), balance("customer", end, only_current=True)
        if at:
            before = balance("customer", MONTHS[at - 1]) + sold(end)
            found["collection_effectiveness_rate"].append((key, Fraction(before - owed), Fraction(before - current)))
        if at < 2:
            continue
        window = MONTHS[at - 2 : at + 1]
        days = sum(one.day for one in window)
        sales = Fraction(sum((sold(one) for one in window), Decimal(0)))
        cost = Fraction(posted("cost_of_goods_sold", window[0].replace(day=1), end))
        stock, payables = posted("inventory", date(2026, 1, 1), end), balance("supplier", end)
        found["days_sales_outstanding"].append((key, Fraction(owed) * days, sales))
        found["best_possible_days_sales_outstanding"].append((key, Fraction(current) * days, sales))
        found["days_inventory_outstanding"].append((key, Fraction(stock) * days, cost))
        found["days_payable_outstanding"].append((key, Fraction(payables) * days, cost))
        if back is not None:
            total = back + Fraction(stock - payables) * days / cost
            found["cash_to_cash_cycle_days"].append((key, total, Fraction(1)))
    return {name: (SENTENCES[name], tuple(parts), True) for name, parts in found.items()}


SENTENCES = {
    "days_sales_outstanding": "receivables × days of three months ÷ their invoiced sales, by month end",
    "days_sales_outstanding_countback": "days counted back at the month ends ÷ month ends",
    "best_possible_days_sales_outstanding": "receivables not due × days of three months ÷ their invoiced sales, by month end",
    "days_payable_outstanding": "payables × days of three months ÷ their cost of goods sold, by month end",
    "days_inventory_outstanding": "stock in the ledger × days of three months ÷ their cost of goods sold, by month end",
    "cash_to_cash_cycle_days": "DSO counted back + DIO − DPO at the month ends ÷ month ends",
    "collection_effectiveness_rate": "(opening + sales − closing) ÷ (opening + sales − closing not due), by month",
}


def pipeline() -> Figures:
    """Rates of opportunities, quotations and quotas."""
    opportunities = by_key("opportunities", "opportunity_id")
    created = [(key, Fraction(row["opportunity_status"] == "won"), Fraction(1)) for key, row in opportunities.items()]
    quoted = [
        (row["quotation_id"], Fraction(row["quotation_status"] == "ordered"), Fraction(1))
        for row in rows("quotations")
        if row["quotation_status"] != "open"
    ]
    entries: dict[tuple[str, int], str] = {}
    for row in rows("opportunity_stage_changes"):
        opportunity = opportunities[row["opportunity_id"]]
        is_close = opportunity["opportunity_status"] != "open" and row["changed_at"] >= opportunity["closed_at"]
        if not is_close:
            entries[row["opportunity_id"], int(row["stage_sequence"])] = row["stage"]
    stages = []
    for key, place in sorted(entries):
        is_beyond = any(other > place for one, other in entries if one == key)
        is_advanced = is_beyond or opportunities[key]["opportunity_status"] == "won"
        stages.append((f"{key} {entries[key, place]}", Fraction(is_advanced), Fraction(1)))
    return {
        "win_rate_created": ("won by now ÷ created", tuple(created), True),
        "quote_to_order_rate": ("ordered ÷ decided", tuple(quoted), True),
        "stage_conversion_rate": ("came further or won ÷ entered", tuple(stages), True),
        "pipeline_coverage": (
            "Σ expected value of the open ÷ Σ quota of June less June's orders, never below zero",
            tuple(_coverage()),
            True,
        ),
    }


def _coverage() -> list[Row]:
    orders = by_key("sales_orders", "sales_order_id")
    taken: dict[str, Decimal] = {}
    for row in rows("sales_order_lines"):
        order = orders.get(row["sales_order_id"])
        if order is None or order["order_status"] in ("draft", "cancelled") or row["line_status"] == "cancelled":
            continue
        on = known_day(order["ordered_at"])
        if (on.year, on.month) == (AS_OF.year, AS_OF.month):
            value = number(row["net_value"]) * rate(order["currency_code"], on)
            taken[order["sales_rep_id"]] = taken.get(order["sales_rep_id"], Decimal(0)) + value
    parts = [
        (row["opportunity_id"], Fraction(number(row["expected_value"])), Fraction(0))
        for row in rows("opportunities")
        if row["opportunity_status"] == "open"
    ]
    for row in rows("sales_quotas"):
        month = known_day(row["month_start_date"])
        if month < AS_OF.replace(day=1):
            continue
        ordered = taken.get(row["sales_rep_id"], Decimal(0)) if month == AS_OF.replace(day=1) else Decimal(0)
        left = max(number(row["quota_value"]) - ordered, Decimal(0))
        parts.append((f"{row['sales_rep_id']} {month}", Fraction(0), Fraction(left)))
    return parts


def figures() -> Figures:
    """All of them by metric."""
    return margins() | working_capital() | pipeline()
