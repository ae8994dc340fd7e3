"""Overrides in the app store as the page uses them: who may change them, what stands, and what became of a change."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from tower.access import Role
from tower.demand_forecast.preview import Preview, ServedForecast, previewed
from tower.errors import TowerError
from tower.queries import demand_forecast
from tower.settings import load_settings
from tower.store import Store
from tower.store.forecast_overrides import ForecastOverride, forecast_overrides, override_frame
from tower.ui import cached
from tower.ui.cached import ask
from tower.ui.session import PROJECT_FOLDER
from tower.ui.states import sentence_of
from tower.ui.view import View

# Who changes the forecast; the others see what was changed.
EDITORS: tuple[Role, ...] = ("planner", "admin")
_OUTCOME = "override_outcome"


def may_edit(view: View) -> bool:
    """Whether the reader's role changes forecasts."""
    return view.user.role in EDITORS


def store() -> Store:
    """The app store of the settings."""
    return cached.store(load_settings(PROJECT_FOLDER).effective_store_url)


def kept_overrides(view: View, *, with_withdrawn: bool = False) -> list[ForecastOverride]:
    """Overrides that the reader may see: all, or those of the places in the reader's scope."""
    every = forecast_overrides(store(), with_withdrawn=with_withdrawn)
    return [one for one in every if is_in_scope(view, one)]


def is_in_scope(view: View, override: ForecastOverride) -> bool:
    """Whether all that the override changes lies within the reader's scope."""
    places = view.scope.locations
    return places is None or override.location_id in places


def effect(view: View, override: ForecastOverride) -> Preview:
    """What the override does to the served forecast, on top of all others that stand.

    Raises OverrideRefused for one that cannot be read.
    """
    number = override.override_id or 0
    others = [one for one in forecast_overrides(store()) if one.override_id != number]
    return previewed(_served(view), override_frame(others), override_frame([_dated(view, override)]))


def _dated(view: View, override: ForecastOverride) -> ForecastOverride:
    """A draft with what the store will give it."""
    values = override.as_row() | {"author": view.user.user_id, "created_at": view.now}
    return ForecastOverride(**values, override_id=override.override_id or 0)


def _served(view: View) -> ServedForecast:
    return ServedForecast(
        ask(view.warehouse, demand_forecast.forecast_cells)
        .drop("quantity").rename({"statistical_quantity": "quantity"}).with_columns(pl.col("quantity").clip(0)),
        ask(view.warehouse, demand_forecast.demand_by_series),
        ask(view.warehouse, demand_forecast.item_families),
        view.build.as_of,
    )  # fmt: skip


def attempt(view: View, change: Callable[[], object], done: str) -> TowerError | None:
    """Carry out a change in a callback, and keep what became of it for the next run. Gives the problem back."""
    problem: TowerError | None = None
    try:
        change()
    except TowerError as error:
        problem = error
        st.session_state[_OUTCOME] = ("error", sentence_of(view.text, error), str(error))
    else:
        st.session_state[_OUTCOME] = ("success", done, view.text("override.next_build"))
    return problem


def show_outcome() -> None:
    """What became of the last change; shown once."""
    found = st.session_state.pop(_OUTCOME, None)
    if found is None:
        return
    kind, sentence, detail = found
    (st.error if kind == "error" else st.success)(f"**{sentence}**  \n{detail}")


def level_in_words(view: View, override: ForecastOverride) -> str:
    """What an override speaks of: item, place, channel, family, or all."""
    text = view.text
    names = {item: text.pick(*both) for item, *both in ask(view.warehouse, demand_forecast.item_names).rows()}
    parts = [f"{override.item_id} {names.get(override.item_id, '')}".strip()] if override.item_id else []
    parts += [override.family] if override.family else []
    parts += [override.location_id] if override.location_id else []
    parts += [text.term("channel", override.channel)] if override.channel else []
    return " · ".join(parts) or text("forecast.total")
