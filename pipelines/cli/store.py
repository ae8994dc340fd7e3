"""`tower store`: the app store moved to another database, and what has run out in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tower.errors import SettingsError
from tower.settings import load_settings
from tower.store import open_store
from tower.store.copying import copy_store
from tower.store.scenarios import expire_scenarios

app = typer.Typer(no_args_is_help=True, help="The app store: what people enter.")


@app.command("copy-from")
def copy_from(file: Annotated[Path, typer.Argument(help="An SQLite store, such as var/store.sqlite.")]) -> None:
    """Copy an SQLite store into the one that TOWER_STORE_URL (store_url) names, which must be empty."""
    if not file.is_file():
        raise SettingsError(f"There is no file {file}. The store is named store.sqlite and lies in the home folder.")
    url = load_settings().store_url
    if url is None:
        raise SettingsError("There is nowhere to copy to. Name the new store in TOWER_STORE_URL.")
    source, target = open_store(f"sqlite:///{file.absolute()}"), open_store(url)
    try:
        counts = copy_store(source, target)
    finally:
        source.close()
        target.close()
    for table, count in counts.items():
        typer.echo(f"{count:>8,}  {table}")
    typer.echo("Everything is copied. Start the app with the same TOWER_STORE_URL; the old file is left as it is.")


@app.command("expire")
def expire() -> None:
    """Let the scenarios expire whose last day is over. Run it once a day; a build never writes to the store."""
    store = open_store(load_settings().effective_store_url)
    try:
        expired = expire_scenarios(store, datetime.now(UTC))
    finally:
        store.close()
    for one in expired:
        typer.echo(f"{one.scenario_id:>6}  {one.name} of {one.owner}, made on build {one.base_build_id}")
    typer.echo(f"{len(expired)} scenarios expired." if len(expired) != 1 else "One scenario expired.")
