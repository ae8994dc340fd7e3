"""`tower users`: who may be chosen at the start of the app, in which role, and whose rows they see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, get_args

import polars as pl
import typer

from pipelines.cli.output import Format, print_frame
from tower.access import ROLES, ScopeAxis, ScopeRule
from tower.errors import SettingsError
from tower.settings import load_settings
from tower.store import Store, User, open_store

app = typer.Typer(no_args_is_help=True, help="The people who use the app: list, set, remove.")
BY = "command line"


@app.command("list")
def list_users(output: Annotated[Format, typer.Option("--format", help="table, json or csv.")] = Format.table) -> None:
    """Everybody who can be chosen at the start."""
    users = _store().ensure_local_users(datetime.now(UTC))
    rows = [
        {
            "user": user.user_id,
            "name": user.name,
            "name_zh": user.name_zh,
            "role": user.role,
            "sees": user.scope.sentence(),
        }
        for user in users
    ]
    print_frame(pl.DataFrame(rows), output)


@app.command("set")
def set_user(
    user: Annotated[str, typer.Argument(help="Short id, as it stands in links: wang.fang")],
    name: Annotated[str, typer.Option(help="Name as it is shown.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    name_zh: Annotated[str | None, typer.Option(help="Name in Chinese.")] = None,
    scope: Annotated[
        str, typer.Option(help="Whose rows: everything, or sales_rep=R1,R2, plant=PL1, customer=K01,K02.")
    ] = "everything",
) -> None:
    """Add a person or change one."""
    _store().save_user(User(user, name, role, name_zh, _rule(scope)), by=BY, now=datetime.now(UTC))  # type: ignore[arg-type]
    typer.echo(f"{user} is saved and sees {_rule(scope).sentence()}.")


@app.command("remove")
def remove_user(user: Annotated[str, typer.Argument(help="Id of the user.")]) -> None:
    """Remove a person; what they did stays in the audit log."""
    store = _store()
    store.user(user)
    store.remove_user(user, by=BY, now=datetime.now(UTC))
    typer.echo(f"{user} is removed.")


def _store() -> Store:
    return open_store(load_settings().effective_store_url)


def _rule(text: str) -> ScopeRule:
    axis, _, values = text.partition("=")
    if axis not in get_args(ScopeAxis):
        raise SettingsError(
            f"The scope {text!r} is not known. Write everything, sales_rep=R1,R2, plant=PL1 or customer=K01."
        )
    return ScopeRule(axis, tuple(word.strip() for word in values.split(",") if word.strip()))  # type: ignore[arg-type]
