"""The map and the graph: the same places whatever the order, no more points than a figure may have, land in every window."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tower.charts.base_map import country_middles, outlines
from tower.charts.lanes import colour_class, width_class
from tower.charts.network_graph import layered, network_graph_figure
from tower.charts.network_map import AREAS, network_map_figure
from tower.charts.network_nodes import LARGEST, SMALLEST, sizes
from tower.charts.style import MAX_POINTS
from tower.queries.network_view import gathered, largest, placed


def made_up(suppliers: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    ids = [f"supplier:V{one}" for one in range(suppliers)]
    nodes = pl.DataFrame(
        {
            "node": [*ids, "place:P", "place:D", "region:CN|East", "customer:K"],
            "tier": [1] * suppliers + [2, 3, 4, 4],
            "flow_value": [float(suppliers - one) for one in range(suppliers)] + [9.0, 8.0, 7.0, 6.0],
            "name": ["n"] * (suppliers + 4), "kind": ["k"] * (suppliers + 4),
            "country_code": ["CN"] * (suppliers + 4),
            "latitude": [30.0] * (suppliers + 2) + [None, None],
            "longitude": [110.0 + one / 100 for one in range(suppliers + 2)] + [None, None],
            "stock_value": [None] * suppliers + [5.0, 4.0, None, 1.0], "next_due_date": [None] * (suppliers + 4),
            "cover_days": [None] * (suppliers + 4), "horizon_days": [None] * (suppliers + 4),
            "is_measured": [False] * suppliers + [True, True, False, True],
            **{
                name: [1.0] * (suppliers + 4) for name in (
                    "stock_quantity", "on_order_value", "in_transit_value", "late_lines", "items", "in_value", "out_value",
                    "customers",
                )
            },
        },
        schema_overrides={"stock_value": pl.Float64, "cover_days": pl.Float64, "horizon_days": pl.Int64},
    )  # fmt: skip
    ends = [(one, "place:P", 1.0) for one in ids]
    ends += [("place:P", "place:D", 5.0), ("place:D", "region:CN|East", 2.0), ("place:D", "customer:K", 3.0)]
    lanes = pl.DataFrame(
        {
            "from_node": [one for one, _, _ in ends], "to_node": [one for _, one, _ in ends],
            "cost_value": [one for _, _, one in ends],
            **{
                name: [1.0] * len(ends)
                for name in ("quantity", "lines", "dated_lines", "late_lines", "actual_days", "planned_days", "timed_lines")
            },
        }
    )  # fmt: skip
    return nodes, lanes


def drawable(lanes: pl.DataFrame) -> pl.DataFrame:
    return lanes.with_columns(
        pl.concat_str("from_node", pl.lit(">"), "to_node").alias("lane"),
        (pl.col("late_lines") / pl.col("dated_lines")).alias("late_rate"),
    )


def words(nodes: pl.DataFrame, lanes: pl.DataFrame) -> dict[str, list[str]]:
    return {
        "labels": [""] * nodes.height, "node_hovers": [""] * nodes.height, "lane_hovers": [""] * lanes.height,
        "tier_names": list("abcde"), "late_names": list("wxyz"),
    }  # fmt: skip


def points(figure: object) -> int:
    return sum(len(trace.x) for trace in figure.data)  # type: ignore[attr-defined]


def test_nodes_stand_in_the_same_places_whatever_the_order_of_rows() -> None:
    nodes, lanes = made_up(20)
    x, y = layered(nodes, lanes)
    shuffled = nodes.sample(fraction=1.0, shuffle=True, seed=3)
    again_x, again_y = layered(shuffled, lanes.reverse())
    at = dict(zip(nodes["node"], zip(x, y, strict=True), strict=True))
    assert dict(zip(shuffled["node"], zip(again_x, again_y, strict=True), strict=True)) == at
    assert len(set(at.values())) == nodes.height
    assert [at[one][0] for one in ("supplier:V0", "place:P", "place:D", "customer:K")] == [0, 1, 2, 3]


@pytest.mark.parametrize("suppliers", [3, 200, 1_500])
def test_a_figure_has_no_more_points_than_it_may(suppliers: int) -> None:
    nodes, lanes = made_up(suppliers)
    lanes = drawable(lanes)
    here, between, lost = placed(nodes, lanes, country_middles())
    assert lost.is_empty()
    here, between = largest(here, drawable(between))
    for area in ("all", *AREAS):
        drawn = network_map_figure(here, between, area=area, size="stock_value", **words(here, between))
        assert points(drawn) <= MAX_POINTS, area
    nodes, lanes = largest(nodes, lanes)
    figure = network_graph_figure(nodes, lanes, size="flow_value", **words(nodes, lanes))
    assert points(figure) <= MAX_POINTS


def test_what_is_not_among_the_largest_is_gathered_with_its_sums() -> None:
    nodes, lanes = made_up(20)
    drawn, between = gathered(nodes, lanes, 8)
    others = drawn.filter(pl.col("node") == "others:1").row(0, named=True)
    assert others["members"] == 12
    assert others["flow_value"] == sum(range(1, 13))
    assert drawn["flow_value"].sum() == nodes["flow_value"].sum()
    assert between["cost_value"].sum() == lanes["cost_value"].sum()
    # A heap of one would say less than the node itself.
    assert gathered(nodes, lanes, 19)[0].height == nodes.height


def test_customers_of_a_country_stand_together_in_its_middle() -> None:
    nodes, lanes = made_up(2)
    here, between, _ = placed(nodes, lanes, country_middles())
    china = here.filter(pl.col("node") == "country:CN").row(0, named=True)
    assert (china["longitude"], china["latitude"]) == country_middles()["CN"]
    assert china["members"] == 2
    assert between.filter(pl.col("to_node") == "country:CN")["cost_value"].to_list() == [5.0]


@pytest.mark.parametrize("area", AREAS)
def test_every_part_of_the_world_has_its_land(area: str) -> None:
    west, east, south, north = AREAS[area]
    x, y = outlines(west, east, south, north, MAX_POINTS // 2)
    assert len(x) > 40
    assert (np.nanmin(x), np.nanmin(y)) >= (west, south)
    assert np.nanmax(x) <= east
    assert np.nanmax(y) <= north


def test_colours_begin_at_their_share_and_widths_grow_with_the_value() -> None:
    assert colour_class(np.array([np.nan, 0.0, 0.049, 0.05, 0.19, 0.2, 1.0])).tolist() == [0, 1, 1, 2, 2, 3, 3]
    assert width_class(np.array([0.0, 4.0, 36.0, 100.0])).tolist() == [0, 1, 3, 4]
    assert sizes(np.array([np.nan, 0.0, 25.0, 100.0])).tolist() == [
        SMALLEST, SMALLEST, SMALLEST + (LARGEST - SMALLEST) / 2, LARGEST
    ]  # fmt: skip
