"""What the URL carries: language, user, filters, the metric looked into. A link shows the reader what the sender saw.

Streamlit binds a widget to the URL by its label as it is shown, so a link made in Chinese would not open in English.
Here hidden text fields are bound instead and hold ids; the widgets that people see are filled from them and write to
them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

# One field may hold several ids.
SEPARATOR = "|"
_HIDDEN = "<style>div:has(> [class*='st-key-url_fields']){display:none}</style>"


def carry(*keys: str) -> None:
    """Bind these parameters for this run; the first call of a run comes before anything reads them."""
    with st.container(key=f"url_fields_{keys[0]}", gap=None):
        st.html(_HIDDEN)
        for key in keys:
            if key not in st.session_state:
                st.session_state[key] = st.query_params.get(key, "")
            st.text_input(key, key=key, bind="query-params", label_visibility="collapsed")


def value(key: str) -> str:
    """What the URL says, empty where it says nothing. Nothing in it may be trusted: check it before use."""
    # A field that has been drawn knows better than the URL, which follows it only after the run.
    if key in st.session_state:
        return str(st.session_state[key] or "")
    return st.query_params.get(key, "")


def values(key: str) -> tuple[str, ...]:
    """The ids that a parameter for several holds."""
    return tuple(part for part in value(key).split(SEPARATOR) if part)


def write(key: str, text: str) -> None:
    """Change a parameter; only from a widget's callback, before its field is drawn again."""
    st.session_state[key] = text


def clear(*keys: str) -> None:
    """Take parameters out of the URL; only from a widget's callback."""
    for key in keys:
        write(key, "")


def select(
    label: str,
    key: str,
    options: Sequence[str],
    name: Callable[[str], str],
    *,
    default: str | None,
    **widget: Any,
) -> str | None:
    """A list to choose one id from, kept in the URL under `key`; an unknown id in the URL counts as the default."""
    chosen = value(key) if value(key) in options else default
    field = f"pick_{key}"
    st.session_state[field] = chosen
    st.selectbox(
        label, list(options), key=field, format_func=name, on_change=_store, args=(key, field, default), **widget
    )
    return chosen


def select_many(label: str, key: str, options: Sequence[str], name: Callable[[str], str], **widget: Any) -> None:
    """A list to choose several ids from, kept in the URL under `key`."""
    field = f"pick_{key}"
    st.session_state[field] = [one for one in values(key) if one in options]
    st.multiselect(
        label, list(options), key=field, format_func=name, on_change=_store_many, args=(key, field), **widget
    )


def segments(
    label: str, key: str, options: Sequence[str], name: Callable[[str], str], *, default: str, **widget: Any
) -> str:
    """A few ids side by side, one of them chosen, kept in the URL under `key`."""
    chosen = value(key) if value(key) in options else default
    field = f"pick_{key}"
    st.session_state[field] = chosen
    st.segmented_control(
        label, list(options), key=field, format_func=name, required=True,
        on_change=_store, args=(key, field, default), **widget,
    )  # fmt: skip
    return chosen


def _store(key: str, field: str, default: str | None) -> None:
    chosen = st.session_state[field]
    write(key, "" if chosen is None or chosen == default else str(chosen))


def _store_many(key: str, field: str) -> None:
    write(key, SEPARATOR.join(st.session_state[field]))
