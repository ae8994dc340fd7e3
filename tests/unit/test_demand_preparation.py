"""Demand preparation on a few order lines, counted by hand."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from forecasting.demand.preparation import prepared_demand
from forecasting.demand.rows import DemandRows
from forecasting.demand.settings import DemandSettings
from forecasting.errors import ForecastError
from tests.unit.demand_orders import line, rows_of

MONTHS = DemandSettings(buckets=("month",))
AS_OF = date(2024, 6, 14)


def demand(rows: DemandRows, settings: DemandSettings = MONTHS, as_of: date = AS_OF) -> dict[str, float]:
    history = prepared_demand(rows, as_of, settings).history
    return {
        str(start)[:7]: quantity for start, quantity in history.select("period_start", "demand_quantity").iter_rows()
    }


def changes(rows: DemandRows, settings: DemandSettings = MONTHS) -> dict[tuple[str, str], float]:
    audit = prepared_demand(rows, AS_OF, settings).audit
    return {
        (str(start)[:7], rule): change
        for start, rule, change in audit.select("period_start", "rule", "change").iter_rows()
    }


def test_months_between_the_first_sale_and_the_cutoff_are_filled_with_zeros_and_the_running_month_is_out() -> None:
    rows = rows_of([line("2024-01-01", 4), line("2024-04-20", 3), line("2024-06-03", 9)])
    assert demand(rows) == {"2024-01": 4, "2024-02": 0, "2024-03": 0, "2024-04": 3, "2024-05": 0}
    assert changes(rows) == {("2024-06", "after_cutoff"): -9}


def test_a_month_counts_from_its_last_day_on() -> None:
    rows = rows_of([line("2024-04-01", 4), line("2024-05-03", 9)])
    assert list(demand(rows, as_of=date(2024, 5, 30))) == ["2024-04"]
    assert list(demand(rows, as_of=date(2024, 5, 31))) == ["2024-04", "2024-05"]


def test_weeks_begin_on_monday_and_the_week_in_which_the_records_begin_is_out() -> None:
    # Wednesday 3 January 2024 is the first order that there is.
    rows = rows_of([line("2024-01-03", 4), line("2024-01-08", 5), line("2024-01-14", 1), line("2024-01-15", 2)])
    found = prepared_demand(rows, date(2024, 1, 21), DemandSettings(buckets=("week",)))
    assert found.history.select("period_start", "demand_quantity").rows() == [
        (date(2024, 1, 8), 6.0),
        (date(2024, 1, 15), 2.0),
    ]
    assert found.audit.select("rule", "change").rows() == [("before_history", -4.0)]


def test_history_begins_once_nine_tenths_of_a_channels_orders_were_placed_within_the_records() -> None:
    lines = [line(f"2024-0{month}-05", 1, ordered=f"2024-0{month - 1}-04") for month in (2, 3, 4, 5)]
    # The records begin on 4 January, orders ask for 30 to 32 days later: February is not whole, March is the first.
    assert list(demand(rows_of(lines))) == ["2024-03", "2024-04", "2024-05"]


def test_orders_of_own_places_are_no_demand() -> None:
    lines = [line("2024-05-01", 4), line("2024-05-02", 30, is_internal=True), line("2024-05-03", 20, customer_id="D2")]
    settings = DemandSettings(buckets=("month",), internal_customers=("D2",))
    assert demand(rows_of(lines), settings) == {"2024-05": 4}
    assert changes(rows_of(lines), settings) == {("2024-05", "internal_order"): -50}


def test_what_was_cancelled_after_the_day_asked_for_was_wanted() -> None:
    lines = [
        line("2024-05-01", 10),
        line("2024-05-10", 5, cancelled_quantity=5.0, cancelled_date=date(2024, 5, 9)),
        line("2024-05-10", 7, cancelled_quantity=3.0, cancelled_date=date(2024, 5, 20)),
        line("2024-05-10", 2, cancelled_quantity=2.0),
        # Cancelled after the as-of date: nobody knows it yet.
        line("2024-05-31", 1, cancelled_quantity=1.0, cancelled_date=date(2024, 6, 20)),
    ]
    assert demand(rows_of(lines)) == {"2024-05": 10 + 7 + 1}
    assert demand(rows_of(lines), DemandSettings(buckets=("month",), cancellations="remove")) == {"2024-05": 10 + 4 + 1}


def test_orders_of_opportunities_can_be_left_to_the_pipeline() -> None:
    lines = [line("2024-05-01", 10), line("2024-05-10", 50, is_project=True)]
    kept = prepared_demand(rows_of(lines), AS_OF, MONTHS).history
    assert kept.select("demand_quantity", "project_quantity").rows() == [(60.0, 50.0)]
    assert demand(rows_of(lines), DemandSettings(buckets=("month",), projects="remove")) == {"2024-05": 10}


@pytest.mark.parametrize(
    ("policy", "april", "may"), [("ignore", 10.0, 6.0), ("original_period", 6.0, 6.0), ("own_period", 10.0, 2.0)]
)
def test_returns_are_taken_from_the_period_that_the_policy_names(policy: str, april: float, may: float) -> None:
    returns = pl.DataFrame(
        {"item_id": ["A"], "location_id": ["D1"], "channel": ["shop"], "requested_date": [date(2024, 4, 1)],
         "ordered_date": [date(2024, 4, 1)], "returned_date": [date(2024, 5, 6)], "quantity": [4.0]}
    )  # fmt: skip
    rows = rows_of([line("2024-04-01", 10), line("2024-05-03", 6)], returns=returns)
    settings = DemandSettings(buckets=("month",), returns=policy)  # type: ignore[arg-type]
    assert demand(rows, settings) == {"2024-04": april, "2024-05": may}
    assert prepared_demand(rows, AS_OF, settings).history["returned_quantity"].sum() == 4.0


def test_demand_ends_at_zero_where_more_came_back_than_was_sold() -> None:
    returns = pl.DataFrame(
        {"item_id": ["A"], "location_id": ["D1"], "channel": ["shop"], "returned_date": [date(2024, 5, 6)],
         "quantity": [9.0]}
    )  # fmt: skip
    rows = rows_of([line("2024-04-01", 10), line("2024-05-03", 6)], returns=returns)
    settings = DemandSettings(buckets=("month",), returns="own_period")
    assert demand(rows, settings) == {"2024-04": 10, "2024-05": 0}
    assert changes(rows, settings) == {("2024-05", "returned"): -9, ("2024-05", "more_returned_than_sold"): 3}


def test_the_audit_runs_from_the_raw_lines_to_the_demand() -> None:
    lines = [
        line("2024-05-01", 10),
        line("2024-05-02", 30, is_internal=True),
        line("2024-05-10", 2, cancelled_quantity=2.0),
    ]
    audit = prepared_demand(rows_of(lines), AS_OF, MONTHS).audit
    assert audit.select("rule", "before", "after").rows() == [("internal_order", 42.0, 12.0), ("cancelled", 12.0, 10.0)]
    assert audit["reason"][1].startswith("It was cancelled before the day asked for")


def test_the_same_orders_can_be_counted_by_the_day_on_which_they_were_placed() -> None:
    rows = rows_of([line("2024-03-01", 1), line("2024-05-02", 3, ordered="2024-04-20")])
    assert demand(rows) == {"2024-03": 1.0, "2024-04": 0.0, "2024-05": 3.0}
    by_order = DemandSettings(buckets=("month",), dated_by="ordered")
    assert demand(rows, by_order) == {"2024-03": 1.0, "2024-04": 3.0, "2024-05": 0.0}


def test_items_places_and_channels_are_series_of_their_own_and_a_missing_channel_is_one() -> None:
    lines = [
        line("2024-05-01", 1), line("2024-05-01", 2, channel=None), line("2024-05-01", 4, location_id=None),
        line("2024-05-01", 8, item_id="B"),
    ]  # fmt: skip
    history = prepared_demand(rows_of(lines), AS_OF, MONTHS).history
    assert dict(history.select("series", "demand_quantity").iter_rows()) == {
        "A|D1|shop": 1.0, "A|D1|": 2.0, "A||shop": 4.0, "B|D1|shop": 8.0,
    }  # fmt: skip


def test_no_orders_give_empty_frames() -> None:
    found = prepared_demand(DemandRows.of(), AS_OF)
    assert [frame.height for frame in (found.history, found.audit, found.series, found.pipeline)] == [0, 0, 0, 0]


def test_a_line_without_a_date_is_refused() -> None:
    with pytest.raises(ForecastError, match="no item, requested date"):
        rows_of([line("2024-05-01", 1) | {"requested_date": None}, line("2024-05-01", 1)])


def test_a_column_that_is_not_known_is_refused() -> None:
    with pytest.raises(ForecastError, match="colour"):
        DemandRows.of(items=pl.DataFrame({"item_id": ["A"], "colour": ["red"]}))
