"""The seven laws of the canonical model, checked on the example company's own files without any of the product's code."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from pipelines.contract import load_contract
from tests.contract.example_rows import AS_OF, FOLDER, by_key, day, factor, in_base_unit, number, planted, rate, rows

ZERO = Decimal(0)
OTHER_FORMATS = {"campaigns", "satisfaction_responses", "work_centre_states"}
CSV_TABLES = sorted(set(load_contract()) - OTHER_FORMATS)


def own_locations() -> set[str]:
    return {row["location_id"] for row in rows("locations") if row["is_own_stock"] == "true"}


def totals(pairs: list[tuple[object, Decimal]]) -> dict[object, Decimal]:
    result: dict[object, Decimal] = defaultdict(Decimal)
    for key, value in pairs:
        result[key] += value
    return dict(result)


def movement_totals(movement_type: str, key: str = "reference_id") -> dict[object, Decimal]:
    return totals(
        [
            (row[key], number(row["quantity"]))
            for row in rows("stock_movements")
            if row["movement_type"] == movement_type
        ]
    )


# Law 1 -----------------------------------------------------------------------------------------------------------


def test_opening_plus_in_minus_out_is_the_stated_balance_in_quantity_and_value() -> None:
    own = own_locations()
    quantity: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    value: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows("stock_movements"):
        for column, sign in (("to_location_id", 1), ("from_location_id", -1)):
            if row[column] in own:
                key = (row["item_id"], row[column], row["lot_id"])
                quantity[key] += (
                    sign * in_base_unit(row, "quantity") if "uom" in row else sign * number(row["quantity"])
                )
                value[key] += sign * number(row["value"])
    stated = {(row["item_id"], row["location_id"], row["lot_id"]): row for row in rows("stock_balances")}
    assert {key: left for key, left in quantity.items() if left} == {
        key: number(row["quantity"]) for key, row in stated.items()
    }
    assert {key: left for key, left in value.items() if left} == {
        key: number(row["value"]) for key, row in stated.items()
    }
    assert {row["as_of_date"] for row in stated.values()} == {AS_OF.isoformat()}


def test_stock_is_never_negative_on_the_way() -> None:
    own = own_locations()
    on_hand: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in sorted(rows("stock_movements"), key=lambda row: (row["moved_at"], row["movement_id"])):
        for column, sign in (("to_location_id", 1), ("from_location_id", -1)):
            if row[column] in own:
                key = (row["item_id"], row[column], row["lot_id"])
                on_hand[key] += sign * number(row["quantity"])
                assert on_hand[key] >= 0, (row["movement_id"], key)


def test_counted_differences_are_booked_as_adjustments() -> None:
    differences = {
        row["count_id"]: number(row["counted_quantity"]) - number(row["book_quantity"])
        for row in rows("stock_counts")
        if row["counted_quantity"] != row["book_quantity"]
    }
    own = own_locations()
    booked = {
        row["reference_id"]: number(row["quantity"]) * (1 if row["to_location_id"] in own else -1)
        for row in rows("stock_movements")
        if row["movement_type"] == "adjustment"
    }
    assert differences == booked
    assert differences["CNT1"] == -40


# Law 2 -----------------------------------------------------------------------------------------------------------


def test_first_in_first_out_layers_add_up_to_the_stock_and_value_every_issue() -> None:
    own = own_locations()
    queues: dict[tuple[str, ...], list[list[Decimal]]] = defaultdict(list)
    for row in sorted(rows("stock_movements"), key=lambda row: (row["moved_at"], row["movement_id"])):
        item, lot, left = row["item_id"], row["lot_id"], number(row["quantity"])
        moved: list[list[Decimal]] = []
        if row["from_location_id"] in own:
            queue = queues[item, row["from_location_id"], lot]
            while left:
                used = min(left, queue[0][0])
                moved.append([used, queue[0][1]])
                queue[0][0] -= used
                left -= used
                if not queue[0][0]:
                    queue.pop(0)
            assert sum(quantity * cost for quantity, cost in moved) == number(row["value"]), row["movement_id"]
        else:
            moved.append([left, number(row["value"]) / left])
        if row["to_location_id"] in own:
            queues[item, row["to_location_id"], lot].extend(moved)
    remaining = {key: sum(layer[0] for layer in queue) for key, queue in queues.items() if queue}
    assert remaining == {
        (row["item_id"], row["location_id"], row["lot_id"]): number(row["quantity"]) for row in rows("stock_balances")
    }


# Law 3 -----------------------------------------------------------------------------------------------------------


def test_every_ledger_entry_balances() -> None:
    entries = totals(
        [(row["entry_id"], number(row["debit_value"]) - number(row["credit_value"])) for row in rows("ledger_entries")]
    )
    assert len(entries) > 300
    assert set(entries.values()) == {ZERO}


def test_the_ledger_holds_the_value_of_the_stock_at_the_end_of_every_month() -> None:
    own = own_locations()
    inventory = {row["account_id"] for row in rows("ledger_accounts") if row["account_type"] == "inventory"}
    for month in range(1, 7):
        until = f"2026-{month + 1:02d}-01"
        moved = sum(
            number(row["value"]) * ((row["to_location_id"] in own) - (row["from_location_id"] in own))
            for row in rows("stock_movements")
            if row["moved_at"] < until
        )
        posted = sum(
            number(row["debit_value"]) - number(row["credit_value"])
            for row in rows("ledger_entries")
            if row["account_id"] in inventory and row["entry_date"] < until
        )
        assert moved == posted > 0, until


def test_receivables_and_payables_in_the_ledger_are_the_open_invoices() -> None:
    for account_type, side, sign in (("receivable", "customer", 1), ("payable", "supplier", -1)):
        accounts = {row["account_id"] for row in rows("ledger_accounts") if row["account_type"] == account_type}
        posted = sum(
            number(row["debit_value"]) - number(row["credit_value"])
            for row in rows("ledger_entries")
            if row["account_id"] in accounts
        )
        opened = sum(
            number(row["open_value"])
            * rate(row["currency_code"], date.fromisoformat(row["invoice_date"]))
            * (-1 if "credit" in row["invoice_type"] else 1)
            for row in rows("invoices")
            if row["invoice_type"].startswith(side)
        )
        assert sign * posted == opened


# Law 4 -----------------------------------------------------------------------------------------------------------


def dispatched() -> list[dict[str, str]]:
    deliveries = by_key("deliveries", "delivery_id")
    return [
        row
        for row in rows("delivery_lines")
        if deliveries[row["delivery_id"]]["delivery_status"] in ("shipped", "delivered")
    ]


def test_delivered_is_at_most_shipped_is_at_most_ordered_less_cancelled() -> None:
    shipped = totals([(row["sales_order_line_id"], in_base_unit(row, "shipped_quantity")) for row in dispatched()])
    returned = totals(
        [(row["sales_order_line_id"], in_base_unit(row, "returned_quantity")) for row in rows("customer_returns")]
    )
    delivered = totals([(row["sales_order_line_id"], in_base_unit(row, "delivered_quantity")) for row in dispatched()])
    for row in rows("sales_order_lines"):
        line = row["sales_order_line_id"]
        wanted = (number(row["ordered_quantity"]) - number(row["cancelled_quantity"])) * factor(
            row["item_id"], row["uom"]
        )
        assert returned.get(line, ZERO) <= delivered.get(line, ZERO) <= shipped.get(line, ZERO) <= wanted, line
        if row["line_status"] == "completed":
            assert shipped[line] == wanted, line


def test_what_was_shipped_is_what_left_the_stock_line_by_line() -> None:
    shipped = {row["delivery_line_id"]: in_base_unit(row, "shipped_quantity") for row in dispatched()}
    assert shipped == movement_totals("shipment")


def test_what_was_received_is_what_came_into_stock_and_at_most_what_was_ordered() -> None:
    received = {row["receipt_line_id"]: in_base_unit(row, "received_quantity") for row in rows("purchase_receipts")}
    assert received == movement_totals("purchase_receipt")
    rejected = {row["receipt_line_id"]: in_base_unit(row, "rejected_quantity") for row in rows("purchase_receipts")}
    assert {key: value for key, value in rejected.items() if value} == movement_totals("supplier_return")
    by_line = totals(
        [(row["purchase_order_line_id"], in_base_unit(row, "received_quantity")) for row in rows("purchase_receipts")]
    )
    for row in rows("purchase_order_lines"):
        assert by_line.get(row["purchase_order_line_id"], ZERO) <= in_base_unit(row, "ordered_quantity")


def test_production_completes_what_it_booked_and_never_more_than_was_ordered() -> None:
    lines = by_key("purchase_order_lines", "purchase_order_line_id")
    outside = totals(
        [
            (lines[row["purchase_order_line_id"]]["production_order_id"], in_base_unit(row, "received_quantity"))
            for row in rows("purchase_receipts")
            if lines[row["purchase_order_line_id"]]["production_order_id"]
        ]
    )
    booked = movement_totals("production_receipt") | outside
    for row in rows("production_orders"):
        completed, scrapped = number(row["completed_quantity"]), number(row["scrapped_quantity"])
        assert completed == booked.get(row["production_order_id"], ZERO), row["production_order_id"]
        assert completed + scrapped <= number(row["ordered_quantity"])


def test_components_issued_are_the_issues_booked_and_at_most_what_was_required() -> None:
    booked = totals(
        [
            ((row["reference_id"], row["item_id"]), number(row["quantity"]))
            for row in rows("stock_movements")
            if row["movement_type"] == "production_issue"
        ]
    )
    issued = totals(
        [
            ((row["production_order_id"], row["item_id"]), in_base_unit(row, "issued_quantity"))
            for row in rows("production_order_components")
        ]
    )
    assert {key: value for key, value in issued.items() if value} == booked
    for row in rows("production_order_components"):
        assert number(row["issued_quantity"]) <= number(row["required_quantity"])


def test_operations_report_what_their_order_completed() -> None:
    reported = totals([(row["work_order_id"], number(row["good_quantity"])) for row in rows("operation_reports")])
    hours = totals([(row["work_order_id"], number(row["labour_hours"])) for row in rows("operation_reports")])
    last: dict[str, dict[str, str]] = {}
    for row in sorted(rows("work_orders"), key=lambda row: int(row["sequence"])):
        last[row["production_order_id"]] = row
        if row["actual_hours"]:
            assert reported[row["work_order_id"]] == number(row["good_quantity"]), row["work_order_id"]
            assert hours[row["work_order_id"]] == number(row["actual_hours"]), row["work_order_id"]
    orders = by_key("production_orders", "production_order_id")
    for order, row in last.items():
        if row["work_order_status"] == "completed":
            assert number(row["good_quantity"]) == number(orders[order]["completed_quantity"]), order
            assert number(row["scrap_quantity"]) == number(orders[order]["scrapped_quantity"]), order


def test_transfers_are_booked_out_and_in() -> None:
    out = totals(
        [
            (r["reference_id"], number(r["quantity"]))
            for r in rows("stock_movements")
            if r["movement_type"] == "transfer" and r["to_location_id"] == "TR1"
        ]
    )
    arrived = totals(
        [
            (r["reference_id"], number(r["quantity"]))
            for r in rows("stock_movements")
            if r["movement_type"] == "transfer" and r["from_location_id"] == "TR1"
        ]
    )
    orders = rows("transfer_orders")
    assert {
        row["transfer_order_line_id"]: number(row["shipped_quantity"])
        for row in orders
        if number(row["shipped_quantity"])
    } == out
    assert {
        row["transfer_order_line_id"]: number(row["received_quantity"])
        for row in orders
        if number(row["received_quantity"])
    } == arrived
    assert {row["transfer_status"] for row in orders if row["transfer_order_line_id"] in set(out) - set(arrived)} == {
        "in_transit"
    }


# Law 5 -----------------------------------------------------------------------------------------------------------


def test_invoice_lines_add_up_and_gross_less_settlements_is_open() -> None:
    nets = totals([(row["invoice_id"], number(row["net_value"])) for row in rows("invoice_lines")])
    settled = totals(
        [(row["invoice_id"], number(row["settled_value"])) for row in rows("settlements") if row["invoice_id"]]
    )
    for row in rows("invoices"):
        exchange = rate(row["currency_code"], date.fromisoformat(row["invoice_date"]))
        assert nets[row["invoice_id"]] == number(row["net_value"]), row["invoice_id"]
        assert number(row["net_value"]) + number(row["tax_value"]) == number(row["gross_value"])
        assert (number(row["gross_value"]) - number(row["open_value"])) * exchange == settled.get(
            row["invoice_id"], ZERO
        ), row["invoice_id"]
        assert (row["invoice_status"] == "paid") == (number(row["open_value"]) == 0)


def test_payments_are_settled_whole_and_one_advance_is_not_allocated() -> None:
    settled = totals(
        [
            (row["payment_id"], number(row["settled_value"]))
            for row in rows("settlements")
            if row["settlement_type"] == "payment"
        ]
    )
    for row in rows("payments"):
        paid = number(row["paid_value"]) * rate(row["currency_code"], date.fromisoformat(row["paid_at"][:10]))
        assert paid == settled[row["payment_id"]], row["payment_id"]
    assert [row["settled_value"] for row in rows("settlements") if not row["invoice_id"]] == ["8250"]


def test_everything_shipped_is_invoiced_once_and_tax_invoices_repeat_their_invoices() -> None:
    shipped = totals([(row["sales_order_line_id"], in_base_unit(row, "shipped_quantity")) for row in dispatched()])
    invoices = by_key("invoices", "invoice_id")
    invoiced = totals(
        [
            (row["sales_order_line_id"], number(row["quantity"]))
            for row in rows("invoice_lines")
            if invoices[row["invoice_id"]]["invoice_type"] == "customer_invoice"
        ]
    )
    assert shipped == invoiced
    lines = by_key("invoice_lines", "invoice_line_id")
    nets = totals([(row["tax_invoice_id"], number(row["net_value"])) for row in rows("tax_invoice_lines")])
    taxes = totals([(row["tax_invoice_id"], number(row["tax_value"])) for row in rows("tax_invoice_lines")])
    for row in rows("tax_invoices"):
        assert len(row["tax_invoice_id"]) == 20
        assert (nets[row["tax_invoice_id"]], taxes[row["tax_invoice_id"]]) == (
            number(row["net_value"]),
            number(row["tax_value"]),
        )
    for row in rows("tax_invoice_lines"):
        assert abs(number(row["net_value"])) == number(lines[row["invoice_line_id"]]["net_value"])


def test_order_lines_cost_what_their_price_says() -> None:
    for row in rows("sales_order_lines"):
        exact = number(row["ordered_quantity"]) * number(row["unit_price"]) * (1 - number(row["discount_rate"]))
        assert exact == number(row["net_value"]), row["sales_order_line_id"]
    for row in rows("purchase_order_lines"):
        assert number(row["ordered_quantity"]) * number(row["unit_price"]) == number(row["net_value"]), row[
            "purchase_order_line_id"
        ]


# Law 6 -----------------------------------------------------------------------------------------------------------


def test_every_item_is_made_from_a_bill_of_material_or_bought_from_a_supplier_and_planned() -> None:
    made = {row["item_id"] for row in rows("boms")}
    bought = {row["item_id"] for row in rows("item_suppliers")}
    planned = {
        row["item_id"]: row["supply_type"] for row in rows("planning_policies") if row["supply_type"] != "transfer"
    }
    for row in rows("items"):
        item = row["item_id"]
        assert planned[item] in ("make", "subcontract", "buy"), item
        assert item in (bought if planned[item] == "buy" else made), item


def test_no_bill_of_material_contains_itself_and_costs_roll_up() -> None:
    components: dict[str, list[dict[str, str]]] = defaultdict(list)
    parents = {row["bom_id"]: row["item_id"] for row in rows("boms")}
    for row in rows("bom_components"):
        components[parents[row["bom_id"]]].append(row)

    def depth(item: str, above: tuple[str, ...] = ()) -> int:
        assert item not in above, (*above, item)
        return 1 + max((depth(row["component_item_id"], (*above, item)) for row in components[item]), default=0)

    assert {item: depth(item) for item in ("F100", "S110", "S130", "R500")} == {
        "F100": 4,
        "S110": 3,
        "S130": 2,
        "R500": 1,
    }
    costs = {(row["item_id"], row["valid_from_date"]): row for row in rows("item_costs")}
    assert (
        number(costs["F100", "2026-04-01"]["standard_cost"])
        == 230 + 2 * 82 + Decimal("2.4") + 80 + 15 + Decimal("32.6") + 20
    )


# Law 7 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", CSV_TABLES)
def test_keys_are_unique_references_resolve_and_values_are_known(table: str) -> None:
    contract = load_contract()
    shape = contract[table]
    accepted = rows(table)
    assert len(accepted) >= 2, "every table of the contract has something to show"
    keys = [tuple(row.get(column, "") for column in shape.key) for row in accepted]
    assert len(keys) == len(set(keys))
    for column in shape.columns:
        if column.name not in accepted[0]:
            assert not column.required, column.name
            continue
        written = {row[column.name] for row in accepted}
        if column.required:
            assert "" not in written, column.name
        if column.values:
            assert written - {""} <= set(column.values), column.name
        if column.references and column.references not in OTHER_FORMATS:
            target = contract[column.references].key[0]
            assert written - {""} <= set(by_key(column.references, target)), column.name


def test_planted_rows_are_the_ones_that_are_written_down() -> None:
    for refused in planted():
        with (FOLDER / f"{refused['table_name']}.csv").open(encoding="utf-8", newline="") as file:
            row = list(csv.DictReader(file))[int(refused["row_number"]) - 1]
        assert row[refused["column_name"]] == refused["value"]
    assert sorted({row["rule"] for row in planted()}) == [
        "duplicate_key", "missing_value", "negative_quantity", "unknown_reference", "unknown_value", "unreadable_date",
    ]  # fmt: skip


def test_dates_follow_one_another() -> None:
    for row in rows("deliveries"):
        shipped, delivered = day(row["shipped_at"]), day(row["delivered_at"])
        assert shipped is None or delivered is None or shipped <= delivered <= AS_OF
    for row in rows("production_orders"):
        started, finished = day(row["started_at"]), day(row["finished_at"])
        assert started is None or finished is None or started <= finished <= AS_OF
    orders = by_key("purchase_orders", "purchase_order_id")
    lines = by_key("purchase_order_lines", "purchase_order_line_id")
    for row in rows("purchase_receipts"):
        ordered = orders[lines[row["purchase_order_line_id"]]["purchase_order_id"]]["ordered_at"]
        assert ordered < row["received_at"]
