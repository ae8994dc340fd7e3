"""The explosion of bills of material by examples that can be checked by hand."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from planning.bom import BomExplosion, explode_boms
from planning.errors import PlanningError

AS_OF = date(2026, 6, 30)
BOM_SCHEMA = {
    "bom_id": pl.String, "item_id": pl.String, "bom_type": pl.String, "output_quantity": pl.Float64,
    "location_id": pl.String, "priority": pl.Int32, "valid_from_date": pl.Date, "valid_to_date": pl.Date,
}  # fmt: skip
COMPONENT_SCHEMA = {
    "bom_id": pl.String, "component_item_id": pl.String, "quantity": pl.Float64, "is_fixed_quantity": pl.Boolean,
    "scrap_rate": pl.Float64, "valid_from_date": pl.Date, "valid_to_date": pl.Date, "substitute_priority": pl.Int32,
    "is_by_product": pl.Boolean,
}  # fmt: skip


def bom(bom_id: str, item_id: str, **more: object) -> dict[str, object]:
    return {"bom_id": bom_id, "item_id": item_id, "bom_type": "make", "output_quantity": 1.0, **more}


def line(bom_id: str, component: str, quantity: float = 1.0, **more: object) -> dict[str, object]:
    return {"bom_id": bom_id, "component_item_id": component, "quantity": quantity, **more}


def exploded(boms: list[dict[str, object]], lines: list[dict[str, object]], **limits: int) -> BomExplosion:
    def frame(rows: list[dict[str, object]], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
        return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)

    return explode_boms(frame(boms, BOM_SCHEMA), frame(lines, COMPONENT_SCHEMA), AS_OF, **limits)


def simple(*pairs: str) -> BomExplosion:
    """Bills from texts like "A B": one bill for each item on the left, one piece of each component."""
    parents = sorted({pair.split()[0] for pair in pairs})
    return exploded([bom(f"bom-{item}", item) for item in parents], [line(f"bom-{p[0]}", p.split()[1]) for p in pairs])


def quantities(found: BomExplosion) -> dict[str, float | None]:
    return dict(found.explosion.select("path", "quantity_per").rows())


def codes(found: BomExplosion) -> dict[str, int]:
    return dict(found.low_level_codes.rows())


def test_quantities_multiply_down_the_path_by_output_and_scrap() -> None:
    found = exploded(
        [bom("1", "CART", output_quantity=2.0), bom("2", "WHEEL")],
        [line("1", "WHEEL", 8.0), line("1", "FRAME", 2.0), line("2", "STEEL", 0.9, scrap_rate=0.1)],
    )
    assert quantities(found) == {
        "CART → FRAME": 1.0,
        "CART → WHEEL": 4.0,
        "WHEEL → STEEL": pytest.approx(1.0),
        "CART → WHEEL → STEEL": pytest.approx(4.0),
    }


def test_the_low_level_code_is_the_deepest_level_of_use() -> None:
    assert codes(simple("A B", "A D", "B C", "C D")) == {"A": 0, "B": 1, "C": 2, "D": 3}


def test_every_item_with_a_bill_is_a_parent_and_every_way_down_a_path() -> None:
    found = simple("A B", "A C", "B D", "C D").explosion
    assert sorted(found["path"]) == ["A → B", "A → B → D", "A → C", "A → C → D", "B → D", "C → D"]
    assert found.filter(pl.col("path") == "A → B → D").row(0, named=True) == {
        "parent_item_id": "A", "component_item_id": "D", "level": 2, "path": "A → B → D", "quantity_per": 1.0,
        "is_phantom": False, "is_by_product": False, "is_fixed_quantity": False, "low_level_code": 2,
        "direct_bom_id": "bom-B",
    }  # fmt: skip


def test_only_bills_and_lines_valid_on_the_day_count() -> None:
    found = exploded(
        [
            bom("old", "A", priority=1, valid_to_date=date(2026, 6, 29)),
            bom("now", "A", priority=1, valid_to_date=AS_OF),
            bom("next", "A", priority=1, valid_from_date=date(2026, 7, 1)),
        ],
        [
            line("old", "X"),
            line("next", "X"),
            line("now", "B", valid_from_date=AS_OF),
            line("now", "C", valid_to_date=date(2026, 6, 29)),
        ],
    )
    assert found.explosion["path"].to_list() == ["A → B"]


def test_the_first_priority_bill_counts_and_a_bill_for_all_places_before_one_for_a_single_place() -> None:
    boms = [
        bom("none", "A"),
        bom("second", "A", priority=2),
        bom("local", "A", priority=1, location_id="P2"),
        bom("general", "A", priority=1),
    ]
    assert exploded(boms, [line(str(one["bom_id"]), f"OF-{one['bom_id']}") for one in boms]).explosion[
        "component_item_id"
    ].to_list() == ["OF-general"]


def test_substitutes_are_left_out() -> None:
    found = exploded([bom("1", "A")], [line("1", "B", substitute_priority=1), line("1", "C", substitute_priority=2)])
    assert found.explosion["component_item_id"].to_list() == ["B"]


def test_a_by_product_comes_out_and_makes_neither_a_level_nor_a_cycle() -> None:
    found = exploded(
        [bom("1", "A", output_quantity=2.0), bom("2", "B")],
        [line("1", "B", 2.0), line("2", "A", 0.5, is_by_product=True)],
    )
    assert found.cycles.height == 0
    assert codes(found) == {"A": 0, "B": 1}
    assert quantities(found) == {"A → B": 1.0, "B → A": -0.5, "A → B → A": -0.5}


def test_the_same_component_on_two_lines_is_needed_twice() -> None:
    found = exploded([bom("1", "A")], [line("1", "B", 2.0), line("1", "B", 3.0)])
    assert quantities(found) == {"A → B": 5.0}


def test_a_fixed_quantity_is_marked_down_the_path() -> None:
    found = exploded(
        [bom("1", "A", output_quantity=10.0), bom("2", "B")],
        [line("1", "B", 5.0, is_fixed_quantity=True), line("2", "C", 2.0)],
    )
    marks = dict(found.explosion.select("path", "is_fixed_quantity").rows())
    assert marks == {"A → B": True, "A → B → C": True, "B → C": False}
    assert quantities(found)["A → B → C"] == pytest.approx(1.0)


def test_a_phantom_is_marked_and_exploded_through() -> None:
    found = exploded([bom("1", "A"), bom("2", "KIT", bom_type="phantom")], [line("1", "KIT"), line("2", "B", 3.0)])
    marks = dict(found.explosion.select("path", "is_phantom").rows())
    assert marks == {"A → KIT": True, "A → KIT → B": False, "KIT → B": False}


def test_a_bill_without_output_gives_no_quantity_instead_of_an_invented_one() -> None:
    found = exploded(
        [bom("1", "A", output_quantity=0.0), bom("2", "B")], [line("1", "B"), line("2", "C", scrap_rate=1.0)]
    )
    assert quantities(found) == {"A → B": None, "A → B → C": None, "B → C": None}


def test_a_cycle_is_reported_with_its_path_and_everything_else_is_exploded() -> None:
    found = simple("C A", "A B", "B C", "B D", "X A", "Y D")
    assert found.cycles.rows() == [("A → B → C → A", "A", 3)]
    paths = set(found.explosion["path"])
    assert {"X → A → B → C", "X → A → B → D", "A → B → D", "Y → D"} <= paths
    assert not {path for path in paths if len(set(path.split(" → "))) < len(path.split(" → "))}


def test_an_item_that_is_its_own_component_is_a_cycle_of_one() -> None:
    found = simple("A A", "A B")
    assert found.cycles.rows() == [("A → A", "A", 1)]
    assert quantities(found) == {"A → B": 1.0}


def test_two_cycles_through_one_item_are_both_reported() -> None:
    found = simple("A B", "B A", "A C", "C A")
    assert found.cycles["path"].to_list() == ["A → B → A", "A → C → A"]


def test_items_between_two_cycles_are_on_neither() -> None:
    found = simple("A B", "B A", "B M", "M P", "P Q", "Q P")
    assert found.cycles["path"].to_list() == ["A → B → A", "P → Q → P"]
    assert codes(found) == {"A": 0, "B": 0, "M": 1, "P": 2, "Q": 2}


def test_a_bill_deeper_than_allowed_is_refused_by_name() -> None:
    with pytest.raises(PlanningError, match="The bill of material of A is deeper than 2 levels"):
        exploded([bom(item, item) for item in "ABC"], [line("A", "B"), line("B", "C"), line("C", "D")], max_levels=2)


def test_an_explosion_longer_than_allowed_is_refused_by_name() -> None:
    with pytest.raises(PlanningError, match=r"more than 3 rows\. The item with most of them is A"):
        exploded([bom(item, item) for item in "AB"], [line("A", "B"), line("B", "C"), line("B", "D")], max_rows=3)


def test_no_bills_give_empty_frames_with_all_columns() -> None:
    found = exploded([], [])
    assert (found.explosion.height, found.cycles.height, found.low_level_codes.height) == (0, 0, 0)
    assert found.explosion.columns[:5] == ["parent_item_id", "component_item_id", "level", "path", "quantity_per"]
