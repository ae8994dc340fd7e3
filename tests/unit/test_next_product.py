"""Next best products: measures by hand, planted pairs found, popularity kept where nothing beats it, no look ahead."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.errors import ForecastError
from forecasting.next_product import (
    WAYS,
    advise,
    baskets,
    chosen_way,
    hit_rates,
    item_pairs,
    pooled,
    scores,
    similarities,
    substitutes,
)

START, END = date(2026, 1, 1), date(2026, 12, 31)


def purchases(*rows: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [(customer, item, START + timedelta(days=day)) for customer, item, day in rows],
        schema={"customer_id": pl.String, "item_id": pl.String, "ordered_on": pl.Date},
        orient="row",
    )


# Bikes go with helmets (3 of 4 buyers), pumps with nothing much.
KNOWN = purchases(
    ("A", "bike", 1), ("A", "helmet", 2), ("A", "bike", 9),
    ("B", "bike", 1), ("B", "helmet", 2),
    ("C", "bike", 1), ("C", "helmet", 2), ("C", "pump", 3),
    ("D", "bike", 1),
    ("E", "pump", 1),
)  # fmt: skip


def test_support_confidence_and_lift_by_hand() -> None:
    found = item_pairs(baskets(KNOWN, since=START, until=END)).row(by_predicate=pl.col("item_id") == "bike", named=True)
    assert found == {
        "item_id": "bike", "then_item_id": "helmet", "common_buyers": 3, "buyers": 4, "then_buyers": 3,
        "support": 3 / 5, "confidence": 3 / 4, "lift": pytest.approx(0.75 / 0.6),
    }  # fmt: skip
    assert item_pairs(baskets(KNOWN, since=START, until=END), least_common=4).is_empty()


def test_similarity_by_hand_and_few_common_buyers_weigh_less() -> None:
    known = baskets(KNOWN, since=START, until=END)
    bike, helmet, pump = (known.items.index(name) for name in ("bike", "helmet", "pump"))
    found = similarities(known, damping=10.0)
    assert found[bike, helmet] == pytest.approx(3 / np.sqrt(12) * 3 / 13)
    assert found[bike, pump] == pytest.approx(1 / np.sqrt(8) * 1 / 11)
    assert found[bike, bike] == 0.0
    assert (found == found.T).all()


def test_advice_gives_the_item_that_goes_with_what_the_customer_has_and_says_why() -> None:
    found = advise(baskets(KNOWN, since=START, until=END), "bought_together", most=2)
    first = found.filter(pl.col("customer_id") == "D").row(0, named=True)
    assert (first["rank"], first["item_id"], first["because_item_id"]) == (1, "helmet", "bike")
    assert (first["common_buyers"], first["because_buyers"], first["popularity"]) == (3, 4, 3 / 5)
    assert first["lift"] == pytest.approx(1.25)
    pairs = set(found.select("customer_id", "item_id").iter_rows())
    assert not pairs & set(KNOWN.select("customer_id", "item_id").iter_rows())


def test_what_is_excluded_is_not_recommended() -> None:
    found = advise(baskets(KNOWN, since=START, until=END), "bought_together", most=2, barred={"helmet", "wheel"})
    assert found.filter(pl.col("customer_id") == "D")["item_id"].to_list() == ["pump"]


def test_a_customer_alone_with_its_item_gets_popularity_without_a_reason() -> None:
    rows = pl.concat([KNOWN, purchases(("F", "bell", 4))])
    found = advise(baskets(rows, since=START, until=END), "popularity", most=1)
    only = found.filter(pl.col("customer_id") == "F").row(0, named=True)
    assert (only["item_id"], only["because_item_id"], only["lift"]) == ("bike", None, None)


def planted(seed: int, customers: int = 400) -> pl.DataFrame:
    """Each family of three items is bought by its own fans; the third item follows in the second half of the year."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        family = int(draw.integers(0, 8))
        rows += [(f"C{customer}", f"F{family}-{number}", int(draw.integers(0, 150))) for number in (0, 1)]
        third = family if draw.random() < 0.8 else int(draw.integers(0, 8))
        day = int(draw.integers(0, 150)) if draw.random() < 0.5 else int(draw.integers(200, 300))
        rows.append((f"C{customer}", f"F{third}-2", day))
    return purchases(*rows)


def test_planted_families_are_found_and_beat_popularity() -> None:
    judged = hit_rates(planted(1), since=START, known_until=date(2026, 6, 30), judged_until=END)
    rates, errors = judged.of("hit_rate", 3), judged.of("lead_error", 3)
    assert chosen_way(rates, errors) in {"bought_together", "look_alikes"}
    assert rates["bought_together"] > 0.7
    assert rates["popularity"] < 0.5


