"""What the page in sight stands on: the tables that its questions read, remembered by build and page."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

# Which page is drawn in this session, for what it reads to be put down to it.
PAGE = "page_in_sight"


@st.cache_resource(max_entries=1, show_spinner=False)
def _read_by_page() -> dict[tuple[str, str], set[str]]:
    """What each page of each build has read so far in this process. An answer from before counts as read again."""
    return {}


def stand_on(build_id: str, models: Iterable[str]) -> None:
    """Put what was read down to the page that is drawn."""
    page = st.session_state.get(PAGE)
    if page is not None:
        _read_by_page().setdefault((build_id, page), set()).update(models)


def read_by_page(build_id: str) -> frozenset[str]:
    """The tables that the page that is drawn has read in a build, without their schemas."""
    return frozenset(_read_by_page().get((build_id, st.session_state.get(PAGE, "")), ()))
