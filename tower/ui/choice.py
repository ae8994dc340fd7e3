"""A table whose rows can be chosen: the choice goes into the URL, and items lead to their requirements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal
from zlib import crc32

import polars as pl
import streamlit as st

from tower.exports import Column
from tower.i18n.numbers import MISSING
from tower.ui import states, url
from tower.ui.downloads import provenance, show_downloads
from tower.ui.links import with_accounts, with_requirements
from tower.ui.tables import MOST_ROWS_SHOWN, TALLEST, column_config
from tower.ui.view import View


def show_choice(
    view: View,
    key: str,
    title: str,
    frame: pl.DataFrame,
    columns: Sequence[Column],
    *,
    parameter: str | None = None,
    field: str | None = None,
    picked: Callable[[], None] | None = None,
    ids: Sequence[str] = (),
    note: str | None = None,
    empty: str | None = None,
    linked: tuple[str, str] | None = None,
    about: Sequence[tuple[str, str]] = (),
    tallest: int = TALLEST,
    widths: dict[str, int] | None = None,
    account: str | None = None,
) -> None:
    """Draw the rows. A row that is chosen puts its id of `ids` into the URL under `parameter`.

    `linked` names the columns of an item and a place: the item is then drawn as a link to its requirements. `about`
    are more lines for the sheet that says where the figures come from. `field` and `picked` take the place of
    `parameter` where a row stands for more than one of them. `account` names the column of a customer, whose account a
    link at the end of each row opens.
    """
    if frame.is_empty():
        _title(title, note)
        states.empty(view.text, empty)
        return
    shown_columns = [one for one in columns if frame[one.name].null_count() < frame.height]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        _title(title, note)
        show_downloads(
            view, key, lambda: frame, lambda _: columns, provenance(view, title, about, is_filtered=False)
        )  # fmt: skip
    shown = frame.select([one.name for one in shown_columns])
    config = {one.name: column_config(one) for one in shown_columns}
    for name, width in (widths or {}).items():
        if name in config:
            config[name]["width"] = width
    if linked is not None:
        item, place = linked
        links = with_requirements(view, frame, item, place)
        if links.null_count() < links.len():
            shown = shown.with_columns(links.alias(item))
            label = next(one.label for one in columns if one.name == item)
            config[item] = st.column_config.LinkColumn(label, display_text=r"item=([^&]+)", help=view.text("link.item"))
    if account is not None:
        accounts = with_accounts(view, frame, account)
        if accounts.null_count() < accounts.len():
            shown = shown.with_columns(accounts)
            config[accounts.name] = st.column_config.LinkColumn(
                view.text("account.link"), display_text=view.text("account.open_account")
            )
    height: int | Literal["content"] = "content" if frame.height <= MOST_ROWS_SHOWN else tallest
    if parameter is not None:
        field = f"{key}_{crc32(url.SEPARATOR.join(ids).encode())}"
        picked = _chosen(field, parameter, ids)
    if picked is None:
        st.dataframe(shown, hide_index=True, column_config=config, height=height, placeholder=MISSING, alt=title)
        return
    st.dataframe(
        shown, hide_index=True, column_config=config, height=height, placeholder=MISSING, alt=title, key=field,
        on_select=picked, selection_mode="single-row",
    )  # fmt: skip


def _chosen(field: str, parameter: str, ids: Sequence[str]) -> Callable[[], None]:
    def store() -> None:
        rows = st.session_state[field]["selection"]["rows"]
        if rows and rows[0] < len(ids):
            url.write(parameter, ids[rows[0]])

    return store


def _title(title: str, note: str | None) -> None:
    with st.container(gap=None, width="content"):
        st.markdown(f"**{title}**")
        if note:
            st.caption(note)
