"""The action messages: narrow them, damp them, see where they come from, and read one in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from tower.charts import damper_figure
from tower.exports import Column, ColumnKind
from tower.queries import planning_messages as questions
from tower.queries.planning_messages import Damper
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.decisions import STATES, with_state
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.tables import show_table
from tower.ui.view import View

PARAMETERS = ("code", "planner", "supplier", "at_plant", "of_family", "customer", "state", "days", "quantity", "money",
              "show", "message", "proposals", "mend")  # fmt: skip
SECTIONS = ("ranked", "cause", "planner", "recurring", "proposals", "gone")
LONGEST_DAYS = 30
QUANTITIES = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
MONEY = (0, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
# The URL parameter of each column that is filtered, and the column that names its values.
_FILTERS = (("code", "code"), ("planner", "planner"), ("supplier", "supplier_id"), ("at_plant", "plant_id"),
            ("of_family", "product_family"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """The messages of a page: `asked` by the filters, `shown` what the damper leaves of them.

    `every`: of what the filters ask for all, open and decided.
    """

    every: pl.DataFrame
    asked: pl.DataFrame
    shown: pl.DataFrame
    exposed: pl.DataFrame
    damper: Damper


def choose_messages(view: View) -> Reading | None:
    """Draw filters and damper; None where the build has no message that the reader may see."""
    text = view.text
    everything = ask(view.warehouse, questions.messages)
    if everything.is_empty():
        states.empty(text, text("messages.none"))
        return None
    exposed = ask(view.warehouse, questions.exposure)
    decided = with_state(view, everything)
    every, state = _filtered(view, decided, exposed)
    asked = every if state == "all" else every.filter(pl.col("is_open") if state == "open" else ~pl.col("is_open"))
    damper = Damper(*(_chosen(key, options) for key, options in _SLIDERS))
    return Reading(every, asked, asked.filter(~questions.hidden(damper)), exposed, damper)


def _filtered(view: View, frame: pl.DataFrame, exposed: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The messages that the filters leave, and the state that was chosen."""
    text = view.text
    chosen: dict[str, Sequence[str]] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="message_filters"):
        for parameter, column in _FILTERS:
            names = _names(view, frame, column)
            url.select_many(
                text(f"messages.{parameter}"), parameter, list(names), names.__getitem__, width=200,
                placeholder=text("filter.all"),
            )  # fmt: skip
            chosen[column] = [one for one in url.values(parameter) if one in names]
        people = dict(ask(view.warehouse, questions.customers).rows())
        customer = url.select(
            text("messages.customer"), "customer", list(people), lambda one: people[one] or one, default=None,
            width=220, placeholder=text("filter.all"),
        )  # fmt: skip
        state = url.segments(
            text("messages.state"), "state", STATES, lambda one: text(f"messages.state_{one}"), default="open"
        )
    return questions.narrowed(frame, chosen, exposed, customer), state


def _names(view: View, frame: pl.DataFrame, column: str) -> dict[str, str]:
    """The values of a column that occur, with their names, in the order of the names."""
    pick = view.text.pick
    named = {"code": ("title", "title_zh"), "supplier_id": ("supplier_name", "supplier_name"),
             "plant_id": ("plant_name", "plant_name"), "product_family": ("product_family", "product_family_zh"),
             "planner": ("planner", "planner")}[column]  # fmt: skip
    rows = frame.select(column, name=named[0], other=named[1]).drop_nulls(column).unique(column)
    names = {value: pick(name, other) or value for value, name, other in rows.rows()}
    if column == "code":
        names = {code: f"{code} · {name}" for code, name in names.items()}
    return dict(sorted(names.items(), key=lambda one: (one[1], one[0])))


_SLIDERS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("days", tuple(range(LONGEST_DAYS + 1))), ("quantity", QUANTITIES), ("money", MONEY),
)  # fmt: skip


def _chosen(key: str, options: Sequence[int]) -> int:
    written = url.value(key)
    return int(written) if written.isdecimal() and int(written) in options else 0


def show_totals(view: View, reading: Reading) -> None:
    """How many messages, what waits for them, what lies in them."""
    text, numbers = view.text, view.numbers
    shown, exposed = reading.shown, reading.exposed
    with st.grid(4, min_column_width=180, gap="small"):
        st.metric(text("messages.count"), numbers.integer(shown.height), border=True, height="stretch",
                  help=text("messages.count_help"))  # fmt: skip
        st.metric(text("messages.urgent"), numbers.integer(shown.filter(pl.col("urgency") == 1).height), border=True,
                  height="stretch", help=text("messages.urgent_help"))  # fmt: skip
        st.metric(text("messages.risk"), numbers.value(questions.risk_of(shown, exposed), "money"), border=True,
                  height="stretch", help=text("messages.risk_help"))  # fmt: skip
        st.metric(text("messages.bound"), numbers.value(float(shown["bound_value"].sum()), "money"), border=True,
                  height="stretch", help=text("messages.bound_help"))  # fmt: skip


