"""White space: products that customers have not bought yet and are likely to want, as lists to act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import next_products as questions
from tower.queries.customer_lifecycle import Chosen
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

_PRODUCTS: dict[str, ColumnKind] = {
    "product": "text", "family": "text", "customers": "integer", "first_customers": "integer",
    "available_quantity": "quantity", "margin_rate": "percent", "usual_value_year": "money", "item_id": "text",
}  # fmt: skip
_OFFERS: dict[str, ColumnKind] = {
    "customer_name": "text", "rank": "integer", "product": "text", "why": "text", "available_quantity": "quantity",
    "margin_rate": "percent", "usual_value_year": "money", "lifetime_value": "money", "last_ordered_date": "day",
    "lift": "number", "support": "percent", "popularity": "percent", "sales_rep_name": "text", "customer_id": "text",
    "item_id": "text",
}  # fmt: skip
_VALIDATION: dict[str, ColumnKind] = {
    "way_name": "text", "k": "integer", "outcome": "text", "split_name": "text", "used": "text",
    "judged_subjects": "integer", "hits": "integer", "hit_rate": "percent", "lead": "percent", "lead_error": "percent",
    "until_date": "day",
}  # fmt: skip


def show_offers(view: View, chosen: Chosen) -> None:
    """Which rule ranks, the products with their customers, the customers of the product chosen."""
    text, numbers = view.text, view.numbers
    found = ask(view.warehouse, questions.rules)
    for row in found.iter_rows(named=True):
        st.caption(rule_sentence(view, row))
    products = ask(view.warehouse, questions.products, chosen)
    if products.is_empty():
        states.empty(text, text("lifecycle.no_offers"))
        return
    shown = with_names(view, products)
    show_choice(
        view, "white_space", text("lifecycle.white_space"), shown,
        columns_of(view, "lifecycle_column", _PRODUCTS), parameter="product", ids=products["item_id"].to_list(),
        note=text("lifecycle.white_space_note"), tallest=380, widths={"product": 230, "family": 130},
    )  # fmt: skip
    product = url.value("product")
    names = dict(shown.select("item_id", "product").rows())
    known = product if product in names else ""
    offers = ask(view.warehouse, questions.customers, chosen, known)
    title = text("lifecycle.offers_of", product=names[known]) if known else text("lifecycle.offers")
    if known:
        st.button(
            text("lifecycle.all_products"), on_click=url.clear, args=("product",), key="close_product", type="tertiary"
        )
    note = text("lifecycle.offers_note")
    if offers.height == questions.MOST_ROWS:
        note = f"{note} {text('lifecycle.cut', count=numbers.integer(offers.height))}"
    reasons = [reason(view, row) for row in offers.iter_rows(named=True)]
    show_choice(
        view, "offers", title, with_names(view, offers).with_columns(pl.Series("why", reasons, pl.String)),
        columns_of(view, "lifecycle_column", _OFFERS), parameter="customer", ids=offers["customer_id"].to_list(),
        note=note, tallest=420, widths={"customer_name": 200, "product": 190, "why": 560},
    )  # fmt: skip


def reason(view: View, row: Mapping[str, Any]) -> str:
    """Why a product is offered to a customer, in a sentence; `row` of `questions.of_customer`."""
    text, numbers = view.text, view.numbers
    parts = []
    if row["because_item_id"] is not None:
        parts.append(
            text(
                "lifecycle.why_together", common=numbers.integer(row["common_buyers"]),
                buyers=numbers.integer(row["because_buyers"]), lift=f"{row['lift']:.1f}",
                product=text.pick(row["because_item_name"], row["because_item_name_zh"]) or row["because_item_id"],
            )
        )  # fmt: skip
    if row["alike_buyers"]:
        parts.append(
            text(
                "lifecycle.why_alike", buyers=numbers.integer(row["alike_buyers"]),
                alike=numbers.integer(row["alike_customers"]),
            )
        )  # fmt: skip
    if not parts or row["way"] == "popularity":
        parts.append(text("lifecycle.why_popular", share=numbers.value(row["popularity"], "percent")))
    return " ".join(parts)


def rule_sentence(view: View, row: Mapping[str, Any]) -> str:
    """Which way ranks the products of one group, and what the others were worth; `row` of `questions.rules`."""
    text, numbers = view.text, view.numbers
    name = text.pick(row["label"], row["label_zh"])
    said = "popular" if row["way"] == "popularity" else "better"
    if row["reason"] != "compared":
        said = "not_judged"
    shares = {
        key: numbers.value(row[key], "percent")
        for key in ("hit_rate_3", "hit_rate_5", "popular_3", "popular_5", "shuffled_3")
    }
    sentence = text(
        f"lifecycle.offers_{said}", way=text.term("offer_way", row["way"]),
        customers=numbers.integer(row["judged_customers"]), **shares,
    )  # fmt: skip
    return f"**{name}** ({numbers.integer(row['advised_customers'])}): {sentence}"


def show_offers_quality(view: View, group: str, name: str) -> None:
    """Hit rates of every way at every cutoff for one group."""
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.validation, group)
    if frame.is_empty():
        return
    splits = [
        text("progress.split_all") if split == "all" else text("progress.split", day=numbers.day(cutoff))
        for split, cutoff in frame.select("split", "cutoff_date").rows()
    ]
    ways = [text.term("offer_way", one) for one in frame["way"].to_list()]
    shown = frame.rename({"customers": "judged_subjects"}).with_columns(
        pl.Series("way_name", ways, pl.String),
        pl.Series("split_name", splits, pl.String),
        outcome=pl.when(pl.col("is_shuffled"))
        .then(pl.lit(text("lifecycle.shuffled_outcome")))
        .otherwise(pl.lit(text("lifecycle.true_outcome"))),
        used=pl.when(pl.col("is_used")).then(pl.lit(text("lifecycle.yes"))),
    )
    title = text("lifecycle.offers_validation", group=name)
    show_table(
        view, f"offers_validation_{group}", title, shown.select(list(_VALIDATION)),
        columns_of(view, "lifecycle_column", _VALIDATION), note=text("lifecycle.offers_validation_note"),
        about=provenance(view, title, is_filtered=False),
    )  # fmt: skip


def with_names(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """With `product` and `family` in the reader's language."""
    pick = view.text.pick
    rows = frame.select("item_id", "item_name", "item_name_zh", "product_family", "product_family_zh").rows()
    return frame.with_columns(
        pl.Series("product", [pick(name, name_zh) or item for item, name, name_zh, _, _ in rows], pl.String),
        pl.Series("family", [pick(family, family_zh) for *_, family, family_zh in rows], pl.String),
    )
