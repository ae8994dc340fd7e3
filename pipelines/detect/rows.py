"""What detectors read of a build, by name, as of its day.

Each query is SQL over the schemas canonical, core, engine and reference; `$as_of` stands for the day. A query of one
area stands in `rows_<area>.py`; here are those that several areas, the impact and the causes share. Rows come sorted,
so that the same build gives the same findings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import duckdb
import polars as pl
import polars.selectors as cs

from pipelines.detect.rows_demand import QUERIES as DEMAND_QUERIES
from pipelines.detect.rows_plan import QUERIES as PLAN_QUERIES
from pipelines.detect.rows_supply import QUERIES as SUPPLY_QUERIES
from planning.detection.findings import DetectionRows
from tower.errors import BuildError


def queries() -> Mapping[str, str]:
    """All queries by name. Raises BuildError where two areas use one name."""
    found: dict[str, str] = {}
    for area in (PLAN_QUERIES, SUPPLY_QUERIES, DEMAND_QUERIES):
        twice = sorted(set(found) & set(area))
        if twice:
            raise BuildError(f"The rows {twice[0]} of the detection are named twice. Rename one of them.")
        found.update(area)
    return found


def read_detection_rows(connection: duckdb.DuckDBPyConnection, as_of: date, names: Sequence[str]) -> DetectionRows:
    """The rows of these names. A name is missing where the database has not got the tables that its query reads."""
    known, frames = queries(), {}
    for name in sorted(set(names)):
        if name not in known:
            raise BuildError(f"A detector reads the rows {name}, which no query gives. Add it to pipelines/detect.")
        try:
            frames[name] = read_query(lambda sql: connection.sql(sql).pl(), known[name], as_of)
        except duckdb.CatalogException:
            continue
    return DetectionRows(frames)


def read_query(query: Callable[[str], pl.DataFrame], sql: str, as_of: date) -> pl.DataFrame:
    """One query as of the day; decimals come out as floats."""
    day = f"cast('{as_of.isoformat()}' as date)"
    return query(sql.replace("$as_of", day)).with_columns(cs.decimal().cast(pl.Float64))
