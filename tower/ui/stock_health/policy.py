"""A policy changed and tried: the edit, the plan with it beside the plan as it is, and the draft that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from planning.scenarios.change import Change
from planning.scenarios.document import Scenario
from planning.scenarios.problems import ScenarioError
from tower.charts import Line, lines_figure
from tower.exports import Column, ColumnKind
from tower.queries import forecast_quality, inventory_health
from tower.scenarios.policy_edit import AT_REORDER_POINT, PolicyEffect, edited, effect, named_changes, proposed, scaled
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.scenarios.figures import show_cards, show_figures
from tower.ui.scenarios.into_draft import keep_changes, link_to
from tower.ui.scenarios.kept import known_scenarios, may_write
from tower.ui.scenarios.plans import BaseOf, served_base
from tower.ui.scenarios.problems import remembered, show_problems, show_said
from tower.ui.stock_health.choices import Choices
from tower.ui.stock_health.position import chosen_position, key_of, named_position
from tower.ui.tables import show_table
from tower.ui.view import View

EDITS = ("one", "proposals", "times")
TIMES = ("0.5", "0.8", "1.2", "1.5", "2")
MOST_CHOICES = 2_000
_MESSAGES: dict[str, ColumnKind] = {"code": "text", "message": "text", "before": "integer", "after": "integer",
                                    "change": "integer"}  # fmt: skip


def show_policy(view: View, choices: Choices) -> None:
    """What to change, what it does, and keeping it."""
    text = view.text
    if not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
        return
    show_said(view.text)
    _show_made(view)
    rows = ask(view.warehouse, inventory_health.positions, choices.filters, choices.types)
    planned = rows.filter(pl.col("is_planned") == 1)
    if planned.is_empty():
        states.empty(text, text("inventory_health.no_rows"))
        return
    edit = url.segments(
        text("inventory_health.edit"), "edit", EDITS, lambda one: text(f"inventory_health.edit_{one}"), default="one",
        label_visibility="collapsed",
    )  # fmt: skip
    if edit == "one":
        changes = _edit_one(view, planned)
    elif edit == "proposals":
        changes = _take_proposals(view, choices)
    else:
        changes = _scale(view, planned)
    if not changes:
        st.caption(text("inventory_health.nothing_changed"))
        return
    said, more = named_changes(changes, text.language)
    st.markdown("\n".join(f"- {one}" for one in said))
    if more:
        st.caption(text("inventory_health.more_changes", count=view.numbers.integer(more)))
    _show_effect(view, changes)


def _edit_one(view: View, planned: pl.DataFrame) -> list[Change]:
    """Safety stock, reorder point and lot size of one item at one place; a service target sets the safety stock."""
    text = view.text
    rows = {key_of(row): row for row in planned.head(MOST_CHOICES).iter_rows(named=True)}
    named = chosen_position(view)
    if named is not None and named["is_planned"]:
        rows.setdefault(key_of(named), named)
    key = url.select(
        text("inventory_health.position"), "position", list(rows), lambda one: named_position(view, rows[one]),
        default=next(iter(rows)), width=480,
    )  # fmt: skip
    assert key is not None
    row = rows[key]
    lots = ask(view.warehouse, inventory_health.policy, row["item_id"], row["location_id"]) or {}
    is_point = row["lot_rule"] in AT_REORDER_POINT
    rule = text.term("lot_rule", row["lot_rule"] or "")
    st.caption(text("inventory_health.ordered_by", rule=rule) + (
        " " + text("inventory_health.point_counts") if is_point else ""))  # fmt: skip
    curve = ask(view.warehouse, forecast_quality.trade_off, row["item_id"], row["location_id"])
    curve = curve.drop_nulls("safety_stock_quantity")
    targets = {f"{one:g}": stock for one, stock in curve.select("target_fill_rate", "safety_stock_quantity").rows()}
    with st.grid(3, min_column_width=190, gap="small"):
        target = url.select(
            text("inventory_health.service"), "service", ["", *targets],
            lambda one: view.numbers.value(float(one), "percent") if one else text("inventory_health.by_hand"),
            default="", disabled=not targets, help=text("inventory_health.service_help"),
        )  # fmt: skip
        stated = float(row["safety_stock_quantity"] or 0)
        wanted = max(round(targets[target], 3), 0.0) if target else stated
        safety = _figure(view, key, "safety", wanted, is_set=bool(target))
        point = row["reorder_point_quantity"]
        if target and is_point and point is not None:
            point = max(float(point) + wanted - stated, 0.0)
        moved = _figure(view, key, "point", float(point or 0), is_set=bool(target), disabled=not is_point)
        minimum = _figure(view, key, "minimum", float(lots.get("min_lot_quantity") or 0))
        multiple = _figure(view, key, "multiple", float(lots.get("lot_multiple") or 0))
        fixed = _figure(view, key, "fixed_lot", 0.0, disabled=row["lot_rule"] != "fixed_quantity")
    given = {
        "minimum": minimum if minimum != float(lots.get("min_lot_quantity") or 0) else 0.0,
        "multiple": multiple if multiple != float(lots.get("lot_multiple") or 0) else 0.0,
        "fixed_lot": fixed,
    }
    return edited(row, safety_stock=safety, reorder_point=moved if is_point else None, lots=given)


def _figure(
    view: View, key: str, name: str, default: float, *, is_set: bool = False, disabled: bool = False
) -> float:  # fmt: skip
    """A number of the edit, kept in the URL with the position that it is meant for."""
    owner, _, written = url.value(name).rpartition("=")
    value = default
    if owner == key and not is_set:
        try:
            value = max(float(written), 0.0)
        except ValueError:
            value = default
    field = f"edit_{name}"
    st.session_state[field] = value

    def store() -> None:
        after = st.session_state[field]
        url.write(name, "" if after is None or after == default else f"{key}={after:g}")
        url.clear("service")

    st.number_input(
        view.text(f"inventory_health.{name}"), min_value=0.0, max_value=1e9, key=field, on_change=store,
        disabled=disabled, format="%g", help=view.text(f"inventory_health.{name}_help"),
    )  # fmt: skip
    return value


def _take_proposals(view: View, choices: Choices) -> list[Change]:
    """Safety stocks, or reorder points, as the service targets ask for, of all that the filters leave."""
    text = view.text
    found = ask(view.warehouse, inventory_health.protections, choices.filters)
    off = found.filter(pl.col("protection") != "right")
    if off.is_empty():
        st.caption(text("inventory_health.no_proposals"))
        return []
    names = [key_of(row) for row in off.iter_rows(named=True)]
    labels = {key_of(row): named_position(view, row) for row in off.iter_rows(named=True)}
    picked = st.multiselect(
        text("inventory_health.which"), names, key="which_proposals", format_func=labels.__getitem__,
        placeholder=text("inventory_health.all_of_them", count=view.numbers.integer(off.height)),
    )  # fmt: skip
    chosen = off.filter(pl.Series([one in picked for one in names])) if picked else off
    st.markdown(
        text(
            "inventory_health.proposals_say", count=view.numbers.integer(chosen.height),
            under=view.numbers.integer(chosen.filter(pl.col("protection") == "under").height),
            over=view.numbers.integer(chosen.filter(pl.col("protection") == "over").height),
            money=view.numbers.value(-float(chosen["stock_gap_value"].sum() or 0), "money"),
        )
    )  # fmt: skip
    return proposed(chosen)


def _scale(view: View, planned: pl.DataFrame) -> list[Change]:
    """Safety stock of all that the filters leave × a factor."""
    text = view.text
    with_safety = planned.filter(pl.col("safety_stock_quantity") > 0)
    times = url.segments(
        text("inventory_health.times_by"), "times", TIMES, lambda one: f"× {one}", default="1.2",
    )  # fmt: skip
    st.caption(text("inventory_health.times_say", count=view.numbers.integer(with_safety.height)))
    return scaled(with_safety, float(times)) if with_safety.height else []


def _show_effect(view: View, changes: Sequence[Change]) -> None:
    text = view.text
    scenario = Scenario("policy", tuple(changes))
    try:
        with st.spinner(text("scenarios.planning")):
            base = served_base(view)
            one = base.run(scenario)
            found = _effect(base.key, "\n".join(repr(change) for change in changes), base, scenario)
    except ScenarioError as error:
        show_problems(text, error)
        return
    show_cards(view, base.base, one)
    _show_keep(view, changes)
    _show_course(view, found)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_figures(view, base.base, [(text("inventory_health.edited"), one)])
    with right:
        _show_messages(view, found)


@st.cache_resource(max_entries=20, show_spinner=False)
def _effect(key: str, said: str, _base: BaseOf, _scenario: Scenario) -> PolicyEffect:
    return effect(_base.base, _scenario)


def _show_course(view: View, found: PolicyEffect) -> None:
    """Stock value day by day, with the policies as they are and as edited."""
    text, numbers = view.text, view.numbers
    title = text("inventory_health.course")
    days = found.stock["date"].to_list()
    at = [float(number) for number in range(len(days))]
    figure = lines_figure(
        [
            Line(text("inventory_health.edited"), at, found.stock["after"].to_list()),
            Line(text("scenarios.base"), at, found.stock["before"].to_list()),
        ],
        x_title="", y_title="", x_label=lambda value: numbers.within_year(days[int(value)], "day"),
        y_label=lambda value: numbers.value(value, "money"), x_ticks=at[::28], height=280,
    )  # fmt: skip
    for trace in figure.data:
        trace.mode = "lines"
    columns = (
        Column("date", text("inventory_column.day"), "day"), Column("before", text("scenarios.base"), "money"),
        Column("after", text("inventory_health.edited"), "money"),
    )  # fmt: skip
    st.markdown(f"**{title}** :gray[:small[{text('inventory_health.course_note')}]]")
    show_figure(view, "policy_course", figure, lambda: found.stock, columns, provenance(view, title, is_filtered=False))


def _show_messages(view: View, found: PolicyEffect) -> None:
    text = view.text
    titles = ask(view.warehouse, inventory_health.message_titles)
    named = {row["code"]: text.pick(row["title"], row["title_zh"]) for row in titles.iter_rows(named=True)}
    shown = found.messages.with_columns(
        message=pl.Series([named.get(one, one) for one in found.messages["code"]], dtype=pl.String),
        change=pl.col("after") - pl.col("before"),
    )
    columns = [Column(name, text(f"inventory_column.{name}"), kind) for name, kind in _MESSAGES.items()]
    show_table(view, "policy_messages", text("inventory_health.messages"), shown, columns)


def _show_keep(view: View, changes: Sequence[Change]) -> None:
    """Keep the edit as a draft scenario."""
    if may_write(view):
        st.button(
            view.text("inventory_health.keep"), key="keep_policy", type="primary", icon=":material/save:",
            on_click=_keep, args=(view, tuple(changes)), help=view.text("inventory_health.keep_help"),
        )  # fmt: skip


def _keep(view: View, changes: tuple[Change, ...]) -> None:
    with remembered():
        title = view.text("inventory_health.kept_title")
        made = keep_changes(view, known_scenarios(view), changes, name="policy", title=title)
        st.session_state["policy_made"] = (made.name, made.scenario_id)


def _show_made(view: View) -> None:
    made: Any = st.session_state.pop("policy_made", None)
    if made is not None:
        name, number = made
        said = view.text("inventory_health.kept", name=name)
        st.success(f"{said} {link_to(view, number)}", icon=":material/check:")
