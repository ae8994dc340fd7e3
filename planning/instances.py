"""A planning problem as open tables with names, and back: for another planner to solve, or to plan it elsewhere.

`instance_tables` writes everything that a plan depends on as frames; `instance_from` reads them back, texts or typed,
to a problem that gives the same plan in every row. `result_tables` is the plan itself, to compare another planner's
answer with. Quantities are in units, days are dates; an empty cell is a value that is not given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from typing import Any

import numpy as np
import polars as pl

from planning.errors import PlanningError
from planning.model.inputs import PlanningModel
from planning.model.settings import STOCK_STATUS
from planning.mrp import (
    BillLines,
    Calendars,
    Demands,
    Forecasts,
    Nodes,
    OpenSupply,
    Operations,
    Plan,
    PlanningProblem,
    SafetyStockSteps,
    Settings,
    Sources,
    Stock,
)
from planning.mrp.codes import FAR, NONE, UNIT, Integers, LotRule, ScrapFormula, SourceKind, Strategy, SupplyKind
from planning.mrp.problem import Table

TABLES: Mapping[str, type[Table]] = {
    "nodes": Nodes,
    "sources": Sources,
    "lines": BillLines,
    "demands": Demands,
    "forecasts": Forecasts,
    "open_supply": OpenSupply,
    "stock": Stock,
    "safety_stock_steps": SafetyStockSteps,
    "operations": Operations,
}
# Columns that are quantities, in whichever table.
_QUANTITIES = frozenset({
    "fixed_lot", "min_lot", "max_lot", "lot_multiple", "safety_stock", "reorder_point", "max_stock", "start_quantity",
})  # fmt: skip
_ARE_UNITS_ALREADY = frozenset({"lines"})
_WORDS: Mapping[tuple[str, str], Any] = {
    ("nodes", "strategy"): Strategy,
    ("nodes", "lot_rule"): LotRule,
    ("sources", "kind"): SourceKind,
    ("open_supply", "kind"): SupplyKind,
}
# Column of the engine → the list of names that its code points into, and the name of the column in the table.
_NAMED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("nodes", "item"): ("items", "item_id"),
    ("nodes", "site"): ("locations", "location_id"),
    ("nodes", "calendar"): ("calendars", "calendar_id"),
    ("sources", "calendar"): ("calendars", "calendar_id"),
    ("sources", "supplier"): ("suppliers", "supplier_id"),
    ("sources", "from_site"): ("locations", "from_location_id"),
    ("demands", "customer"): ("customers", "customer_id"),
    ("demands", "tracking"): ("order_lines", "tracking_id"),
    ("open_supply", "tracking"): ("order_lines", "tracking_id"),
    ("stock", "tracking"): ("order_lines", "tracking_id"),
    ("stock", "status"): ("statuses", "stock_status"),
    ("operations", "work_centre"): ("work_centres", "work_centre_id"),
}
_SETTINGS = ("first_day", "scrap_formula", "past_is_today")


@dataclass(frozen=True, slots=True)
class InstanceNames:
    """Names by code, each list without doubles. What has no name is called by its code."""

    items: Sequence[str] = ()
    locations: Sequence[str] = ()
    calendars: Sequence[str] = ()
    suppliers: Sequence[str] = ()
    customers: Sequence[str] = ()
    order_lines: Sequence[str] = ()
    work_centres: Sequence[str] = ()
    statuses: Sequence[str] = field(default=())

    @classmethod
    def of(cls, model: PlanningModel) -> InstanceNames:
        """The names of a model; its items and places have the codes that its nodes give them."""
        nodes = model.problem.nodes
        return cls(
            _by_code(nodes.item, model.nodes["item_id"]),
            tuple(model.nodes["location_id"].unique().sort()),
            tuple(model.calendars.codes),
            model.suppliers,
            model.customers,
            model.order_lines,
            model.work_centres,
            STOCK_STATUS,
        )


def _by_code(codes: Integers, names: pl.Series) -> tuple[str, ...]:
    found = [""] * (int(codes.max(initial=-1)) + 1)
    for code, name in zip(codes.tolist(), names, strict=True):
        found[code] = name
    return tuple(name or str(code) for code, name in enumerate(found))


def instance_tables(problem: PlanningProblem, names: InstanceNames | None = None) -> dict[str, pl.DataFrame]:
    """All tables of a problem by name. Rows are in the order of their codes; `row` of a table is its code."""
    known = names_of(problem, InstanceNames() if names is None else names)
    tables = {
        "settings": pl.DataFrame(
            {
                "setting": _SETTINGS,
                "value": [
                    str(_dates(np.array([problem.first_day]))[0]),
                    problem.settings.scrap_formula.name.lower(),
                    str(problem.settings.past_is_today).lower(),
                ],
            }
        ),
        "statuses": pl.DataFrame(
            {"stock_status": known["statuses"], "is_usable": list(problem.settings.usable_status)},
            schema={"stock_status": pl.String, "is_usable": pl.Boolean},
        ),
        "calendars": _calendar_table(problem.calendars, known["calendars"]),
    }
    for name in ("items", "locations", "suppliers", "customers", "order_lines", "work_centres"):
        tables[name] = pl.DataFrame({f"{name[:-1]}_id": known[name]}, schema={f"{name[:-1]}_id": pl.String})
    for name in TABLES:
        table: Table = getattr(problem, name)
        columns: dict[str, Any] = {"row": np.arange(table.count)}
        for column in fields(table):
            columns |= _written(problem, name, column, getattr(table, column.name), known)
        tables[name] = pl.DataFrame(columns)
    return tables


def instance_from(tables: Mapping[str, pl.DataFrame]) -> PlanningProblem:
    """The problem of such tables. Raises PlanningError for a table, column or name that is missing."""
    missing = sorted({"settings", "statuses", "calendars", "items", "locations", *TABLES} - set(tables))
    if missing:
        raise PlanningError(
            f"The instance has no table {missing[0]}. Export it again, or add the table with its columns."
        )
    known = {
        "items": _texts(tables["items"], "item_id"),
        "locations": _texts(tables["locations"], "location_id"),
        "statuses": _texts(tables["statuses"], "stock_status"),
        "calendars": list(dict.fromkeys(_texts(tables["calendars"], "calendar_id"))),
    }
    for name in ("suppliers", "customers", "order_lines", "work_centres"):
        known[name] = _texts(tables[name], f"{name[:-1]}_id") if name in tables else []
    stated = dict(tables["settings"].select("setting", pl.col("value").cast(pl.String)).iter_rows())
    usable = (tables["statuses"]["is_usable"].cast(pl.String) == "true").to_list()
    read = {name: _read(name, kind, tables, known) for name, kind in TABLES.items()}
    return PlanningProblem(
        first_day=int(pl.Series([stated["first_day"]]).str.to_date().to_physical()[0]),
        calendars=_calendars_from(tables["calendars"], known["calendars"]),
        settings=Settings(
            ScrapFormula[stated["scrap_formula"].upper()], tuple(usable), stated["past_is_today"] == "true"
        ),
        **read,  # type: ignore[arg-type]
    )


def result_tables(problem: PlanningProblem, found: Plan, names: InstanceNames | None = None) -> dict[str, pl.DataFrame]:
    """The plan beside its instance: every planned order, and quantities by item, place and week of the due day."""
    known = names_of(problem, InstanceNames() if names is None else names)
    orders, nodes = found.orders, problem.nodes
    kinds = [kind.name.lower() for kind in SourceKind]
    kind = np.where(orders.source >= 0, problem.sources.kind[np.maximum(orders.source, 0)], NONE) if (
        problem.sources.count
    ) else np.full(orders.count, NONE)  # fmt: skip
    frame = pl.DataFrame(
        {
            "item_id": _named(nodes.item[orders.node], known["items"]),
            "location_id": _named(nodes.site[orders.node], known["locations"]),
            "source": pl.Series(orders.source).replace(NONE, None),
            "kind": _named(kind, kinds),
            "release_date": _dates(orders.release_day),
            "due_date": _dates(orders.due_day),
            "quantity": orders.quantity / UNIT,
            "good_quantity": orders.good_quantity / UNIT,
            "millionths": orders.quantity,
            "good_millionths": orders.good_quantity,
        }
    ).sort("item_id", "location_id", "due_date", "release_date", "source", "quantity", nulls_last=True)
    key = ["item_id", "location_id", "week"]
    weeks = (
        frame.with_columns(week=pl.col("due_date").dt.truncate("1w"))
        .group_by(key)
        .agg(pl.len().alias("orders"), *(pl.col(f"{name}millionths").sum() / UNIT for name in ("", "good_")))
        .rename({"millionths": "quantity", "good_millionths": "good_quantity"})
        .sort(key)
    )
    return {"planned_orders": frame.drop("millionths", "good_millionths"), "planned_by_week": weeks}


def names_of(problem: PlanningProblem, names: InstanceNames) -> dict[str, list[str]]:
    """Names by kind for all codes that the problem uses. Raises PlanningError for a name that two codes share."""
    count = dict.fromkeys((one.name for one in fields(InstanceNames)), 0)
    for (table, column), (kind, _) in _NAMED.items():
        count[kind] = max(count[kind], int(getattr(getattr(problem, table), column).max(initial=NONE)) + 1)
    count["calendars"] = problem.calendars.is_working.shape[0]
    count["statuses"] = len(problem.settings.usable_status)
    found = {}
    for kind, most in count.items():
        given = list(getattr(names, kind))[: max(most, len(getattr(names, kind)))]
        found[kind] = given + [f"{kind[:-1]} {code}" for code in range(len(given), most)]
        if len(set(found[kind])) < len(found[kind]):
            raise PlanningError(f"Two {kind} of the instance have the same name. Give every code a name of its own.")
    return found


def _written(  # noqa: PLR0911 -- one return for each kind of column.
    problem: PlanningProblem, table: str, column: Field[Any], values: np.ndarray, known: Mapping[str, list[str]]
) -> dict[str, Any]:
    """One column of the engine as columns of the table."""
    name, default = column.name, column.metadata["default"]
    if (table, name) in _NAMED:
        kind, shown = _NAMED[table, name]
        return {shown: _named(values, known[kind])}
    if name in ("node", "component"):
        nodes = problem.nodes
        return {
            "item_id": _named(nodes.item[values], known["items"]),
            "location_id": _named(nodes.site[values], known["locations"]),
        }
    if (table, name) in _WORDS:
        return {name: _named(values, [word.name.lower() for word in _WORDS[table, name]])}
    if _is_day(column):
        day = pl.Series(values)
        open_end = default if isinstance(default, int) else FAR
        return {_shown(column): day.set(day == open_end, None).cast(pl.Int32).cast(pl.Date)}
    if _is_quantity(table, name):
        return {
            name: pl.Series(values / UNIT).set(pl.Series(values == NONE), None) if default == NONE else values / UNIT
        }
    if values.dtype.kind == "i" and default == NONE:
        return {name: pl.Series(values).replace(NONE, None)}
    return {name: values}


def _read(name: str, kind: type[Table], tables: Mapping[str, pl.DataFrame], known: Mapping[str, list[str]]) -> Table:
    """One table of the engine from its frame; columns that are missing have their defaults."""
    frame = tables[name]
    if "row" in frame.columns:
        frame = _by_row(frame)
    given: dict[str, Any] = {}
    for column in fields(kind):
        if (name, column.name) in _NAMED:
            names, shown = _NAMED[name, column.name]
            if shown in frame.columns:
                given[column.name] = _coded(frame[shown], known[names], name)
        elif column.name in ("node", "component"):
            given[column.name] = _node(frame, _by_row(tables["nodes"]), name)
        elif _shown(column) in frame.columns:
            given[column.name] = _values(name, column, frame[_shown(column)])
    return kind.of(frame.height, **given)


def _values(table: str, column: Field[Any], values: pl.Series) -> np.ndarray:
    default = column.metadata["default"]
    if (table, column.name) in _WORDS:
        return _coded(values, [word.name.lower() for word in _WORDS[table, column.name]], table)
    if _is_day(column):
        dates = values.str.to_date() if values.dtype == pl.String else values
        open_end = default if isinstance(default, int) else FAR
        return dates.cast(pl.Date).to_physical().cast(pl.Int64).fill_null(open_end).to_numpy()
    if _is_quantity(table, column.name):
        return np.where(
            values.is_null().to_numpy(), default if default == NONE else 0,
            np.rint(values.cast(pl.Float64).fill_null(0.0).to_numpy() * UNIT),
        ).astype(np.int64)  # fmt: skip
    if column.metadata["dtype"] is np.bool_:
        return (values.cast(pl.String) == "true").to_numpy()
    numbers = values.cast(pl.Float64 if column.metadata["dtype"] is np.float64 else pl.Int64)
    return numbers.fill_null(default).to_numpy() if isinstance(default, int | float) else numbers.to_numpy()


def _is_day(column: Field[Any]) -> bool:
    default = column.metadata["default"]
    return column.name == "day" or (isinstance(default, int) and abs(default) == FAR)


def _is_quantity(table: str, name: str) -> bool:
    return table not in _ARE_UNITS_ALREADY and (name == "quantity" or name in _QUANTITIES)


def _shown(column: Field[Any]) -> str:
    """Days are called dates in the tables."""
    if not _is_day(column):
        return column.name
    return "date" if column.name == "day" else column.name.removesuffix("_day") + "_date"


def _named(codes: Integers, names: Sequence[str]) -> pl.Series:
    return pl.Series(list(names), dtype=pl.String).gather(pl.Series(codes, dtype=pl.Int64).replace(NONE, None))


def _coded(values: pl.Series, names: Sequence[str], table: str) -> np.ndarray:
    codes = {name: code for code, name in enumerate(names)}
    texts = values.cast(pl.String)
    unknown = sorted(set(texts.drop_nulls()) - set(codes))
    if unknown:
        raise PlanningError(
            f"The table {table} names {unknown[0]!r} in {values.name}, which is in no list of names. Add it."
        )
    if not codes:
        return np.full(values.len(), NONE)
    return texts.replace_strict(codes, default=NONE, return_dtype=pl.Int64).fill_null(NONE).to_numpy()


def _node(frame: pl.DataFrame, nodes: pl.DataFrame, table: str) -> np.ndarray:
    key = ["item_id", "location_id"]
    texts = [pl.col(name).cast(pl.String) for name in key]
    rows = frame.select(texts).join(
        nodes.select(*texts).with_row_index("node"), on=key, how="left", maintain_order="left"
    )
    if rows.height > frame.height:
        raise PlanningError("Two rows of the table nodes are the same item at the same place. Make them one.")
    lost = rows.filter(pl.col("node").is_null())
    if lost.height:
        raise PlanningError(
            f"The table {table} names {lost['item_id'][0]!r} at {lost['location_id'][0]!r}: no such node."
        )
    return rows["node"].cast(pl.Int64).to_numpy()


def _by_row(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(pl.col("row").cast(pl.Int64))


def _texts(frame: pl.DataFrame, column: str) -> list[str]:
    return frame[column].cast(pl.String).to_list()


def _dates(day: Integers) -> pl.Series:
    return pl.Series(day, dtype=pl.Int64).cast(pl.Int32).cast(pl.Date)


def _calendar_table(calendars: Calendars, names: Sequence[str]) -> pl.DataFrame:
    count, days = calendars.is_working.shape
    return pl.DataFrame(
        {
            "calendar_id": _named(np.repeat(np.arange(count), days), names),
            "date": _dates(np.tile(calendars.first_day + np.arange(days), count)),
            "is_working": calendars.is_working.ravel(),
        }
    )


def _calendars_from(frame: pl.DataFrame, names: Sequence[str]) -> Calendars:
    if not names:
        return Calendars.none()
    dates = frame["date"].str.to_date() if frame["date"].dtype == pl.String else frame["date"]
    works = (frame["is_working"].cast(pl.String) == "true").to_numpy().reshape(len(names), -1)
    return Calendars(int(dates.to_physical().min()), works)  # type: ignore[arg-type]
