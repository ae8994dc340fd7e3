"""Every override that is kept: what it says, who made it and why, what the build made of it, and taking it back."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.demand_forecast.preview import OverrideRefused
from tower.demand_forecast.words import quantity_in_words
from tower.exports import Column
from tower.queries import demand_forecast
from tower.store.forecast_overrides import ForecastOverride, withdraw_forecast_override
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.forecast.editor import begin_change, node_of
from tower.ui.forecast.kept import attempt, is_in_scope, kept_overrides, level_in_words, may_edit, show_outcome, store
from tower.ui.tables import show_table
from tower.ui.view import View

# More are in the table, which can be taken away.
SHOWN = 30


def show_overrides(view: View) -> None:
    """Active overrides with their buttons, then all of them as a table."""
    text = view.text
    show_outcome()
    every = kept_overrides(view, with_withdrawn=True)
    active = sorted((one for one in every if one.status == "active"), key=lambda one: -(one.override_id or 0))
    st.markdown(f"**{text('override.active', count=view.numbers.integer(len(active)))}** "
                f":gray[:small[{text('override.list_note')}]]")  # fmt: skip
    if not active:
        states.empty(text, text("override.none" if may_edit(view) else "override.none_reader"))
    outcomes = {
        row["override_id"]: row for row in ask(view.warehouse, demand_forecast.override_outcomes).rows(named=True)
    }
    for override in active[:SHOWN]:
        _show_one(view, override, _outcome(view, override, outcomes))
    if every:
        _show_all(view, every, outcomes)


def _outcome(view: View, override: ForecastOverride, outcomes: dict[str, dict[str, object]]) -> str:
    """What this build made of it; one that was made later counts from the next build on."""
    found = outcomes.get(str(override.override_id))
    if override.status == "withdrawn":
        return view.text("override_outcome.withdrawn")
    if override.expires_on is not None and override.expires_on < view.build.as_of:
        return view.text("override_outcome.expired")
    is_newer = override.created_at is not None and override.created_at > view.build.built_at
    if found is None or is_newer:
        return view.text("override_outcome.next_build")
    return view.text.term("override_outcome", str(found["outcome"]))


def sentence(view: View, override: ForecastOverride) -> str:
    """What an override does: `set to 120, June 2026 to August 2026`."""
    numbers = view.numbers
    value = f"{override.quantity:g}" if override.kind == "factor" else quantity_in_words(override.quantity)
    first, last = numbers.month(override.first_date), numbers.month(override.last_date)
    periods = first if first == last else f"{first} – {last}"
    return view.text(f"override_says.{override.kind}", value=value, periods=periods)


def _show_one(view: View, override: ForecastOverride, outcome: str) -> None:
    text = view.text
    number = override.override_id
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
            st.markdown(
                f"**{level_in_words(view, override)}** · {sentence(view, override)} · "
                f"{text(f'layer.{override.layer}')}",
                width="stretch",
            )
            with st.container(horizontal=True, gap="xsmall", width="content"):
                if may_edit(view) and is_in_scope(view, override):
                    if node_of(override) is not None:
                        st.button(text("override.edit"), key=f"override_edit_{number}", on_click=begin_change,
                                  args=(override,), type="tertiary", icon=":material/edit:")  # fmt: skip
                    st.button(text("override.withdraw"), key=f"override_withdraw_{number}", on_click=_withdraw,
                              args=(view, override), type="tertiary", icon=":material/undo:")  # fmt: skip
        made = view.numbers.instant(override.created_at)
        expires = (
            ""
            if override.expires_on is None
            else f" · {text('override.until', day=view.numbers.day(override.expires_on))}"
        )
        st.caption(f"“{override.reason}” · {override.author}, {made}{expires} · {outcome}")


def _withdraw(view: View, override: ForecastOverride) -> None:
    """Take back what the reader saw, at the version that the reader saw."""

    def change() -> None:
        if not may_edit(view) or not is_in_scope(view, override):
            raise OverrideRefused(view.text("override.readers"))
        withdraw_forecast_override(store(), override, view.user.user_id, view.now)

    attempt(view, change, view.text("override.withdrawn"))


def _show_all(view: View, every: list[ForecastOverride], outcomes: dict[str, dict[str, object]]) -> None:
    text = view.text
    frame = pl.DataFrame(
        [
            {
                **one.as_row(), "override_id": one.override_id, "outcome": _outcome(view, one, outcomes),
                "layer": text(f"layer.{one.layer}"), "kind": text(f"override_kind.{one.kind}"),
                "quantity_before": outcomes.get(str(one.override_id), {}).get("quantity_before"),
                "quantity_after": outcomes.get(str(one.override_id), {}).get("quantity_after"),
            }
            for one in reversed(every)
        ],
        infer_schema_length=None,
    ).with_columns(pl.col("quantity_before", "quantity_after").cast(pl.Float64))  # fmt: skip
    kinds = {
        "override_id": "integer", "outcome": "text", "layer": "text", "kind": "text", "quantity": "number",
        "item_id": "text", "location_id": "text", "channel": "text", "family": "text", "first_date": "day",
        "last_date": "day", "reason": "text", "author": "text", "created_at": "instant", "expires_on": "day",
        "quantity_before": "quantity", "quantity_after": "quantity",
    }  # fmt: skip
    columns = [Column(name, text(f"override_column.{name}"), kind) for name, kind in kinds.items()]  # type: ignore[arg-type]
    show_table(view, "overrides", text("override.all"), frame, columns, note=text("override.all_note"))
