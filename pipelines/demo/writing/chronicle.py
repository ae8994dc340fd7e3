"""All canonical tables of a simulated company, as they were known on the evening of its last day, in a folder of files.

What only grows (movements, receipts, forecasts, changes) is written while the simulation runs, in chunks, and leaves
memory; the documents are written at the end, slice by slice. So memory holds the company and one slice, at any scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl

from pipelines.contract import load_contract
from pipelines.demo.records import Columns, Log
from pipelines.demo.world import World
from pipelines.demo.writing.contents import Contents
from pipelines.demo.writing.dirt import TEXT_TABLES, Dirt
from pipelines.demo.writing.table_files import TableFile

DECLARATION = 'company_currency = "CNY"\ndecimal_mark = "."\n'
Tables = Mapping[str, pl.DataFrame]


class Chronicle:
    """The files of one run. Made before the run it takes what grows as it goes; made after it, all is still there."""

    def __init__(self, folder: Path, world: World) -> None:
        """Raises ValueError where another chronicle has taken a part of the logs already."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "source.toml").write_text(DECLARATION, encoding="utf-8")
        self.world = world
        self._files = {
            table.name: TableFile(folder, table, as_text=table.name in TEXT_TABLES)
            for table in load_contract().values()
        }
        self._dirt = Dirt(world.luck)
        self._contents = Contents(world)
        for name, takers in self._contents.logs.items():
            log = self._log(name)
            if log.first:
                raise ValueError(f"{log.first} rows of {name} are gone already")
            if log.spill is None:
                log.spill = self._spill_of(takers)

    def finish(self, progress: Callable[[str], None] = lambda _: None) -> pl.DataFrame:
        """Write what is still in memory and close all files; the dirty rows that were planted, one row each."""
        for name, takers in self._contents.logs.items():
            log = self._log(name)
            log.spill = None
            self._take(takers, log.first, log.columns())
        for name, tables in self._contents.pieces():
            progress(f"writing {name}")
            self._write(tables)
        for file in self._files.values():
            self._dirt.add_to(file)
            file.close()
        return self._dirt.planted()

    @property
    def rows(self) -> Mapping[str, int]:
        """Rows written so far, by table."""
        return {name: file.rows for name, file in self._files.items()}

    def _log(self, name: str) -> Log:
        log: Log = getattr(self.world.documents, name)
        return log

    def _spill_of(
        self, takers: tuple[Callable[[int, Columns], Iterator[Tables]], ...]
    ) -> Callable[[int, Columns], None]:
        def spill(first: int, columns: Columns) -> None:
            self._take(takers, first, columns)

        return spill

    def _take(
        self, takers: tuple[Callable[[int, Columns], Iterator[Tables]], ...], first: int, columns: Columns
    ) -> None:
        for taker in takers:
            for tables in taker(first, columns):
                self._write(tables)

    def _write(self, tables: Tables) -> None:
        for name, frame in tables.items():
            file = self._files[name]
            self._dirt.watch(file, frame)
            file.write(frame)
