"""Links from a row to the page that tells more of it. A page that this product does not have gives no link."""

from __future__ import annotations

from urllib.parse import urlencode

import polars as pl

from tower.ui import url
from tower.ui.navigation import SCREENS, may_open
from tower.ui.view import View

REQUIREMENTS = "requirements"
ACCOUNT = "account"


def address(view: View, screen: str, **parameters: str) -> str | None:
    """The address of a screen for the same reader and language; None where it does not exist or is not for the role."""
    if screen not in {one.name for one in SCREENS} or not may_open(view.user.role, screen):
        return None
    carried = {key: url.value(key) for key in ("user", "lang", "build") if url.value(key)}
    return f"{screen}?{urlencode({**parameters, **carried})}"


def with_requirements(view: View, frame: pl.DataFrame, item: str = "item_id", place: str = "location_id") -> pl.Series:
    """For each row the address of the requirements of its item at its place, empty where there is none."""
    return pl.Series(
        "requirements",
        [
            address(view, REQUIREMENTS, item=one, place=where) if one and where else None
            for one, where in frame.select(item, place).rows()
        ],
        dtype=pl.String,
    )


def with_accounts(view: View, frame: pl.DataFrame, customer: str = "customer_id") -> pl.Series:
    """For each row the address of the account of its customer, empty where there is none."""
    addresses = [address(view, ACCOUNT, customer=one) if one else None for one in frame[customer].to_list()]
    return pl.Series("account", addresses, dtype=pl.String)
