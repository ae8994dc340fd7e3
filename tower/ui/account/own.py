"""Whose accounts a reader sees first: the own ones of a sales representative, else all within the row scope."""

from __future__ import annotations

import polars as pl

from tower.queries import account_list
from tower.store import User
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.view import View

OWN, ALL = "own", "all"


def own_reps(user: User, reps: pl.DataFrame) -> tuple[str, ...]:
    """The representatives that a user is: those of the scope, else who bears the user's id or name.

    A manager who sees everything and is a representative too is found by name, so the own accounts come first and the
    others are one choice away. `reps` are those that the reader may see.
    """
    known = reps["sales_rep_id"].to_list()
    if user.scope.axis == "sales_rep":
        return tuple(one for one in user.scope.values if one in known)
    if user.role != "sales":
        return ()
    names = {user.user_id, user.name, user.name_zh or user.name, f"{user.name} {user.name_zh or ''}".strip()}
    mine = {one.casefold() for one in names}
    return tuple(
        number for number, name in reps.select("sales_rep_id", "sales_rep_name").rows()
        if number.casefold() in mine or (name or "").casefold() in mine
    )  # fmt: skip


def choose_whose(view: View) -> tuple[str, ...]:
    """Own accounts, all that may be seen, or one representative's; in the URL. Empty: all."""
    text = view.text
    reps = ask(view.warehouse, account_list.reps)
    own = own_reps(view.user, reps)
    names = dict(reps.select("sales_rep_id", "sales_rep_name").rows())
    labels = {**({OWN: text("account.own")} if own else {}), ALL: text("account.all"), **names}
    whose = url.select(
        text("account.whose"), "whose", list(labels), labels.__getitem__, default=OWN if own else ALL, width=260
    )  # fmt: skip
    if whose == OWN:
        return own
    return () if whose in (None, ALL) else (str(whose),)
