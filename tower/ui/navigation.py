"""The map of the product: which page is where, and who may open it. A role's first page is its home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from tower.access import Role
from tower.i18n import Text

EVERYONE: tuple[Role, ...] = ("executive", "planner", "sales", "buyer", "production", "finance", "admin")

# Who works with the plan; a sales rep sees its promises on the customer's pages.
PLANNERS: tuple[Role, ...] = ("executive", "planner", "buyer", "production", "admin")


@dataclass(frozen=True, slots=True)
class Screen:
    """One page: its name (file, URL and text keys), its area, its icon, and the roles that may open it."""

    name: str
    area: str
    icon: str
    roles: Sequence[Role] = EVERYONE

    @property
    def file(self) -> str:
        return f"pages/{self.area}/{self.name}.py"


SCREENS = (
    Screen("today", "overview", ":material/notifications_active:"),
    Screen("scorecard", "overview", ":material/dashboard:"),
    Screen("finance", "overview", ":material/account_balance:", ("executive", "finance", "admin")),
    Screen("order_journey", "overview", ":material/route:"),
    Screen("what_changed", "overview", ":material/difference:"),
    Screen("pipeline", "customers", ":material/filter_alt:", ("executive", "planner", "sales", "finance", "admin")),
    Screen("lifecycle", "customers", ":material/diversity_3:"),
    Screen("account", "customers", ":material/contacts:"),
    Screen(
        "after_sales",
        "customers",
        ":material/support_agent:",
        ("executive", "planner", "sales", "production", "finance", "admin"),
    ),
    Screen("messages", "planning", ":material/notification_important:", PLANNERS),
    Screen("demand_forecast", "planning", ":material/query_stats:"),
    Screen("requirements", "planning", ":material/table_chart:", PLANNERS),
    Screen("scenarios", "planning", ":material/alt_route:", (*PLANNERS, "sales", "finance")),
    Screen("book_against_measured", "planning", ":material/rule:", (*PLANNERS, "finance")),
    Screen("network", "supply", ":material/hub:"),
    Screen("suppliers", "supply", ":material/handshake:", (*PLANNERS, "finance")),
    Screen("inbound_outbound", "supply", ":material/local_shipping:", (*PLANNERS, "finance")),
    Screen("progress", "production", ":material/precision_manufacturing:", PLANNERS),
    Screen("clear_to_build", "production", ":material/checklist:", PLANNERS),
    Screen("capacity", "production", ":material/factory:", PLANNERS),
    Screen("oee", "production", ":material/speed:", PLANNERS),
    Screen("quality", "production", ":material/verified:", PLANNERS),
    Screen("lot_trace", "production", ":material/account_tree:", PLANNERS),
    Screen("inventory_health", "inventory", ":material/inventory_2:", (*PLANNERS, "finance")),
    Screen("aged_stock", "inventory", ":material/hourglass_bottom:", (*PLANNERS, "finance")),
    Screen(
        "data_health",
        "administration",
        ":material/health_and_safety:",
        ("executive", "planner", "buyer", "production", "finance", "admin"),
    ),
    Screen("definitions", "administration", ":material/menu_book:"),
)
# Where a role starts when it is not on the first page of the map.
HOMES: dict[Role, str] = {
    "planner": "messages",
    "buyer": "inbound_outbound",
    "production": "progress",
    "admin": "data_health",
}


def screen(name: str) -> Screen:
    """One screen by its name."""
    return next(one for one in SCREENS if one.name == name)


def may_open(role: Role, name: str) -> bool:
    """Whether a role may open a page."""
    return role in screen(name).roles


def home(role: Role) -> Screen:
    """The first page of a role."""
    first = next(one.name for one in SCREENS if role in one.roles)
    return screen(HOMES.get(role, first))


def page_for(role: Role | None, text: Text) -> StreamlitPage:
    """The page that the URL asks for, with the menu of the role drawn in the header.

    Pages that the role may not open stay reachable by link, so that the reader is told so instead of "not found".
    """
    start = home(role) if role else SCREENS[0]
    menu: dict[str, list[StreamlitPage]] = {
        "": [
            st.Page(
                start.file, title=text(f"page.{start.name}.title"), default=True, visibility="hidden", url_path="home"
            )
        ]
    }
    for one in SCREENS:
        title = text(f"page.{one.name}.title")
        is_shown = role is not None and role in one.roles
        menu.setdefault(text(f"area.{one.area}"), []).append(
            st.Page(
                one.file,
                title=title,
                icon=one.icon,
                url_path=one.name,
                visibility="visible" if is_shown else "hidden",
                help=text(f"page.{one.name}.question"),
            )
        )
    return st.navigation(menu, position="top" if role else "hidden")
