"""After-sales of the built companies against their landed files, row by row, and what must hold of any build."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from tower.builds import BuildSummary
from tower.metrics import Period, load_catalogue, query
from tower.queries import after_sales, after_sales_case, after_sales_goods
from tower.queries.after_sales import Chosen
from tower.warehouse import Warehouse, open_warehouse

QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))
FAILURES = ("warranty", "repair")
HOURS = {"high": 8, "medium": 24, "low": 48}


@pytest.fixture(scope="module")
def demo(demo_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(demo_build.file)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def example(example_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(example_build.file)
    yield opened
    opened.close()


def landed(build: BuildSummary, table: str) -> list[dict[str, object]]:
    """The rows of a table as the source wrote them."""
    file = next((build.file.parents[1] / "raw" / "lanhe").glob(f"*/{table}.parquet"))
    return pl.read_parquet(file).to_dicts()


def everything(warehouse: Warehouse) -> Chosen:
    return Chosen(date(2000, 1, 1), warehouse.as_of)


def moment(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)[:19]) if value else None


def test_warranty_cost_and_first_responses_are_those_of_the_landed_cases(
    demo: Warehouse, demo_build: BuildSummary
) -> None:
    cost, kept, decided, known_until = 0.0, 0, 0, datetime.combine(demo.as_of + timedelta(days=1), datetime.min.time())
    for case in landed(demo_build, "service_cases"):
        opened, answered = moment(case["opened_at"]), moment(case["first_response_at"])
        assert opened is not None
        if not QUARTER.start <= opened.date() <= QUARTER.end:
            continue
        if case["case_type"] == "warranty":
            cost += float(str(case["cost_value"] or 0))
        hours = ((answered or known_until) - opened).total_seconds() / 3600
        is_late = hours > HOURS[str(case["severity"])]
        if answered or (not case["resolved_at"] and is_late):
            decided += 1
            kept += not is_late
    row = query(
        demo, load_catalogue(demo), ["warranty_cost_value", "first_response_in_target_rate"], period=QUARTER,
        with_parts=True,
    ).row(0, named=True)  # fmt: skip
    assert cost > 0
    assert row["warranty_cost_value"] == pytest.approx(cost)
    assert row["first_response_in_target_rate__denominator"] == decided
    assert row["first_response_in_target_rate__numerator"] == kept


def test_repeat_failures_are_found_by_comparing_every_pair(demo: Warehouse, demo_build: BuildSummary) -> None:
    groups: dict[tuple[object, object], list[date]] = defaultdict(list)
    for case in landed(demo_build, "service_cases"):
        if case["case_type"] in FAILURES:
            opened = moment(case["opened_at"])
            assert opened is not None
            groups[case["customer_id"], case["item_id"]].append(opened.date())
    repeats = sum(
        any(0 <= (day - other).days <= 90 for other in days[:place])
        for days in map(sorted, groups.values())
        for place, day in enumerate(days)
    )
    assert repeats > 0
    assert demo.frame("select sum(is_repeat) from core.fct_service_cases").item() == repeats


def test_satisfaction_by_month_is_that_of_the_landed_answers(demo: Warehouse, demo_build: BuildSummary) -> None:
    counts: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for answer in landed(demo_build, "satisfaction_responses"):
        at = moment(answer["responded_at"])
        assert at is not None
        score, of = float(str(answer["score"])), counts[at.date().replace(day=1)]
        if answer["survey_type"] == "csat":
            of[0] += 1
            of[1] += score >= 4
        else:
            of[2] += 1
            of[3] += score >= 9
            of[4] += score <= 6
    found = after_sales.satisfaction(demo, everything(demo), "month")
    assert found.height > 3
    assert {row[0]: list(row[1:]) for row in found.rows()} == dict(counts)


def test_units_at_risk_are_what_was_delivered_and_had_the_time(demo: Warehouse, demo_build: BuildSummary) -> None:
    """Of the item with the most failures, counted day by day from the landed deliveries."""
    item = demo.frame(
        "select item_id from core.fct_service_cases where is_failure = 1 and days_in_use is not null "
        "group by item_id order by count(*) desc, item_id limit 1"
    ).item()
    arrived = {}
    for row in landed(demo_build, "deliveries"):
        at = moment(row["delivered_at"]) if row["delivery_status"] == "delivered" else None
        shipped = moment(row["shipped_at"]) if row["delivery_status"] in ("shipped", "delivered") else None
        arrived[row["delivery_id"]] = at or shipped
    unit_days = 0.0
    for row in landed(demo_build, "delivery_lines"):
        at = arrived[row["delivery_id"]]
        if row["item_id"] == item and at is not None and at.date() <= demo.as_of:
            unit_days += float(str(row["shipped_quantity"])) * min((demo.as_of - at.date()).days + 1, 30)
    family = demo.frame("select product_family from core.dim_items where item_id = $item", {"item": item}).item()
    chosen = Chosen(date(2000, 1, 1), demo.as_of, families=(family,))
    delivered = after_sales_goods.delivered_units(demo, chosen).filter(pl.col("item_id") == item)
    one = after_sales_goods.life_table(
        delivered["age"].to_numpy() * 0, delivered["age"].to_numpy(), delivered["units"].to_numpy(),
        delivered["age"].to_numpy()[:0], delivered["age"].to_numpy()[:0], 1,
    )  # fmt: skip
    assert unit_days > 0
    assert one.unit_days[0, 0] == pytest.approx(unit_days)


@pytest.mark.parametrize("build", ["demo_build", "example_build"])
def test_batches_make_up_what_was_shipped(build: str, request: pytest.FixtureRequest) -> None:
    warehouse = open_warehouse(request.getfixturevalue(build).file)
    try:
        wrong = warehouse.frame(
            """
            with batched as (
                select delivery_line_id, sum(quantity) as quantity from core.fct_delivery_batches group by all
            )
            select count(*) from core.fct_delivery_lines as lines
            full join batched on lines.delivery_line_id = batched.delivery_line_id
            where abs(coalesce(lines.shipped_quantity, 0) - coalesce(batched.quantity, 0)) > 0.00001
            """
        )
        assert wrong.item() == 0
    finally:
        warehouse.close()


def test_expected_failures_of_all_lots_are_the_failures_counted(demo: Warehouse) -> None:
    chosen = everything(demo)
    found = after_sales_goods.lots(demo, chosen)
    assert int(found.frame["observed"].sum()) == found.failures - found.failures_left_out
    assert found.failures == demo.frame(
        "select count(*) from core.fct_service_cases where is_failure = 1 and days_in_use is not null"
    ).item()  # fmt: skip
    few = found.frame["units"] < after_sales_goods.FEWEST_UNITS
    assert ((found.frame["standing"] == "few_units") == few).all()
    assert found.frame.filter(pl.col("standing") == "high").is_empty(), "the demo company's lots fail alike"


def test_open_cases_and_durations_leave_no_case_out(demo: Warehouse) -> None:
    chosen = everything(demo)
    cases = demo.frame("select count(*) from core.fct_service_cases").item()
    every = after_sales.durations(demo, chosen, "case_type").row(0, named=True)
    assert every["resolution_ended"] + every["resolution_going_on"] == cases
    assert every["resolution_going_on"] == after_sales.open_cases(demo, chosen).height
    assert every["resolution_median"] >= every["resolution_plain_median"] - 1 / 60
    assert after_sales.by_month(demo, chosen)["cases"].sum() == cases
    for by in after_sales.GROUPS:
        frame = after_sales.breakdown(demo, chosen, by, "cost_value")
        assert frame["cases"].sum() == cases
        assert frame["cumulative_share"][-1] == pytest.approx(1)


def test_a_case_of_the_example_leads_to_its_lot_and_the_other_customer(example: Warehouse) -> None:
    case = after_sales_case.case(example, "SC02")
    assert case is not None
    assert (case["batch_kind"], case["batch_id"], case["days_in_use"]) == ("lot", "TRK-2512", 85)
    others = after_sales_case.others(example, "lot", "TRK-2512", "F200")
    assert [tuple(row) for row in others.select("customer_id", "delivery_id", "quantity", "failures").rows()] == [
        ("K01", "DL7004", 6.0, 1), ("K02", "DL7007", 2.0, 0),
    ]  # fmt: skip


def test_a_case_of_the_example_leads_to_its_order_and_the_lots_of_its_parts(example: Warehouse) -> None:
    case = after_sales_case.case(example, "SC07")
    assert case is not None
    assert (case["batch_id"], case["production_order_id"], case["previous_case_id"]) == ("TRK-260518", "MO3031", "SC02")
    order = after_sales_case.production_order(example, "MO3031").row(0, named=True)
    assert (order["item_id"], order["completed_quantity"]) == ("F200", 15)
    parts = after_sales_case.parts(example, "MO3031")
    issued = example.frame(
        "select sum(quantity) from core.fct_stock_movements where reference_id = 'MO3031' "
        "and movement_type = 'production_issue'"
    ).item()
    assert parts["quantity"].sum() == pytest.approx(issued)
    batteries = parts.filter(pl.col("item_id") == "C640")
    assert set(batteries["supplier_id"]) == {"V04"}
    assert batteries["part_lot_id"].null_count() == 0
    assert after_sales_case.case(example, "SC99") is None
