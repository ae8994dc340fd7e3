"""The line above every page: whose company, how fresh, in which language, who reads."""

from __future__ import annotations

from datetime import UTC, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from tower.i18n import LANGUAGES, Language, Text
from tower.store import User
from tower.ui import url
from tower.ui.kept_builds import kept_builds, named_build
from tower.ui.view import View

# Older than this, a reader is told that the figures may no longer be what the systems say.
STALE_AFTER = timedelta(days=2)


def show_header(view: View) -> DeltaGenerator:
    """Company and freshness on the left, language and reader on the right. Returns the place of the trust badge."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="header"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.markdown(f"**{company(view)}**", width="content")
            st.caption(stamp(view), width="content", help=stamp_help(view))
            choose_build(view)
            if is_stale(view) and view.is_served:
                st.badge(
                    view.text("header.stale", age=age_of_data(view)), icon=":material/history:", color="orange",
                    help=view.text("header.stale_help"),
                )  # fmt: skip
            badge = st.container(width="content", key="trust_badge")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            choose_language(view.text)
            show_reader(view.text, view.user)
    return badge


def choose_build(view: View) -> None:
    """The other builds that are kept, each a day to look back to; and the way back to today."""
    others = kept_builds(view)
    if not view.is_served:
        st.badge(
            view.text("header.earlier"),
            icon=":material/history:",
            color="orange",
            help=view.text("header.earlier_help"),
        )
        st.button(
            view.text("header.back_to_today"),
            type="tertiary",
            on_click=url.write,
            args=("build", ""),
            key="back_to_today",
        )
    elif others:
        with st.popover(
            view.text("header.as_of"),
            type="tertiary",
            icon=":material/event_repeat:",
            help=view.text("header.as_of_help"),
        ):
            for one in others:
                st.button(
                    view.text(
                        "header.stamp", as_of=view.numbers.day(one.as_of), build=one.build_id[-6:]
                    ),
                    key=f"open_build_{one.build_id}", type="tertiary", on_click=url.write, args=("build", one.build_id),
                    help=view.numbers.instant(one.built_at.astimezone(UTC)),
                )  # fmt: skip


def company(view: View) -> str:
    """Whose figures these are; where the settings name nobody, the product in the reader's language."""
    return view.text("product.name") if view.company_name == Text("en")("product.name") else view.company_name


def stamp(view: View) -> str:
    """As-of date and build in one line."""
    return named_build(view, view.build)


def stamp_help(view: View) -> str:
    """The whole build id, when it was made and how long ago."""
    return view.text(
        "header.stamp_help",
        build=view.build.build_id,
        built_at=view.numbers.instant(view.build.built_at.astimezone(UTC)),
        age=age_of_build(view),
    )


def is_stale(view: View) -> bool:
    """Whether the data or the build are older than a reader expects."""
    data_age = view.now.date() - view.build.as_of
    return data_age > STALE_AFTER or view.now - view.build.built_at > STALE_AFTER


def age_of_build(view: View) -> str:
    """How long ago the build was made."""
    return view.numbers.duration(max((view.now - view.build.built_at).total_seconds(), 0))


def age_of_data(view: View) -> str:
    """How long ago the as-of date was."""
    return view.numbers.duration(max((view.now.date() - view.build.as_of).total_seconds(), 0))


def choose_language(text: Text) -> None:
    """The switch between the languages; the reader's own is the default, so that the URL stays short."""
    names: dict[str, str] = dict(LANGUAGES.items())
    field = "pick_lang"
    st.session_state[field] = text.language
    st.segmented_control(
        text("header.language"), list(names), key=field, format_func=lambda code: names[code], required=True,
        label_visibility="collapsed", on_change=_store_language,
    )  # fmt: skip


def _store_language() -> None:
    chosen: Language = st.session_state["pick_lang"]
    url.write("lang", chosen)


def show_reader(text: Text, user: User) -> None:
    """Who reads and whose rows they see, and the way to another user."""
    with st.popover(text.pick(user.name, user.name_zh), icon=":material/person:"):
        st.markdown(f"**{text.pick(user.name, user.name_zh)}** · {text(f'role.{user.role}')}")
        st.caption(scope_in_words(text, user))
        st.button(text("start.switch"), icon=":material/switch_account:", on_click=url.write, args=("user", ""))


def scope_in_words(text: Text, user: User) -> str:
    """Whose rows a user sees."""
    return text(f"scope.{user.scope.axis}", values=text.listed(user.scope.values))
