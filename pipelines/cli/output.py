"""How the command line prints frames: a table for people, JSON and CSV for programs."""

from __future__ import annotations

import enum
import sys
import time
from datetime import date, datetime
from typing import Any

import orjson
import polars as pl
from rich.console import Console
from rich.table import Table

WIDTH_OF_A_PIPE = 200


class Format(enum.StrEnum):
    """Output formats that every reading command offers."""

    table = "table"
    json = "json"
    csv = "csv"


def print_frame(frame: pl.DataFrame, output: Format) -> None:
    """Print to standard output; missing values are empty cells, null in JSON."""
    if output is Format.csv:
        sys.stdout.write(frame.write_csv())
    elif output is Format.json:
        sys.stdout.write(orjson.dumps(frame.to_dicts(), option=orjson.OPT_INDENT_2, default=str).decode() + "\n")
    else:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name, data_type in frame.schema.items():
            table.add_column(name, justify="right" if data_type.is_numeric() else "left", overflow="fold")
        for row in frame.iter_rows():
            table.add_row(*(_cell(value) for value in row))
        console = Console()
        # Into a file or a pipe nothing is squeezed into the 80 columns of a terminal that is not there.
        console.print(table) if console.is_terminal else Console(width=WIDTH_OF_A_PIPE).print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, date | datetime):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


class ProgressLine:
    """Progress on standard error: steps stay, what happens inside a step overwrites itself on a terminal."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._is_terminal = sys.stderr.isatty()
        self._has_detail = False

    def __call__(self, message: str) -> None:
        is_step = message.startswith("[")
        if not is_step and not self._is_terminal:
            return
        elapsed = time.perf_counter() - self._started
        clear = "\r\x1b[2K" if self._has_detail else ""
        end = "\n" if is_step else ""
        sys.stderr.write(f"{clear}{elapsed:7.1f}s  {message}{end}")
        sys.stderr.flush()
        self._has_detail = self._is_terminal and not is_step

    def finish(self) -> None:
        if self._has_detail:
            sys.stderr.write("\r\x1b[2K")
            self._has_detail = False
