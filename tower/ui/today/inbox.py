"""The inbox: alerts with what was decided about them, narrowed and ranked by money."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import Column
from tower.queries import alerts as questions
from tower.store.alert_decisions import AlertDecision, alert_decisions, standing, visit
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.decisions import app_store
from tower.ui.today.words import says, suggestion
from tower.ui.view import View

OPEN = ("new", "back", "taken")
STANDINGS = ("open", "new", "back", "taken", "snoozed", "resolved", "all")
OWNERS = ("everyone", "mine", "my_role", "nobody")
MOST_LINES = 5
# Roles with alerts of their own; the others see those of all.
_OWNING = ("sales", "planner", "buyer", "production", "finance")


def alerts_now(view: View) -> tuple[pl.DataFrame, dict[str, AlertDecision]]:
    """The alerts that the reader sees with `standing`, `owner` and `is_new_to_me`, and the decisions by key."""
    frame = ask(view.warehouse, questions.inbox)
    decided = {one.alert_key: one for one in alert_decisions(app_store())}
    last = visit(app_store(), view.user.user_id, view.build.as_of, view.now) if view.is_served else None
    standings, owners = [], []
    for key, since in frame.select("alert_key", "running_since_date").rows():
        standings.append(standing(decided.get(key), since, view.build.as_of))
        owners.append(decided[key].owner if key in decided else "")
    return (
        frame.with_columns(
            standing=pl.Series(standings, dtype=pl.String),
            owner=pl.Series(owners, dtype=pl.String),
            is_new_to_me=(pl.col("running_since_date") > last) if last else pl.lit(value=False),
        ),
        decided,
    )


def show_lines(view: View, frame: pl.DataFrame) -> None:
    """The largest alerts in five lines with their money, and what all of them come to."""
    text, numbers = view.text, view.numbers
    total = ask(view.warehouse, questions.totals)
    open_alerts = frame.filter(pl.col("standing").is_in(OPEN))
    saved = -float(open_alerts["late_value_change"].fill_null(0.0).clip(upper_bound=0.0).sum())
    new = int(frame["is_new_to_me"].sum())
    with st.grid(4, min_column_width=180, gap="small"):
        parts = text("today.money_parts", orders=numbers.value(total["exclusive_value"], "money"),
                     other=numbers.value(total["own_value"], "money"))  # fmt: skip
        st.metric(text("today.money_at_risk"), numbers.value(total["money_value"], "money"), delta=parts,
                  delta_color="off", delta_arrow="off", border=True, height="stretch",
                  help=text("today.money_at_risk_help"))  # fmt: skip
        st.metric(text("today.late_orders"), numbers.integer(total["hit_lines"]), border=True, height="stretch",
                  help=text("today.late_orders_help"))  # fmt: skip
        st.metric(text("today.open_alerts"), numbers.integer(open_alerts.height), border=True, height="stretch",
                  help=text("today.open_alerts_help", new=numbers.integer(new)))  # fmt: skip
        st.metric(text("today.could_save"), numbers.value(saved, "money"), border=True, height="stretch",
                  help=text("today.could_save_help"))  # fmt: skip
    st.markdown(f"**{text('today.largest')}**")
    for row in open_alerts.head(MOST_LINES).iter_rows(named=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"line_{row['alert_key']}"):
            st.markdown(f"**{numbers.value(row['money_value'], 'money')}**", width=110)
            st.button(
                says(view, row), key=f"open_{row['alert_key']}", type="tertiary", on_click=url.write,
                args=("alert", row["alert_key"]),
            )  # fmt: skip
            st.caption(suggestion(view, row), width="stretch")
            if row["is_new_to_me"]:
                st.badge(text("today.new_to_me"), color="blue")


def choose(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """The filters of the inbox, and what they leave."""
    text = view.text
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="today_filters"):
        kinds = sorted(frame["kind"].unique().to_list())
        areas = sorted(frame["area"].unique().to_list())
        state = url.select(text("today.standing"), "standing", STANDINGS, lambda one: text(f"today.standing_{one}"),
                           default="open", width=160)  # fmt: skip
        owner = url.select(text("today.whose"), "whose", OWNERS, lambda one: text(f"today.whose_{one}"),
                           default="everyone", width=180)  # fmt: skip
        url.select_many(text("today.area"), "area", areas, lambda one: text.term("alert_area", one), width=200,
                        placeholder=text("filter.all"))  # fmt: skip
        url.select_many(text("today.kind"), "kind", kinds, lambda one: text.term("alert_kind", one), width=240,
                        placeholder=text("filter.all"))  # fmt: skip
        only_new = url.select(
            text("today.since_visit"), "fresh", ("all", "new"), lambda one: text(f"today.fresh_{one}"),
            default="all", width=180,
        )  # fmt: skip
    left = frame
    if state == "open":
        left = left.filter(pl.col("standing").is_in(OPEN))
    elif state != "all":
        left = left.filter(pl.col("standing") == state)
    if owner == "mine":
        left = left.filter(pl.col("owner") == view.user.user_id)
    elif owner == "my_role":
        if view.user.role in _OWNING:
            left = left.filter(pl.col("owner_role") == view.user.role)
    elif owner == "nobody":
        left = left.filter(pl.col("owner") == "")
    for parameter in ("area", "kind"):
        if chosen := [one for one in url.values(parameter) if one in (areas if parameter == "area" else kinds)]:
            left = left.filter(pl.col(parameter).is_in(chosen))
    return left.filter(pl.col("is_new_to_me")) if only_new == "new" else left


def show_inbox(view: View, frame: pl.DataFrame) -> None:
    """The alerts as rows; the one that is chosen opens below."""
    text = view.text
    rows = list(frame.iter_rows(named=True))
    named = frame.with_columns(
        what=pl.Series([says(view, row) for row in rows], dtype=pl.String),
        action_words=pl.Series([suggestion(view, row).replace("*", "") for row in rows], dtype=pl.String),
        kind_words=pl.Series([text.term("alert_kind", row["kind"]) for row in rows], dtype=pl.String),
        standing_words=pl.Series([text(f"today.standing_{row['standing']}") for row in rows], dtype=pl.String),
        severity_words=pl.Series([text.term("alert_severity", row["severity"]) for row in rows], dtype=pl.String),
        owner_words=pl.Series([row["owner"] or None for row in rows], dtype=pl.String),
    )
    columns = (
        Column("money_value", text("today.money"), "money"), Column("what", text("today.what")),
        Column("severity_words", text("today.severity")), Column("hit_lines", text("today.lines"), "integer"),
        Column("hit_customers", text("today.customers"), "integer"), Column("since_date", text("today.since"), "day"),
        Column("standing_words", text("today.standing")), Column("owner_words", text("today.owner")),
        Column("action_words", text("today.suggested")), Column("member_count", text("today.members"), "integer"),
        Column("kind_words", text("today.kind")),
    )  # fmt: skip
    show_choice(
        view, "inbox", text("today.inbox", count=view.numbers.integer(frame.height)), named, columns,
        parameter="alert", ids=frame["alert_key"].to_list(), note=text("today.inbox_note"),
        empty=text("today.nothing_left"), widths={"what": 360, "action_words": 320},
    )  # fmt: skip


def show_gone(view: View, frame: pl.DataFrame, decided: dict[str, AlertDecision]) -> None:
    """Alerts that somebody decided about and that this build has no more."""
    text = view.text
    if not view.scope.is_everything:
        # To a reader of a part, what others look after would seem gone.
        return
    there = set(frame["alert_key"].to_list())
    gone = [one for key, one in decided.items() if key not in there]
    if not gone:
        return
    with st.expander(text("today.gone", count=view.numbers.integer(len(gone)))):
        for one in gone:
            kind, _, identity = one.alert_key.partition("|")
            name = identity.partition("|")[2]
            st.markdown(
                text(
                    "today.gone_line", kind=text.term("alert_kind", kind), subject=name,
                    by=one.owner or one.author, reason=one.reason or "–",
                )
            )  # fmt: skip


def no_alerts(view: View) -> None:
    """No alert at all: the reader is told what was looked at."""
    detectors = ask(view.warehouse, questions.detectors)
    ran = detectors.filter(pl.col("state") == "ran").height
    states.empty(view.text, view.text("today.none", detectors=ran, all=detectors.height))
