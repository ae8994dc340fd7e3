"""The pure engines in a build: reads the canonical layer, computes, writes the schema `engine`.

Every table of the schema is always written, empty where no source can fill it.
"""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import polars as pl

from planning.bom import explode_boms
from planning.errors import PlanningError
from planning.fifo_queues import NONE
from planning.stock_layers import NO_VALUE, StockMovements, stock_layers
from tower.errors import BuildError

# Items are independent of one another: so many movements are in memory at a time (about 0.5 GB), plus those of one
# item.
MOVEMENTS_AT_A_TIME = 1_000_000

_NUMBERED_PLACES = """
    create or replace temp table engine_places as
    select
        location_id,
        row_number() over (order by location_id) - 1 as location,
        coalesce(is_own_stock, false) as is_own_stock
    from canonical.cnl_locations
"""

# Sorted and numbered by item, instant and id: in that order the engine need not sort again. Only what touches own
# stock.
_NUMBERED_MOVEMENTS = """
    create or replace temp table engine_movements as
    with complete_sources as (
        select source
        from build.source_coverage
        where table_name = 'stock_movements' and column_name = '' and status = 'full'
    ),
    counted as (
        select
            movements.movement_id,
            movements.item_id,
            coalesce(places_from.location, $outside) as from_location,
            coalesce(places_to.location, $outside) as to_location,
            movements.lot_id,
            movements.moved_at,
            movements.original_receipt_date,
            -- Wide decimals: in the type of the columns a million times a million is too much already.
            cast(cast(movements.quantity as decimal(38, 6)) * 1000000 as bigint) as quantity,
            cast(
                cast(
                    coalesce(
                        movements.value,
                        try_cast(movements.unit_cost * movements.quantity as decimal(18, 6))
                    )
                    as decimal(38, 6)
                ) * 1000000
                as bigint
            ) as value
        from canonical.cnl_stock_movements as movements
        left join engine_places as places_from on movements.from_location_id = places_from.location_id
        left join engine_places as places_to on movements.to_location_id = places_to.location_id
        where movements._source in (select source from complete_sources)
            and movements.moved_at < cast($as_of as date) + interval 1 day
            and (places_from.is_own_stock or places_to.is_own_stock)
    ),
    items as (
        select item_id, row_number() over (order by item_id) - 1 as item
        from (select distinct item_id from counted)
    ),
    lots as (
        select lot_id, row_number() over (order by lot_id) - 1 as lot
        from (select distinct lot_id from counted where lot_id is not null)
    )
    select
        counted.* exclude (item_id, lot_id),
        counted.item_id,
        counted.lot_id,
        items.item,
        lots.lot,
        row_number() over (order by items.item, counted.moved_at, counted.movement_id) - 1 as number
    from counted
    inner join items on counted.item_id = items.item_id
    left join lots on counted.lot_id = lots.lot_id
"""

_LAYERS = """
    select
        coalesce(in_movement_id, '-') || '/' || origin_movement_id as layer_id,
        item_id,
        location_id,
        lot_id,
        in_movement_id,
        origin_movement_id,
        original_receipt_date,
        arrived_date,
        cast(cast(quantity as decimal(18, 0)) * 0.000001 as decimal(18, 6)) as quantity,
        cast(round(origin_value / cast(origin_quantity as double), 6) as decimal(18, 6)) as unit_cost,
        cast(cast(value as decimal(18, 0)) * 0.000001 as decimal(18, 6)) as value,
        cast(as_of - original_receipt_date as integer) as age_days
    from engine_result
"""

_EXPLOSION = """
    select * replace (
        cast(is_phantom as integer) as is_phantom,
        cast(is_by_product as integer) as is_by_product,
        cast(is_fixed_quantity as integer) as is_fixed_quantity
    )
    from engine_result
"""

_LOW_LEVEL_CODES = """
    select
        coalesce(items.item_id, engine_result.item_id) as item_id,
        coalesce(engine_result.low_level_code, 0) as low_level_code
    from canonical.cnl_items as items
    full outer join engine_result on items.item_id = engine_result.item_id
"""

_USES = """
    select
        out_movement_id,
        in_movement_id,
        origin_movement_id,
        item_id,
        location_id,
        used_date,
        original_receipt_date,
        cast(cast(quantity as decimal(18, 0)) * 0.000001 as decimal(18, 6)) as quantity,
        cast(cast(value as decimal(18, 0)) * 0.000001 as decimal(18, 6)) as value,
        cast(is_backfilled as integer) as is_backfilled
    from engine_result
"""


