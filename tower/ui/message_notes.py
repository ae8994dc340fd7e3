"""What people said about a message: the trail of its decision, comments, and decisions whose message is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from tower.access import EVERYTHING
from tower.builds import BuildSummary, list_builds
from tower.errors import TowerError
from tower.exports import Column, ColumnKind
from tower.queries import planning_messages as questions
from tower.queries.served_references import served_references
from tower.settings import load_settings
from tower.store.comments import comments
from tower.store.decisions import (
    KEY_COLUMNS,
    MessageDecision,
    decisions_without_message,
    message_decisions,
    message_keys,
    message_object,
    withdraw_decision,
)
from tower.store.references import lost_references
from tower.store.values import AuditEntry
from tower.store.versioned import Kept
from tower.ui import cached, states
from tower.ui.cached import ask
from tower.ui.comments import said, show_comments, utc
from tower.ui.decisions import DECIDERS, app_store, say
from tower.ui.session import PROJECT_FOLDER
from tower.ui.tables import show_table
from tower.ui.view import View
from tower.warehouse import Warehouse

KIND = "message"
# What every change changes: the trail has columns of its own for it.
_BOOKKEEPING = ("version", "author", "decided_at")


def show_notes(view: View, row: Mapping[str, Any]) -> None:
    """The decision about one message with its trail one click away, and its comments."""
    if row["decision"]:
        _show_standing(view, row)
    show_comments(view, KIND, message_object([row[name] for name in KEY_COLUMNS]))


def comment_counts(frame: pl.DataFrame) -> pl.Series:
    """How many comments each of some messages has; empty where there are none."""
    found: dict[str, int] = {}
    for one in comments(app_store(), KIND):
        found[one.object_id] = found.get(one.object_id, 0) + 1
    if not found:
        return pl.Series("comments", [None] * frame.height, dtype=pl.Int64)
    names = [message_object(key) for key in frame.select(KEY_COLUMNS).iter_rows()]
    return pl.Series("comments", [found.get(name) for name in names], dtype=pl.Int64)


def _show_standing(view: View, row: Mapping[str, Any]) -> None:
    text = view.text
    number, is_former = row["decision_id"], row["version"] == 0
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="decision_standing"):
        st.caption(
            text(
                "decision.stands", decision=text(f"decision.{row['decision']}d"), by=row["author"],
                at=view.numbers.instant(utc(row["decided_at"])), reason=row["reason"],
            ) + (f" {text('decision.former')}" if is_former else ""),
            width="content",
        )  # fmt: skip
        with st.popover(text("decision.trail"), icon=":material/history:", type="tertiary", key="decision_trail"):
            for entry in app_store().audit_log(f"message_decision/{number}"):
                st.markdown(_entry(view, entry))
        if view.user.role in DECIDERS:
            st.button(
                text("decision.take_back"), key="decision_take_back", icon=":material/undo:", type="tertiary",
                on_click=_take_back, args=(view, number, row), help=text("decision.take_back_help"),
            )  # fmt: skip


def _entry(view: View, entry: AuditEntry) -> str:
    """One change: who, when, and each value from what to what."""
    text = view.text
    before, after = entry.old_value or {}, entry.new_value or {}
    said = [
        text("decision.changed", field=text(f"decision_field.{name}"), before=_value(view, name, before.get(name)),
             after=_value(view, name, value))
        for name, value in after.items()
        if name not in (*_BOOKKEEPING, *KEY_COLUMNS) and before.get(name) != value
    ]  # fmt: skip
    head = f"**{entry.user_id}** · {view.numbers.instant(utc(entry.at))} · {text(f'decision_action.{entry.action}')}"
    return "\n".join([head, "", *(f"- {one}" for one in said)])


def _value(view: View, name: str, value: object) -> str:
    if value in (None, ""):
        return "–"
    if name == "decision":
        return view.text(f"decision.{value}d")
    return view.text(f"decision_status.{value}") if name == "status" else str(value)


def _take_back(view: View, number: int, row: Mapping[str, Any]) -> None:
    """At the version that the reader saw; a decision under a former key is read anew, as its version is not shown."""
    held = next((one for one in message_decisions(app_store()) if one.decision_id == number), None)
    with said(view):
        if held is not None:
            read = replace(held, version=row["version"] or held.version)
            withdraw_decision(app_store(), read, view.user.user_id, view.now)
        say("success", view.text("decision.taken_back"))


_GONE: dict[str, ColumnKind] = {
    "code": "text", "item": "text", "location_id": "text", "document": "text", "decision": "text", "until": "day",
    "reason": "text", "author": "text", "decided_at": "instant", "gone_since": "text", "lost": "text",
}  # fmt: skip


def show_gone(view: View, _: object) -> None:
    """Decisions whose message the served plan does not give any more, and since which build."""
    text = view.text
    if not view.scope.is_everything:
        # To a reader of a part, what others decided about the rest would look gone.
        states.forbidden(text, text("messages.gone_scope"))
        return
    decided = message_decisions(app_store())
    gone = decisions_without_message(ask(view.warehouse, questions.messages), decided)
    home = load_settings(PROJECT_FOLDER).home
    lost = _lost(view, gone)
    since = _gone_since(view, gone, list_builds(home))
    frame = pl.DataFrame(
        [_gone_row(view, one, since[one.decision_id], lost.get(one.decision_id, "")) for one in gone],
        schema={**dict.fromkeys(_GONE, pl.String()), "until": pl.Date(), "decided_at": pl.Datetime("us", "UTC")},
    )
    columns = [Column(name, text(f"message_column.{name}"), kind) for name, kind in _GONE.items()]
    show_table(
        view, "gone", text("messages.gone", build=view.build.build_id), frame, columns,
        note=text("messages.gone_note"), empty=text("messages.none_gone"),
    )  # fmt: skip


def _gone_row(view: View, one: MessageDecision, since: str, lost: str) -> dict[str, object]:
    text = view.text
    word = _word(view, one.document_type) if one.document_type else ""
    return {
        "code": one.code, "item": one.item_id or None, "location_id": one.location_id or None,
        "document": f"{word} {one.document_id}".strip() or None, "decision": text(f"decision.{one.decision}d"),
        "until": one.until, "reason": one.reason, "author": one.author, "decided_at": one.decided_at,
        "gone_since": since, "lost": lost or None,
    }  # fmt: skip


def _lost(view: View, gone: Sequence[Kept]) -> dict[int | None, str]:
    """What each of them names and the build does not have: an item, an order, a supplier."""
    served = ask(view.warehouse, served_references, load_settings(PROJECT_FOLDER).home)
    found: dict[int | None, list[str]] = {}
    for one in lost_references(gone, served):
        word = _word(view, one.reference.kind)
        found.setdefault(getattr(one.kept, one.kept.KEY), []).append(f"{word} {one.reference.id}")
    return {number: view.text.listed(names) for number, names in found.items()}


def _word(view: View, kind: str) -> str:
    key = f"reference.{kind}"
    return view.text(key) if view.text.has(key) else view.text.term("document", kind)


def _gone_since(view: View, gone: Sequence[MessageDecision], builds: Sequence[BuildSummary]) -> dict[int | None, str]:
    """The first of the kept builds, made after the decision, from which on no plan has the message."""
    first = min((one.decided_at for one in gone if one.decided_at), default=view.now)
    later = [one for one in builds if one.built_at > first and one.build_id < view.build.build_id]
    keys = {one.build_id: _keys_of(one) for one in later if one.status == "published"}
    found: dict[int | None, str] = {}
    for decision in gone:
        since = view.build.build_id
        own = tuple(getattr(decision, name) for name in KEY_COLUMNS)
        for one in sorted(later, key=lambda build: build.build_id, reverse=True):
            known = keys.get(one.build_id)
            if known is None or own in known or (decision.decided_at and one.built_at < decision.decided_at):
                break
            since = one.build_id
        found[decision.decision_id] = since
    return found


def _keys_of(build: BuildSummary) -> frozenset[tuple[str, ...]] | None:
    """The keys of a build's messages, today's and former ones; None where it cannot say."""
    try:
        warehouse = cached.warehouse(build.file, EVERYTHING.key, EVERYTHING)
        return ask(warehouse, _keys)
    except TowerError:
        return None


def _keys(warehouse: Warehouse) -> frozenset[tuple[str, ...]]:
    found = message_keys(questions.keyed(warehouse))
    former = found.select("code", "item_id", "location_id", "former_type", "former_id")
    return frozenset(found.select(KEY_COLUMNS).iter_rows()) | frozenset(former.iter_rows())
