"""Real invoices of a web shop through canonical files: lifecycle and value run on them and agree with the raw rows."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from statistics import median

import polars as pl
import pytest

from forecasting.customer_value import fit_rhythm, purchase_history
from tests.conftest import build_of
from tests.contract import online_retail
from tower.metrics import load_catalogue, query
from tower.queries import customer_lifecycle as questions
from tower.queries import next_products as offered
from tower.queries import value_at_risk as at_risk
from tower.settings import SourceSettings
from tower.warehouse import Warehouse, open_warehouse

pytestmark = pytest.mark.skipif(
    not online_retail.FILE.exists(), reason=f"The Online Retail invoices are not there: {online_retail.FILE}."
)


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    place = tmp_path_factory.mktemp("retail")
    folder = online_retail.write_folder(place / "folder")
    summary = build_of(place / "home", SourceSettings(name="retail", adapter="files", path=folder))
    assert summary.status == "published", summary.problems
    return open_warehouse(summary.file)


@pytest.fixture(scope="module")
def sold() -> pl.DataFrame:
    return online_retail.sales().with_columns(day=pl.col("at").dt.date(), value=pl.col("quantity") * pl.col("price"))


def test_customers_revenue_repeats_and_gaps_are_those_of_the_invoices(retail: Warehouse, sold: pl.DataFrame) -> None:
    days = sold.group_by("customer").agg(pl.col("day").unique().sort(), pl.col("value").sum())
    gaps = [(later - one).days for found in days["day"].to_list() for one, later in pairwise(found)]
    bought = questions.repeats(retail, ())
    assert bought["customers"] == days.height > 200
    assert bought["repeaters"] == days.filter(pl.col("day").list.len() > 1).height
    assert bought["median_gap"] == median(gaps)
    figures = query(
        retail, load_catalogue(retail), ["order_intake_value", "repeat_customer_rate", "median_order_gap_days"]
    )
    assert figures["order_intake_value"].item() == pytest.approx(sold["value"].sum(), abs=0.01)
    assert figures["repeat_customer_rate"].item() == pytest.approx(bought["repeaters"] / days.height)
    assert figures["median_order_gap_days"].item() == median(gaps)


def test_concentration_of_the_last_year_is_that_of_the_invoices(retail: Warehouse, sold: pl.DataFrame) -> None:
    year = sold.filter(pl.col("day") > online_retail.AS_OF.replace(year=online_retail.AS_OF.year - 1))
    values = year.group_by("customer").agg(pl.col("value").sum())["value"].sort(descending=True)
    found = questions.concentration(retail, ())
    assert found["top_5"] == pytest.approx(values.head(5).sum(), abs=0.01)
    assert found["hhi"] == pytest.approx(((values / values.sum()) ** 2).sum(), rel=1e-6)
    share = query(retail, load_catalogue(retail), ["top_5_customer_share_rate"]).item()
    assert share == pytest.approx(values.head(5).sum() / values.sum(), rel=1e-6)


def test_every_returned_line_of_a_known_order_is_there(retail: Warehouse) -> None:
    back = online_retail.invoices().filter("is_cancellation", pl.col("quantity") < 0)
    found = retail.frame("select sum(returned_quantity) as quantity, count(*) as lines from core.fct_customer_returns")
    assert 0 < found["lines"][0] <= back.height
    assert 0 < found["quantity"][0] <= -back["quantity"].sum()


def test_value_is_fitted_and_says_what_it_does_not_know(retail: Warehouse) -> None:
    groups = {row["customer_group"]: row for row in questions.groups(retail).iter_rows(named=True)}
    assert groups["consumer"]["is_fitted"]
    found = questions.parameters(retail)
    assert found.filter(pl.col("customer_group") == "consumer").height == 7
    assert found["estimate"].is_finite().all()
    values = retail.frame("select * from core.fct_customer_values where customer_group = 'consumer'")
    assert values["expected_revenue"].min() >= 0  # type: ignore[operator]
    assert values["alive_probability"].is_between(0, 1).all()
    # The invoices state no cost: revenue is expected, margin and lifetime value are not known, and nothing is a zero.
    assert values["lifetime_value"].null_count() == values.height
    effects = at_risk.effects(retail).filter("is_used")
    assert set(effects["reason"]) == {"no_late_lines"}


def test_expected_purchases_of_the_last_half_year_come_near_what_came(sold: pl.DataFrame) -> None:
    """Fitted on the first half, expected for the second: the sum over the customers, within a quarter."""
    cutoff = date(2011, 6, 9)
    orders = sold.select(customer_id="customer", ordered_on="day", value="value")
    history = purchase_history(orders, cutoff)
    expected = fit_rhythm(history).expected_purchases(history, 26.0).sum()
    came = (
        orders.filter(pl.col("ordered_on").is_between(cutoff, cutoff.replace(month=12, day=8), closed="right"))
        .filter(pl.col("customer_id").is_in(history.customer))
        .select("customer_id", "ordered_on").unique().height
    )  # fmt: skip
    assert expected == pytest.approx(came, rel=0.25)


def test_next_products_are_judged_on_later_invoices(retail: Warehouse) -> None:
    rules = offered.rules(retail)
    assert rules.height == 2
    consumer = rules.filter(pl.col("customer_group") == "consumer").row(0, named=True)
    assert consumer["reason"] == "compared"
    assert consumer["hit_rate_3"] >= consumer["popular_3"]
