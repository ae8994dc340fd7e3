"""Laws of landing: whatever is written in whatever dialect comes back as it was, and no row ever vanishes."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipelines.land.loads import land_source
from pipelines.land.manifest import LoadedTable
from pipelines.land.records import split_records
from pipelines.sources.files import ADAPTER
from tower.errors import SourceError
from tower.settings import SourceSettings

HEADINGS = ("campaign_id", "campaign_name", "channel", "start_date", "budget_value")
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Landed:
    table: LoadedTable
    accepted: pl.DataFrame
    rejected: pl.DataFrame


def land(content: bytes, declaration: str = "", name: str = "campaigns.csv") -> Landed:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "mine"
        folder.mkdir()
        (folder / name).write_bytes(content)
        if declaration:
            (folder / "source.toml").write_text(declaration, encoding="utf-8")
        source = SourceSettings(name="mine", adapter="files", path=folder)
        manifest = land_source(source, ADAPTER, Path(place), "load_1", "2026-06-30T00:00:00+00:00", lambda _: None)
        load = Path(place) / "raw" / "mine" / "load_1"
        return Landed(
            manifest.tables[0],
            pl.read_parquet(load / "campaigns.parquet").sort("_row_number"),
            pl.read_parquet(load / "rejected.parquet"),
        )


@dataclass(frozen=True)
class Dialect:
    """One way of writing a table as text."""

    delimiter: str
    encoding: str
    quoting: int
    line_end: str
    decimal_mark: str
    group_mark: str
    date_pattern: str
    compressed: bool


DIALECTS = st.builds(
    Dialect,
    delimiter=st.sampled_from([",", ";", "\t", "|", "^", "~"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gbk", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    decimal_mark=st.sampled_from([".", ","]),
    group_mark=st.sampled_from(["", "other", " ", "'"]),
    date_pattern=st.sampled_from(
        ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y年%m月%d日", "%d-%b-%Y"]
    ),
    compressed=st.booleans(),
)
# Texts that every encoding can hold, rich in what trips readers: delimiters, quotation marks, line ends.
WORDS = st.text(st.sampled_from("ab ,;\t|^~\"'\n0螺栓（）"), min_size=1, max_size=12).map(str.strip).filter(bool)
AMOUNTS = st.one_of(st.none(), st.decimals(min_value=-(10**11), max_value=10**11, places=2, allow_nan=False))
DAYS = st.one_of(st.none(), st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)))
ROWS = st.lists(st.tuples(WORDS, WORDS, st.one_of(st.none(), WORDS), DAYS, AMOUNTS), min_size=1, max_size=12)
Row = tuple[str, str, str | None, datetime.date | None, Decimal | None]


def written_amount(amount: Decimal | None, dialect: Dialect) -> str:
    if amount is None:
        return ""
    other = "," if dialect.decimal_mark == "." else "."
    group = other if dialect.group_mark == "other" else dialect.group_mark
    return f"{amount:,.2f}".replace(",", "\0").replace(".", dialect.decimal_mark).replace("\0", group)


def written(rows: Sequence[Row], dialect: Dialect) -> bytes:
    out = io.StringIO()
    # Python's writer does not quote a line end that is not its own.
    quoting = csv.QUOTE_ALL if any("\n" in str(value) for row in rows for value in row) else dialect.quoting
    writer = csv.writer(out, delimiter=dialect.delimiter, quoting=quoting, lineterminator=dialect.line_end)
    writer.writerow(HEADINGS)
    for row in rows:
        day = row[3].strftime(dialect.date_pattern) if row[3] else ""
        writer.writerow([row[0], row[1], row[2] or "", day, written_amount(row[4], dialect)])
    content = out.getvalue().encode(dialect.encoding)
    return gzip.compress(content) if dialect.compressed else content


@QUIET
@given(rows=ROWS, dialect=DIALECTS)
def test_what_is_written_in_any_dialect_lands_as_it_was(rows: list[Row], dialect: Dialect) -> None:
    declared = f'encoding = "{dialect.encoding.removesuffix("-sig")}"\ndecimal_mark = "{dialect.decimal_mark}"\n'
    if dialect.date_pattern in {"%d/%m/%Y", "%m/%d/%Y"}:
        declared += f'date_format = "{"dmy" if dialect.date_pattern == "%d/%m/%Y" else "mdy"}"\n'
    landed = land(written(rows, dialect), declared, "campaigns.csv.gz" if dialect.compressed else "campaigns.csv")
    assert landed.rejected.rows() == []
    assert landed.accepted.rows() == [(number, *row) for number, row in enumerate(rows, start=1)]
    assert landed.table.source_rows == landed.table.rows == len(rows)


@QUIET
@given(rows=ROWS, dialect=DIALECTS)
def test_what_is_not_declared_is_found_or_asked_for_but_never_read_wrongly(rows: list[Row], dialect: Dialect) -> None:
    high = [character for row in rows for text in row[:3] if text for character in text if ord(character) > 127]
    assume(dialect.encoding != "gbk" or len(high) > 1)
    try:
        landed = land(written(rows, dialect), name="campaigns.csv.gz" if dialect.compressed else "campaigns.csv")
    except SourceError as error:
        assert "Declare it in source.toml" in str(error)  # noqa: PT017
        return
    assert landed.rejected.rows() == []
    assert landed.accepted.rows() == [(number, *row) for number, row in enumerate(rows, start=1)]


GARBAGE = st.one_of(
    st.binary(max_size=200),
    st.text(st.sampled_from('ab1,;"\n\r \0é螺'), max_size=120).map(lambda text: text.encode()),
    st.lists(
        st.sampled_from([b"a,b,c,2025-01-31,1", b'"', b",", b"\n", b"\r\n", b"\xff", b"\0", b'"x\ny"', b"1.5", b" "]),
        max_size=40,
    ).map(b"".join),
)


@settings(parent=QUIET, max_examples=150)
@given(garbage=GARBAGE, encoding=st.sampled_from(["utf-8", "gbk", "latin-1"]))
def test_rows_in_are_rows_accepted_and_rejected_whatever_the_bytes(garbage: bytes, encoding: str) -> None:
    header = ",".join(HEADINGS).encode() + b"\n"
    landed = land(header + garbage, f'encoding = "{encoding}"\ndate_format = "dmy"\ndecimal_mark = "."')
    table = landed.table
    assert table.source_rows == table.rows + table.rejected_rows
    assert (table.rows, table.rejected_rows) == (landed.accepted.height, landed.rejected.height)
    numbers = [*landed.accepted["_row_number"], *landed.rejected["row_number"]]
    assert sorted(numbers) == list(range(1, table.source_rows + 1))
    assert all(isinstance(json.loads(row), dict) for row in landed.rejected["raw_row"])


@settings(parent=QUIET, max_examples=300)
@given(text=st.text(st.sampled_from('ab,"\n\r x'), max_size=80), size=st.integers(1, 9))
def test_the_splitting_of_records_does_not_depend_on_the_blocks(text: str, size: int) -> None:
    content = text.encode()

    def split(blocks: list[bytes]) -> tuple[object, ...]:
        clean = io.BytesIO()
        found = split_records(blocks, ",", '"', 3, clean)
        fields = list(csv.reader(io.StringIO(clean.getvalue().decode(), newline="")))
        return found.records, found.blank, found.odd, sorted(fields + [list(record.fields) for record in found.mended])

    assert split([content]) == split([content[start : start + size] for start in range(0, len(content), size)])


@settings(parent=QUIET, max_examples=300)
@given(text=st.text(st.sampled_from('ab,"\n\r x'), max_size=80))
def test_no_character_that_is_no_punctuation_of_the_format_is_lost(text: str) -> None:
    clean = io.BytesIO()
    found = split_records([text.encode()], ",", '"', 3, clean)
    kept = clean.getvalue().decode() + "".join(odd.text for odd in found.odd)
    kept += "".join("".join(record.fields) for record in found.mended)
    assert [kept.count(letter) for letter in "abx"] == [text.count(letter) for letter in "abx"]
    assert found.records == found.clean + len(found.mended) + len(found.odd)


@settings(parent=QUIET, max_examples=200)
@given(
    rows=st.lists(
        st.lists(st.text(st.sampled_from('ab,"\n x'), max_size=6), min_size=3, max_size=3), min_size=1, max_size=8
    ),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_well_formed_text_splits_into_the_rows_that_were_written(rows: list[list[str]], line_end: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    clean = io.BytesIO()
    found = split_records([out.getvalue().encode()], ",", '"', 3, clean)
    assert (found.records, found.clean, found.odd, found.mended) == (len(rows), len(rows), [], [])
    assert list(csv.reader(io.StringIO(clean.getvalue().decode(), newline=""))) == rows
