"""The other builds that are kept: each a day to look back to, or to compare with."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from tower.builds import SCHEMA_VERSION, BuildSummary, current_build_id, list_builds
from tower.ui.view import View


def kept_builds(view: View) -> list[BuildSummary]:
    """The other published builds that this program can read, the newest first."""
    home = view.build.file.parents[1]
    return [one for one in _readable(home, current_build_id(home)) if one.build_id != view.build.build_id]


def named_build(view: View, build: BuildSummary) -> str:
    """As-of date and build in one line."""
    return view.text("header.stamp", as_of=view.numbers.day(build.as_of), build=build.build_id[-6:])


@st.cache_data(max_entries=8, show_spinner=False)
def _readable(home: Path, served: str | None) -> list[BuildSummary]:
    """Read once for each served build: whatever is published or removed moves the pointer as well."""
    builds = [one for one in list_builds(home) if one.status == "published" and one.schema_version == SCHEMA_VERSION]
    return builds[::-1]
