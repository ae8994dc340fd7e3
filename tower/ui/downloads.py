"""Every table and figure can be taken away, with a sheet that says where its figures come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC

import polars as pl
import streamlit as st

from tower.exports import Column, Provenance, csv_bytes, excel_bytes
from tower.ui.filters import described
from tower.ui.view import View

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def provenance(
    view: View, title: str, lines: Sequence[tuple[str, str]] = (), *, is_filtered: bool = True
) -> Provenance:
    """Company, build, as-of date and filters, and what the caller adds (a definition)."""
    text = view.text
    common = [
        (text("export.company"), view.company_name),
        (text("export.as_of"), view.build.as_of.isoformat()),
        (text("export.build"), view.build.build_id),
        (text("export.built_at"), view.numbers.instant(view.build.built_at.astimezone(UTC))),
        (text("export.reader"), f"{view.user.user_id} · {text(f'role.{view.user.role}')}"),
    ]
    if is_filtered:
        common.append((text("export.filters"), described(view)))
    return Provenance(title, (*common, *lines))


def show_downloads(
    view: View,
    key: str,
    frame: Callable[[], pl.DataFrame],
    columns: Callable[[pl.DataFrame], Sequence[Column]],
    about: Provenance,
) -> None:
    """An Excel and a CSV button. The file is made when it is asked for, not when the page is drawn."""
    name = f"{key}_{view.build.as_of.isoformat()}"

    def excel() -> bytes:
        made = frame()
        return excel_bytes(made, columns(made), about)

    def csv() -> bytes:
        made = frame()
        return csv_bytes(made, columns(made))

    with st.container(horizontal=True, gap="xsmall", width="content"):
        st.download_button(
            view.text("export.excel"), excel, f"{name}.xlsx", EXCEL_TYPE, key=f"{key}_excel", on_click="ignore",
            type="tertiary", icon=":material/download:",
        )  # fmt: skip
        st.download_button(
            view.text("export.csv"), csv, f"{name}.csv", "text/csv", key=f"{key}_csv", on_click="ignore",
            type="tertiary", icon=":material/download:",
        )  # fmt: skip