def test_without_any_pattern_popularity_stays() -> None:
    draw = np.random.default_rng(2)
    rows = purchases(
        *((f"C{draw.integers(0, 300)}", f"I{draw.integers(0, 40)}", int(draw.integers(0, 360))) for _ in range(2_000))
    )
    judged = hit_rates(rows, since=START, known_until=date(2026, 6, 30), judged_until=END)
    assert chosen_way(judged.of("hit_rate", 5), judged.of("lead_error", 5)) == "popularity"


def test_the_hit_rate_by_hand() -> None:
    # Known: helmet 2, pump 1. A and C buy something new: A the helmet (a hit at 1), C the pump (ranked after it: a hit at 2).
    rows = purchases(
        ("A", "pump", 1), ("B", "helmet", 1), ("D", "helmet", 1), ("C", "lock", 1),
        ("A", "helmet", 200), ("C", "pump", 200), ("B", "helmet", 210), ("N", "pump", 210),
    )  # fmt: skip
    judged = hit_rates(rows, since=START, known_until=date(2026, 6, 30), judged_until=END, at=(1, 2))
    assert judged.table.filter(pl.col("way") == "popularity").select("k", "customers", "hits", "hit_rate").rows() == [
        (1, 2, 1, 0.5),
        (2, 2, 2, 1.0),
    ]


def test_the_future_and_the_order_of_rows_change_nothing() -> None:
    rows = planted(3)
    until = date(2026, 6, 30)
    known = baskets(rows, since=START, until=until)
    later = pl.concat([rows, purchases(("C0", "new", 250), ("C1", "F0-0", 300))])
    again = baskets(later.sample(fraction=1.0, shuffle=True, seed=4), since=START, until=until)
    assert (known.customers, known.items) == (again.customers, again.items)
    for way in WAYS:
        assert (scores(known, way) == scores(again, way)).all()
        assert advise(known, way).equals(advise(again, way))


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ForecastError, match="comes after"):
        baskets(KNOWN, since=END, until=START)


def test_support_and_look_alikes_of_an_advice_by_hand() -> None:
    found = advise(baskets(KNOWN, since=START, until=END), "look_alikes", most=1, customers=["D"])
    row = found.row(0, named=True)
    assert (row["item_id"], row["support"]) == ("helmet", 3 / 5)
    # A, B and C share the bike with D; E shares nothing. All three bought the helmet.
    assert (row["alike_customers"], row["alike_buyers"]) == (3, 3)
    assert found["customer_id"].to_list() == ["D"]


def test_substitutes_are_of_one_category_and_seldom_bought_together() -> None:
    rows = [(f"R{n}", "red bike", 1) for n in range(20)] + [(f"B{n}", "blue bike", 1) for n in range(20)]
    rows += [(f"R{n}", "helmet", 2) for n in range(20)] + [(f"B{n}", "lock", 2) for n in range(20)]
    known = baskets(purchases(*rows), since=START, until=END)
    kinds = {"red bike": "bikes", "blue bike": "bikes", "helmet": "more", "lock": None}
    found = substitutes(known, kinds)
    place = known.items.index
    assert found[place("red bike"), place("blue bike")] == 1.0
    # Never bought together either, but of other categories or none.
    assert found.sum() == 2.0
    advice = advise(known, "popularity", most=5, rivals=found).filter(pl.col("customer_id") == "R1")
    assert advice["item_id"].to_list() == ["lock"]
    # Ten customers each: 10 × 10 ÷ 20 = 5 are expected; nine each are too few to say anything.
    few = baskets(purchases(*[row for row in rows if int(row[0][1:]) < 9]), since=START, until=END)
    assert substitutes(few, kinds).sum() == 0.0


def test_what_another_customer_bought_cannot_be_told() -> None:
    judged = hit_rates(planted(1), since=START, known_until=date(2026, 6, 30), judged_until=END, seed=5)
    mixed = judged.table.filter(pl.col("is_shuffled"), pl.col("k") == 3)
    rates = dict(mixed.select("way", "hit_rate").iter_rows())
    # Eight families: three of their last items are right by luck in three of eight cases.
    assert rates["bought_together"] == pytest.approx(3 / 8, abs=0.1)
    assert judged.of("hit_rate", 3)["bought_together"] > 1.8 * rates["bought_together"]


def test_cutoffs_are_pooled_by_their_customers() -> None:
    first, second = (
        hit_rates(planted(seed), since=START, known_until=date(2026, 6, 30), judged_until=END) for seed in (1, 2)
    )
    both = pooled([first, second]).filter(pl.col("way") == "look_alikes", pl.col("k") == 3).row(0, named=True)
    one, two = (
        judged.table.filter(pl.col("way") == "look_alikes", pl.col("k") == 3).row(0, named=True)
        for judged in (first, second)
    )
    assert both["hits"] == one["hits"] + two["hits"]
    n, m = one["customers"], two["customers"]
    assert both["lead"] == pytest.approx((one["lead"] * n + two["lead"] * m) / (n + m))
    error = np.hypot(one["lead_error"] * n, two["lead_error"] * m) / (n + m)
    assert both["lead_error"] == pytest.approx(error)
