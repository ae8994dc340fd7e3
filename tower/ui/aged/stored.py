"""The app store as the page of aged stock uses it: who may decide, and the names that may own a disposition."""

from __future__ import annotations

from tower.access import Role
from tower.settings import load_settings
from tower.store import Store
from tower.ui import cached
from tower.ui.session import PROJECT_FOLDER

# Who decides what becomes of stock; the others read it.
DECIDERS: tuple[Role, ...] = ("planner", "buyer", "production", "finance", "admin")


def opened_store() -> Store:
    """The app store of this process."""
    return cached.store(load_settings(PROJECT_FOLDER).effective_store_url)
