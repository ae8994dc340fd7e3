"""The trust badge: what is wrong with just the models that the page in sight stands on, and the way to the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from tower.errors import TowerError
from tower.metrics import Metric
from tower.queries.trust import trust_facts
from tower.trust import Cause, CauseKind, Trust, TrustFacts, TrustState, assess, metric_models
from tower.ui.links import address
from tower.ui.standing import read_by_page
from tower.ui.view import View

MOST_SHOWN = 8
_LOOKS: Mapping[TrustState, tuple[str, Literal["green", "blue", "orange", "red"]]] = {
    "sound": (":material/verified:", "green"),
    "incomplete": (":material/link_off:", "blue"),
    "doubtful": (":material/warning:", "orange"),
    "broken": (":material/error:", "red"),
}
# Where the rows behind a cause are shown on the page Data health.
_SECTIONS: Mapping[CauseKind, tuple[str, str | None]] = {
    "test_failed": ("tests", "check"), "test_warned": ("tests", "check"), "law_broken": ("reconciliation", "check"),
    "law_differs": ("reconciliation", "check"), "rejected": ("rejected", "table"),
    "few_rejected": ("rejected", "table"), "stale": ("loads", None), "partial": ("coverage", "table"),
    "absent": ("coverage", "table"),
}  # fmt: skip


@st.cache_resource(max_entries=8, show_spinner=False)
def facts_of(build_id: str, _view: View) -> TrustFacts:
    """What a build knows of its own soundness, the same for every reader."""
    return trust_facts(_view.warehouse)


def page_trust(view: View) -> Trust:
    """The trust in the page that is drawn."""
    return assess(facts_of(view.build.build_id, view), read_by_page(view.build.build_id), view.now)


def metric_trust(view: View, metric: Metric) -> Trust | None:
    """The trust in one figure; None where the build cannot say."""
    try:
        facts = facts_of(view.build.build_id, view)
    except TowerError:
        return None
    return assess(facts, metric_models(view.catalogue, metric.name), view.now)


def show_badge(view: View, place: DeltaGenerator) -> None:
    """Draw the badge into its place in the header, after the page has read what it reads."""
    text = view.text
    try:
        trust = page_trust(view)
    except TowerError as problem:
        place.badge(text("trust.unknown"), icon=":material/help:", color="gray", help=str(problem))
        return
    icon, colour = _LOOKS[trust.state]
    with place, st.popover(f":{colour}-badge[{icon} {text(f'trust.{trust.state}')}]", type="tertiary"):
        st.markdown(f"**{text(f'trust.{trust.state}_title')}**")
        numbers = view.numbers
        st.caption(text("trust.stands_on", models=numbers.integer(trust.models), tables=numbers.integer(trust.tables)))
        _show_causes(view, trust)


def _show_causes(view: View, trust: Trust) -> None:
    for kind, grouped in groupby(trust.causes, key=lambda cause: cause.kind):
        causes = tuple(grouped)
        st.markdown(f"**{view.text(f'trust.kind_{kind}', count=len(causes))}**")
        lines = [f"- {_sentence(view, cause)}" for cause in causes[:MOST_SHOWN]]
        if len(causes) > MOST_SHOWN:
            lines.append(f"- {view.text('trust.more', count=len(causes) - MOST_SHOWN)}")
        st.markdown("\n".join(lines))


def _sentence(view: View, cause: Cause) -> str:
    """One cause in words, with a link to its rows for those who may see them."""
    named = view.text.pick(cause.title, cause.title_zh) if cause.title else f"`{cause.subject}`"
    section, parameter = _SECTIONS[cause.kind]
    target = address(view, "data_health", section=section, **({parameter: cause.subject} if parameter else {}))
    name = f"[{named}]({target})" if target else named
    return view.text(f"trust.one_{cause.kind}", name=name, rows=view.numbers.integer(cause.rows))


def in_short(view: View, causes: Sequence[Cause]) -> str:
    """The first cause that strikes a figure out, in one sentence."""
    return _sentence(view, causes[0])