def run_stock_layers(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write engine.stock_layers and engine.stock_layer_uses from the movements of sources that report all of them.

    Memory is bounded by blocks of whole items. Raises BuildError where the engine refuses the movements.
    """
    connection.execute("create schema if not exists engine")
    connection.execute(_NUMBERED_PLACES)
    places = connection.sql("select location_id, is_own_stock from engine_places order by location").pl()
    connection.execute(_NUMBERED_MOVEMENTS, {"as_of": as_of, "outside": places.height})
    # One more place stands for everything outside.
    is_own_stock = np.append(places["is_own_stock"].to_numpy(), False)
    place_ids = places["location_id"].append(pl.Series([None], dtype=pl.String))
    for number, (first, last) in enumerate(_blocks(connection) or [(0, 0)]):
        movements = connection.sql(
            "select * from engine_movements where number >= $first and number < $last order by number",
            params={"first": first, "last": last},
        ).pl()
        try:
            found = stock_layers(_arrays(movements), is_own_stock, as_of)
        except PlanningError as error:
            raise BuildError(f"The stock layers could not be computed. {error}") from error
        layers = _with_ids(found.layers, movements, place_ids, ("in", "origin"))
        uses = _with_ids(found.uses, movements, place_ids, ("out", "in", "origin"))
        _write(connection, "engine.stock_layers", _LAYERS, layers.with_columns(as_of=as_of), is_new=number == 0)
        _write(connection, "engine.stock_layer_uses", _USES, uses, is_new=number == 0)
    connection.execute("drop table engine_movements")
    connection.execute("drop table engine_places")


def run_bom_explosion(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write engine.bom_explosion, engine.bom_cycles and engine.low_level_codes, which has every item.

    Raises BuildError where a bill is too deep or the explosion too large.
    """
    connection.execute("create schema if not exists engine")
    boms = connection.sql(
        "select bom_id, item_id, bom_type, cast(output_quantity as double) as output_quantity, location_id, priority, "
        "valid_from_date, valid_to_date from canonical.cnl_boms"
    ).pl()
    components = connection.sql(
        "select bom_id, component_item_id, cast(quantity as double) as quantity, is_fixed_quantity, scrap_rate, "
        "valid_from_date, valid_to_date, substitute_priority, is_by_product from canonical.cnl_bom_components"
    ).pl()
    try:
        found = explode_boms(boms, components, as_of)
    except PlanningError as error:
        raise BuildError(f"The bills of material could not be exploded. {error}") from error
    _write(connection, "engine.bom_explosion", _EXPLOSION, found.explosion)
    _write(connection, "engine.bom_cycles", "select * from engine_result", found.cycles)
    _write(connection, "engine.low_level_codes", _LOW_LEVEL_CODES, found.low_level_codes)


def _blocks(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """Ranges of movement numbers that hold whole items."""
    return connection.execute(
        """
        with items as (select item, count(*) as movements, min(number) as first from engine_movements group by item)
        select min(first), max(first + movements) from items group by first // $size order by 1
        """,
        {"size": MOVEMENTS_AT_A_TIME},
    ).fetchall()


def _arrays(movements: pl.DataFrame) -> StockMovements:
    def codes(column: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return movements[column].cast(pl.Int64).to_numpy()

    return StockMovements(
        number=codes("number"),
        item=codes("item"),
        from_location=codes("from_location"),
        to_location=codes("to_location"),
        lot=movements["lot"].cast(pl.Int64).fill_null(NONE).to_numpy(),
        moved_at=movements["moved_at"].cast(pl.Datetime("us")).to_numpy(),
        original_receipt_date=movements["original_receipt_date"].cast(pl.Date).to_numpy(),
        quantity=codes("quantity"),
        value=movements["value"].cast(pl.Int64).fill_null(NO_VALUE).to_numpy(),
    )


def _with_ids(found: pl.DataFrame, movements: pl.DataFrame, places: pl.Series, roles: tuple[str, ...]) -> pl.DataFrame:
    """Put the ids back: of movements, item and lot from the movements' rows, of the place from its code."""
    first_role = found["out_row"] if "out_row" in found.columns else found["in_row"].fill_null(found["origin_row"])
    return found.with_columns(
        *(movements["movement_id"].gather(found[f"{role}_row"]).alias(f"{role}_movement_id") for role in roles),
        movements["item_id"].gather(first_role).alias("item_id"),
        movements["lot_id"].gather(first_role).alias("lot_id"),
        places.gather(found["location"]).alias("location_id"),
    )


def _write(
    connection: duckdb.DuckDBPyConnection, table: str, sql: str, result: pl.DataFrame, *, is_new: bool = True
) -> None:
    """Create the table from a result, or append one more block to it."""
    connection.register("engine_result", result)
    try:
        connection.execute(
            f"create or replace table {table} as {sql}" if is_new else f"insert into {table} by name {sql}"
        )
    finally:
        connection.unregister("engine_result")
