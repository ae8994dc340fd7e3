"""Stock-outs, outliers, events, life cycle and the streams beside the history."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.demand.plain import prepared_frame
from forecasting.demand.preparation import prepared_demand
from forecasting.demand.settings import DemandSettings
from forecasting.errors import ForecastError
from tests.unit.demand_orders import line, rows_of, shop_with_stock_outs

MONTHS = DemandSettings(buckets=("month",))
WEEKS = DemandSettings(buckets=("week",))
END = date(2025, 11, 30)


def weekly(quantities: list[float], **other: object) -> list[dict[str, object]]:
    """One order on the Monday of each week from 1 January 2024 on."""
    begin = date(2024, 1, 1)
    days = [begin + timedelta(weeks=number) for number in range(len(quantities))]
    return [line(str(day), quantity, **other) for day, quantity in zip(days, quantities, strict=True) if quantity]


def test_demand_that_an_empty_shelf_lost_is_found_again() -> None:
    rows, lost = shop_with_stock_outs(response=0.3)
    found = prepared_demand(rows, END)
    channel = found.channels.row(0, named=True)
    assert channel["is_censored"]
    assert channel["response"] == pytest.approx(0.3, abs=0.03)
    for bucket in ("week", "month"):
        history = found.history.filter(pl.col("bucket") == bucket)
        assert history["lost_quantity"].sum() == pytest.approx(lost, rel=0.05)
        assert history["is_masked"].any()
        assert history.filter("is_masked")["stocked_out_share"].min() >= 0.2
        assert (history["demand_quantity"] - history["sales_quantity"]).sum() == pytest.approx(
            history["lost_quantity"].sum()
        )


def test_a_channel_that_orders_from_an_empty_shelf_gets_nothing_added() -> None:
    found = prepared_demand(shop_with_stock_outs(response=1.0)[0], END)
    assert found.channels["response"][0] == pytest.approx(1.0, abs=0.05)
    assert found.history["lost_quantity"].sum() == 0.0
    assert not found.history["is_masked"].any()
    assert found.history["stocked_out_share"].max() == 1.0


def test_orders_that_emptied_the_shelf_do_not_make_it_look_like_lost_demand() -> None:
    """Each shelf is emptied by one large order; nothing is ever lost."""
    chance = np.random.default_rng(5)
    begin, lines, stock_outs = date(2024, 1, 1), [], []
    for item in range(30):
        name = f"I{item:02}"
        for day in chance.integers(0, 690, 120):
            lines.append(line(str(begin + timedelta(days=int(day))), 1, item_id=name))
        for day in chance.integers(60, 600, 4):
            large = begin + timedelta(days=int(day))
            lines.append(line(str(large), 15, item_id=name))
            stock_outs.append((name, "D1", large + timedelta(days=2), large + timedelta(days=23)))
    frames = {
        "stock_outs": pl.DataFrame(stock_outs, schema=["item_id", "location_id", "from_date", "to_date"], orient="row"),
        "stocked_nodes": pl.DataFrame(
            {"item_id": [f"I{item:02}" for item in range(30)], "location_id": "D1", "stocked_from": begin}
        ),
    }
    channel = prepared_demand(rows_of(lines, **frames), END).channels.row(0, named=True)
    assert channel["response"] > 0.8
    assert not channel["is_censored"]


def test_the_response_of_a_channel_can_be_stated() -> None:
    rows, _ = shop_with_stock_outs(response=1.0)
    stated = prepared_demand(rows, END, DemandSettings(stock_out_response={"shop": 0.5}))
    assert stated.channels["is_censored"][0]
    week = stated.history.filter((pl.col("bucket") == "week") & (pl.col("stocked_out_share") == 1.0))
    # Half of about 14 pieces a week.
    assert week["lost_quantity"].mean() == pytest.approx(7.0, rel=0.1)


def test_the_shelf_of_an_obsolete_item_is_not_out_of_stock_at_the_end() -> None:
    stock_outs = pl.DataFrame(
        {"item_id": ["A"], "location_id": ["D1"], "from_date": [date(2024, 5, 1)], "to_date": [date(9999, 12, 31)]}
    )
    nodes = pl.DataFrame({"item_id": ["A"], "location_id": ["D1"], "stocked_from": [date(2023, 1, 1)]})
    for status, expected in (("obsolete", 0.0), ("active", 1.0)):
        items = pl.DataFrame({"item_id": ["A"], "lifecycle_status": [status]})
        rows = rows_of(weekly([5.0] * 30), stock_outs=stock_outs, stocked_nodes=nodes, items=items)
        history = prepared_demand(rows, date(2024, 7, 28), WEEKS).history
        assert history.filter(pl.col("period_start") == date(2024, 7, 1))["stocked_out_share"][0] == expected


def test_days_without_stock_count_where_their_orders_are_asked_for() -> None:
    begin = date(2024, 1, 1)
    lines = [
        line(str(begin + timedelta(days=number + 14)), 1, ordered=str(begin + timedelta(days=number)))
        for number in range(140)
    ]
    stock_outs = pl.DataFrame(
        {"item_id": ["A"], "location_id": ["D1"], "from_date": [date(2024, 3, 4)], "to_date": [date(2024, 3, 11)]}
    )
    nodes = pl.DataFrame({"item_id": ["A"], "location_id": ["D1"], "stocked_from": [date(2023, 1, 1)]})
    history = prepared_demand(
        rows_of(lines, stock_outs=stock_outs, stocked_nodes=nodes), date(2024, 5, 19), WEEKS
    ).history
    assert history.filter(pl.col("stocked_out_share") > 0).select("period_start", "stocked_out_share").rows() == [
        (date(2024, 3, 18), 1.0)
    ]


def test_a_spike_is_an_outlier_and_stays_as_it_is() -> None:
    chance = np.random.default_rng(1)
    quantities = chance.poisson(20, 60).astype(float).tolist()
    quantities[30] = 90.0
    days = [line(str(date(2024, 1, 1) + timedelta(weeks=week, days=day)), quantity / 5)
            for week, quantity in enumerate(quantities) for day in range(5)]  # fmt: skip
    found = prepared_demand(rows_of(days), date(2025, 3, 2), WEEKS)
    assert found.history.filter("is_outlier").select("period_start", "demand_quantity").rows() == [
        (date(2024, 1, 1) + timedelta(weeks=30), 90.0)
    ]
    assert found.audit.filter(pl.col("rule") == "outlier")["change"].to_list() == [0.0]


def test_single_pieces_now_and_then_are_no_outliers_but_a_large_order_among_them_is() -> None:
    chance = np.random.default_rng(2)
    quantities = chance.poisson(0.3, 80).astype(float)
    quantities[0], quantities[50] = 1.0, 12.0
    history = prepared_demand(rows_of(weekly(quantities.tolist())), date(2025, 7, 27), WEEKS).history
    assert history.filter("is_outlier")["demand_quantity"].to_list() == [12.0]


def test_a_rare_order_must_be_large_among_the_orders_of_its_series() -> None:
    """Far from a usual week of nothing are both; four times the usual order is not large enough, eight times is."""
    for size, expected in ((40.0, []), (80.0, [80.0])):
        quantities = [10.0 if week % 5 == 0 else 0.0 for week in range(80)]
        quantities[50] = size
        history = prepared_demand(rows_of(weekly(quantities)), date(2025, 7, 13), WEEKS).history
        assert history.filter("is_outlier")["demand_quantity"].to_list() == expected


def test_a_series_that_sells_since_the_records_began_is_not_new() -> None:
    table = prepared_demand(rows_of(weekly([5.0] * 15)), date(2024, 4, 14)).series
    assert set(table["life_cycle"]) == {"active"}


def test_events_label_the_series_and_buckets_that_they_concern() -> None:
    events = pl.DataFrame(
        [
            ("E1", "promotion", date(2024, 2, 10), date(2024, 2, 29), None, "BIKES", None, None),
            ("E2", "holiday", date(2024, 2, 28), date(2024, 3, 20), None, None, None, "web"),
            ("E3", "launch", date(2024, 3, 1), date(2024, 3, 31), "B", None, None, None),
            ("E4", "one_off", date(2024, 4, 1), date(2024, 4, 30), None, None, "K2", None),
        ],
        schema=["event_id", "event_type", "start_date", "end_date", "item_id", "category_id", "customer_id", "channel"],
        orient="row",
    )
    items = pl.DataFrame({"item_id": ["A", "B"], "category_id": ["CITY", "PARTS"]})
    categories = pl.DataFrame({"category_id": ["BIKES", "CITY", "PARTS"], "parent_category_id": [None, "BIKES", None]})
    lines = [line(f"2024-0{month}-01", 1, item_id=item, channel=channel, customer_id=f"K{number}")
             for month in (1, 2, 3, 4) for number, (item, channel) in enumerate([("A", "shop"), ("A", "web"), ("B", "shop")])]  # fmt: skip
    rows = rows_of(lines, events=events, items=items, categories=categories)
    found = prepared_demand(rows, date(2024, 4, 30), MONTHS).history.filter(pl.col("event").is_not_null())
    assert sorted(found.select("series", pl.col("period_start").dt.month(), "event").iter_rows()) == [
        ("A|D1|shop", 2, "promotion: E1"),
        ("A|D1|web", 2, "promotion: E1"),
        ("A|D1|web", 3, "holiday: E2"),
        ("B|D1|shop", 3, "launch: E3"),
        ("B|D1|shop", 4, "one_off: E4"),
    ]


@pytest.mark.parametrize(
    ("item", "quantities", "expected"),
    [
        ({}, [5.0] * 100, ("active", "none_of_the_others")),
        ({"lifecycle_status": "obsolete"}, [5.0] * 100, ("ended", "item_obsolete")),
        ({"lifecycle_status": "phase_out"}, [5.0] * 100, ("phase_out", "item_in_phase_out")),
        ({"replaced_by_item_id": "B"}, [5.0] * 100, ("phase_out", "item_replaced")),
        ({"replaced_by_item_id": "B"}, [5.0] * 70 + [0.0] * 30, ("ended", "replaced_and_silent")),
        ({}, [5.0] * 70 + [0.0] * 30, ("phase_out", "silent_for_long")),
        # Two orders in two years: half a year without one says nothing.
        ({}, [5.0] + [0.0] * 60 + [5.0] + [0.0] * 38, ("active", "none_of_the_others")),
        ({}, [0.0] * 90 + [5.0] * 10, ("new", "first_sold_lately")),
        ({"introduced_date": date(2025, 9, 1)}, [5.0] * 100, ("new", "introduced_lately")),
    ],
)  # fmt: skip
def test_the_life_cycle_and_the_rule_that_gave_it(
    item: dict[str, object], quantities: list[float], expected: tuple[str, str]
) -> None:
    # Another item sells from the beginning, so that the records begin there.
    lines = weekly([1.0] * 100, item_id="Z") + weekly(quantities)
    items = pl.DataFrame([{"item_id": "A"} | item])
    table = prepared_demand(rows_of(lines, items=items), date(2025, 11, 30)).series.filter(pl.col("item_id") == "A")
    assert set(table.select("life_cycle", "life_cycle_rule").iter_rows()) == {expected}


def test_trend_and_season_are_strong_where_they_are_and_weak_where_not() -> None:
    chance = np.random.default_rng(4)
    months = [date(2021 + month // 12, month % 12 + 1, 1) for month in range(48)]
    noise = chance.normal(0, 3, (3, 48))
    step = np.arange(48)
    values = {
        "flat": 100 + noise[0],
        "trend": 100 + 4 * step + noise[1],
        "season": 100 + 40 * np.sin(step * np.pi / 6) + noise[2],
    }
    frame = pl.concat(
        [pl.DataFrame({"series": name, "period": months, "quantity": one}) for name, one in values.items()]
    )
    table = {row["series"]: row for row in prepared_frame(frame, "month").series.iter_rows(named=True)}
    assert table["trend"]["trend_strength"] > 0.95
    assert table["flat"]["trend_strength"] < 0.2
    assert table["season"]["season_strength"] > 0.95
    assert table["season"]["is_seasonal"]
    assert not table["flat"]["is_seasonal"]
    assert table["flat"]["demand_class"] == "smooth"
    assert table["flat"]["last_level"] == pytest.approx(values["flat"][-3:].mean())


def test_the_pipeline_weighs_open_opportunities_and_puts_what_is_overdue_into_this_month() -> None:
    opportunities = pl.DataFrame(
        [
            ("O1", "A", date(2024, 1, 5), None, False, 0.5, 40.0, date(2024, 8, 3)),
            ("O2", "A", date(2024, 1, 5), None, False, 0.25, 20.0, date(2024, 8, 30)),
            ("O3", "A", date(2024, 1, 5), None, False, 0.5, 10.0, date(2024, 5, 1)),
            ("O4", "A", date(2024, 1, 5), date(2024, 2, 1), True, 1.0, 30.0, date(2024, 2, 1)),
            ("O5", "A", date(2024, 1, 5), date(2024, 2, 1), False, 0.0, 90.0, date(2024, 2, 1)),
            # Closed later: its probability of the day is not known; 30 of 120 had been won until then.
            ("O6", "A", date(2024, 1, 5), date(2024, 7, 1), True, 1.0, 100.0, date(2024, 7, 1)),
            ("O7", "A", date(2024, 7, 5), None, False, 0.9, 70.0, date(2024, 8, 1)),
        ],
        schema=["opportunity_id", "item_id", "created_date", "closed_date", "is_won", "probability", "quantity",
                "expected_date"],
        orient="row",
    )  # fmt: skip
    rows = rows_of([line("2024-05-01", 1)], opportunities=opportunities)
    found = prepared_demand(rows, date(2024, 6, 14)).pipeline
    assert found.select(
        "month_start", "opportunities", "quantity", "expected_quantity", "overdue_quantity"
    ).rows() == [
        (date(2024, 6, 1), 1, 10.0, 5.0, 5.0),
        (date(2024, 7, 1), 1, 100.0, 25.0, 0.0),
        (date(2024, 8, 1), 2, 60.0, 25.0, 0.0),
    ]  # fmt: skip


def test_sell_out_counts_weeks_that_had_ended() -> None:
    told = pl.DataFrame(
        {"customer_id": ["K1", "K2", "K1"], "channel": "retail", "item_id": "A",
         "week_start_date": [date(2024, 6, 3), date(2024, 6, 3), date(2024, 6, 10)],
         "sold_quantity": [2.0, 3.0, 7.0], "stock_quantity": [5.0, 1.0, 4.0]}
    )  # fmt: skip
    found = prepared_demand(rows_of([line("2024-05-01", 1)], sell_out=told), date(2024, 6, 14)).sell_out
    assert found.rows() == [("A", "retail", date(2024, 6, 3), 2, 5.0, 6.0)]


def test_a_plain_frame_of_months_keeps_its_names_and_its_first_month() -> None:
    frame = pl.DataFrame(
        {"series": ["x", "x", "y"], "period": [date(2024, 1, 31), date(2024, 3, 31), date(2024, 2, 29)],
         "quantity": [5, 7, 1]}
    )  # fmt: skip
    found = prepared_frame(frame, "month").history
    assert found.select("series", pl.col("period_start").dt.month(), "demand_quantity").rows() == [
        ("x", 1, 5.0), ("x", 2, 0.0), ("x", 3, 7.0), ("y", 2, 1.0), ("y", 3, 0.0),
    ]  # fmt: skip


def test_a_plain_frame_of_days_leaves_out_buckets_that_it_does_not_cover() -> None:
    days = pl.date_range(date(2024, 1, 10), date(2024, 4, 15), eager=True)
    found = prepared_frame(pl.DataFrame({"series": "x", "period": days, "quantity": 1.0}), "month")
    assert found.history["demand_quantity"].to_list() == [29.0, 31.0]
    assert found.audit.select("rule", "change").rows() == [("before_history", -22.0), ("after_cutoff", -15.0)]


def test_a_plain_frame_with_a_hole_is_refused() -> None:
    frame = pl.DataFrame({"series": ["x"], "period": [date(2024, 1, 1)], "quantity": [None]})
    with pytest.raises(ForecastError, match="series x, period 2024-01-01"):
        prepared_frame(frame, "month")
    with pytest.raises(ForecastError, match="give the first day"):
        prepared_frame(pl.DataFrame({"series": ["x"], "period": [1], "quantity": [1]}), "month")
