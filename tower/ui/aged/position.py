"""One position opened: clocks, layers with their documents, what it is worth, what can use it, what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import aged_stock
from tower.ui.aged.disposition_form import show_form
from tower.ui.aged.words import finding_sentence, provision_sentences, rate_sentence
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.view import View

_LAYERS: dict[str, ColumnKind] = {
    "original_receipt_date": "day", "age_days": "integer", "quantity": "quantity", "unit_cost": "money",
    "value": "money", "receipt": "text", "receipt_place": "text", "arrived_date": "day", "route": "text",
    "lot_id": "text",
}  # fmt: skip
_OPTIONS: dict[str, ColumnKind] = {
    "kind": "text", "target": "text", "quantity": "quantity", "first_date": "day", "last_date": "day",
    "freed_value": "money", "proceeds_value": "money",
}  # fmt: skip
_USED: dict[str, ColumnKind] = {
    "product": "text", "lifecycle": "text", "quantity_per": "number", "demand_quantity": "quantity",
    "component_quantity": "quantity", "first_date": "day",
}  # fmt: skip
_VALUES: dict[str, ColumnKind] = {
    "product": "text", "quantity": "quantity", "parent_cost": "money", "parent_own_value": "money",
    "parent_material_cost": "money", "parent_conversion_cost": "money", "parent_recoverable_rate": "percent",
    "recoverable_rate": "percent",
}  # fmt: skip


def show_position(view: View, row: Mapping[str, Any]) -> None:
    """Everything about one item at one place."""
    text = view.text
    about = [(text("aged_stock.position"), f"{row['item_id']} · {row['location_id']}")]
    with st.container(border=True, key="aged_position"):
        st.markdown(f"##### {row['item_id']} {row['item']} · {row['location_name']}")
        if row["finding"]:
            st.info(f"**{row['finding']}** — {finding_sentence(view, row)}", icon=":material/schedule:")
        _show_clocks(view, row)
        rates = ask(view.warehouse, aged_stock.rates)
        layers = ask(view.warehouse, aged_stock.layers, row["item_id"], row["location_id"])
        st.markdown(f"**{text('aged_stock.provision')}**")
        lines = [rate_sentence(view, row, layers, rates), *provision_sentences(view, row)]
        st.markdown("\n".join(f"- {line}" for line in lines).replace("$", r"\$"))
        _show_layers(view, layers, about)
        _show_values(view, row, about)
        _show_options(view, row, about)
        show_form(view, row)


def _show_clocks(view: View, row: Mapping[str, Any]) -> None:
    """Last movement, age of the layers, forward cover."""
    text, numbers = view.text, view.numbers

    def days(value: float | None) -> str:
        return text("aged_stock.days", days=numbers.integer(round(value))) if value is not None else "–"

    kind = text.term("stock_movement_type", row["last_movement_type"]) if row["last_movement_type"] else "–"
    with st.grid(4, min_column_width=170, gap="small"):
        st.metric(
            text("aged_stock.clock_movement"), days(row["days_since_movement"]), border=True, height="stretch",
            help=text("aged_stock.movement_help", day=numbers.day(row["last_movement_date"]), kind=kind),
        )  # fmt: skip
        st.metric(
            text("aged_stock.clock_issue"), days(row["days_since_issue"]), border=True, height="stretch",
            help=text("aged_stock.issue_help", day=numbers.day(row["last_issue_date"])),
        )  # fmt: skip
        st.metric(
            text("aged_stock.clock_layer"), days(row["value_age_days"]), border=True, height="stretch",
            help=text(
                "aged_stock.layer_help", quantity=days(row["quantity_age_days"]),
                day=numbers.day(row["oldest_receipt_date"]),
            ),
        )  # fmt: skip
        st.metric(
            text("aged_stock.clock_cover"), row["cover"], border=True, height="stretch",
            help=text(
                "aged_stock.cover_help", demand=numbers.exact(round(row["demand_quantity"], 2), "quantity"),
                uom=row["base_uom"], first=numbers.day(row["first_need_date"]),
                last=numbers.day(row["last_need_date"]),
            ),
        )  # fmt: skip


def _show_layers(view: View, layers: pl.DataFrame, about: list[tuple[str, str]]) -> None:
    text = view.text
    receipts = [
        " ".join(part for part in (text.term("stock_movement_type", kind) if kind else None, reference) if part)
        for kind, reference in layers.select("receipt_type", "receipt_reference").rows()
    ]
    show_choice(
        view, "aged_layers", text("aged_stock.layers"), layers.with_columns(pl.Series("receipt", receipts, pl.String)),
        columns_of(view, "aged_column", _LAYERS), note=text("aged_stock.layers_note"), about=about, tallest=300,
        empty=text("aged_stock.no_layers"), widths={"route": 420, "receipt": 200},
    )  # fmt: skip


def _show_values(view: View, row: Mapping[str, Any], about: list[tuple[str, str]]) -> None:
    """What the products bring that the plan builds it into; nothing where it is not built into any."""
    found = ask(view.warehouse, aged_stock.realisable_uses, row["item_id"])
    if found.is_empty():
        return
    show_choice(
        view, "aged_values", view.text("aged_stock.values"), _products(view, found),
        columns_of(view, "aged_column", _VALUES), note=view.text("aged_stock.values_note"), about=about, tallest=260,
        widths={"product": 220},
    )  # fmt: skip


def _show_options(view: View, row: Mapping[str, Any], about: list[tuple[str, str]]) -> None:
    text = view.text
    found = ask(view.warehouse, aged_stock.options, row["item_id"], row["location_id"])
    kinds = [text.term("use_kind", one) for one in found["option_kind"]]
    shown = found.with_columns(
        pl.Series("kind", kinds, pl.String),
        pl.Series("target", [_target(view, one) for one in found.iter_rows(named=True)], pl.String),
    )
    show_choice(
        view, "aged_options", text("aged_stock.options"), shown, columns_of(view, "aged_column", _OPTIONS),
        note=text("aged_stock.options_note"), empty=text("aged_stock.no_options"), about=about,
        widths={"target": 320, "kind": 170},
    )  # fmt: skip
    used = ask(view.warehouse, aged_stock.where_used, row["item_id"])
    if not used.is_empty():
        statuses = [text.term("item_lifecycle", one) if one else None for one in used["lifecycle_status"]]
        show_choice(
            view, "aged_where_used", text("aged_stock.where_used"),
            _products(view, used).with_columns(pl.Series("lifecycle", statuses, pl.String)),
            columns_of(view, "aged_column", _USED), note=text("aged_stock.where_used_note"), about=about, tallest=260,
            widths={"product": 240},
        )  # fmt: skip


def _products(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    names = [
        f"{parent} {view.text.pick(name, name_zh)}".strip()
        for parent, name, name_zh in frame.select("parent_item_id", "item_name", "item_name_zh").rows()
    ]
    return frame.with_columns(pl.Series("product", names, pl.String))


def _target(view: View, row: Mapping[str, Any]) -> str:
    """Who or what takes it, by name."""
    text = view.text
    kind, target = row["option_kind"], row["target_id"]
    if kind == "customer":
        return str(row["target_customer"] or target)
    if kind == "other_site":
        return str(row["target_place"] or target)
    product = f"{target} {text.pick(row['target_item'], row['target_item_zh'])}".strip()
    if kind == "substitute":
        other = f"{row['other_item_id']} {text.pick(row['other_item'], row['other_item_zh'])}".strip()
        return text("aged_stock.instead_of", product=product, other=other)
    return text.term("plan_use", target) if text.has(f"plan_use.{target}") else product