def show_damper(view: View, reading: Reading) -> None:
    """Three sliders, what they hide, and what that accepts; nothing is planned anew."""
    text, numbers = view.text, view.numbers
    away = reading.asked.filter(questions.hidden(reading.damper))
    with st.container(border=True, key="damper"):
        left, right = st.columns([2, 3], gap="large")
        with left:
            st.markdown(f"**{text('messages.damper')}**")
            for key, options in _SLIDERS:
                _slider(view, key, options)
        with right:
            sentence = "messages.damped" if away.height else "messages.not_damped"
            st.markdown(
                text(
                    sentence, hidden=numbers.integer(away.height), all=numbers.integer(reading.asked.height),
                    risk=numbers.value(questions.risk_of(away, reading.exposed), "money"),
                    bound=numbers.value(float(away["bound_value"].sum()), "money"),
                )
            )  # fmt: skip
            course = questions.damper_course(reading.asked, reading.exposed, reading.damper, LONGEST_DAYS)
            show_figure(
                view, "damper",
                damper_figure(
                    course, chosen=reading.damper.days, messages_name=text("messages.hidden_messages"),
                    risk_name=text("messages.accepted_risk"), days_name=text("unit.days"),
                    count_label=numbers.integer, money_label=lambda value: numbers.value(value, "money"),
                    money_tick=lambda value: numbers.tick(value, "money"),
                ),
                lambda: course,
                (
                    Column("days", text("messages.days"), "integer"),
                    Column("messages", text("messages.hidden_messages"), "integer"),
                    Column("risk_value", text("messages.accepted_risk"), "money"),
                ),
                provenance(view, text("messages.damper"), is_filtered=False),
            )  # fmt: skip


def _slider(view: View, key: str, options: Sequence[int]) -> None:
    field = f"pick_{key}"
    st.session_state[field] = _chosen(key, options)

    def moved() -> None:
        value = st.session_state[field]
        url.write(key, str(value) if value else "")

    st.select_slider(
        view.text(f"messages.{key}"), options, key=field, on_change=moved,
        format_func=lambda one: view.numbers.value(one, "money") if key == "money" else view.numbers.integer(one),
        help=view.text(f"messages.{key}_help"),
    )  # fmt: skip


def choose_section(view: View) -> str:
    """The way to look at the messages, kept in the URL."""
    return url.segments(
        view.text("messages.show"), "show", SECTIONS, lambda one: view.text(f"messages.show_{one}"), default="ranked",
        label_visibility="collapsed",
    )  # fmt: skip


SUMS: dict[str, ColumnKind] = {
    "messages": "integer", "items": "integer", "median_days": "number", "risk_value": "money", "bound_value": "money",
}  # fmt: skip


def show_causes(view: View, reading: Reading) -> None:
    """Messages by what they say."""
    frame = questions.by_cause(reading.shown, reading.exposed)
    named = frame.with_columns(title=_picked(view, "title", "title_zh"))
    _show_group(view, "by_cause", named, {"code": "text", "title": "text", "urgency": "integer", **SUMS})


def show_planners(view: View, reading: Reading) -> None:
    """Messages by who has to deal with them."""
    frame = questions.by_planner(reading.shown, reading.exposed)
    named = frame.with_columns(pl.col("planner").fill_null(view.text("messages.no_planner")))
    _show_group(view, "by_planner", named, {"planner": "text", "urgent": "integer", **SUMS})


def _picked(view: View, english: str, chinese: str) -> pl.Expr:
    first, second = (chinese, english) if view.text.language == "zh" else (english, chinese)
    return pl.coalesce(first, second)


def _show_group(view: View, key: str, frame: pl.DataFrame, kinds: dict[str, ColumnKind]) -> None:
    columns = [Column(name, view.text(f"message_column.{name}"), kind) for name, kind in kinds.items()]
    show_table(
        view, key, view.text(f"messages.{key}"), frame, columns, note=view.text(f"messages.{key}_note"),
        empty=view.text("messages.none_left"),
    )  # fmt: skip


def message_in_words(view: View, row: dict[str, Any]) -> list[str]:
    """One message as a few sentences: what, why, by how much, whom it serves, what to do."""
    text, numbers = view.text, view.numbers
    name = text.pick(row["item_name"], row["item_name_zh"])
    unit = row["base_uom"] or ""
    what = text(
        "message.what", title=text.pick(row["title"], row["title_zh"]),
        document=_document(view, row, "order") or _document(view, row, "demand") or row["work_centre_id"] or "",
        item=f"{row['item_id'] or ''} {name}".strip(), place=row["location_id"] or "",
        quantity=f"{numbers.exact(round(row['quantity'] or 0, 3), 'quantity')} {unit}".strip(),
    )  # fmt: skip
    said = [what, text.pick(row["meaning"], row["meaning_zh"])]
    if row["days"]:
        day, to_day = numbers.day(row["message_date"]), numbers.day(row["to_date"])
        key = "message.moves" if row["to_date"] != row["message_date"] else "message.late"
        said.append(text(key, day=day, to_day=to_day, days=row["days"]))
    if row["order_id"] and row["demand_id"]:
        said.append(text("message.serves", demand=_document(view, row, "demand")))
    if row["customer_name"]:
        said.append(text("message.customer", customer=row["customer_name"]))
    if row["risk_value"]:
        said.append(text("message.risk", money=numbers.value(row["risk_value"], "money")))
    if row["bound_value"]:
        said.append(text("message.bound", money=numbers.value(row["bound_value"], "money")))
    if row["supplier_name"]:
        said.append(text("message.supplier", supplier=row["supplier_name"]))
    said.append(text.pick(row["suggested_action"], row["suggested_action_zh"]))
    return said


def _document(view: View, row: dict[str, Any], side: str) -> str:
    kind, number = row[f"{side}_type"], row[f"{side}_id"]
    return f"{view.text.term('document', kind)} {number or ''}".strip() if kind else ""
