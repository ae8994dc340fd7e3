"""First-pass and rolled yield, defects, costs of poor quality, and the measurements behind control charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from tower.queries import oee

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_ROWS = 500
DEFECT_GROUPS = {
    "defect": "inspections.defect_code",
    "item": "inspections.item_id",
    "work_centre": "scraps.work_centre_id",
    "supplier": "inspections.supplier_id",
}


@dataclass(frozen=True, slots=True)
class Chosen(oee.Chosen):
    """What is chosen of OEE, and items and suppliers; nothing chosen means all."""

    items: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, Any]:
        # A class with slots is made anew by its decorator, which plain super() does not find.
        of_oee = super(Chosen, self).parameters
        return {**of_oee, "items": list(self.items), "suppliers": list(self.suppliers)}


def _in(parameter: str, column: str) -> str:
    return f"(len(cast(${parameter} as varchar[])) = 0 or list_contains(cast(${parameter} as varchar[]), {column}))"


_OUTPUT = f"""
    output as (
        select facts.*
        from core.fct_operation_output as facts
        left join core.dim_work_centres as centres on facts.work_centre_id = centres.work_centre_id
        where
            facts.produced_date between $first and $last and {_in("plants", "centres.plant_id")}
            and {_in("centres", "facts.work_centre_id")} and {_in("shifts", "facts.shift")}
            and {_in("items", "facts.item_id")}
    )
"""
_INSPECTIONS = f"""
    inspections as (
        select facts.*
        from core.fct_quality_inspections as facts
        left join core.dim_locations as locations on facts.location_id = locations.location_id
        where
            facts.inspected_date between $first and $last and {_in("plants", "locations.plant_id")}
            and {_in("items", "facts.item_id")} and {_in("suppliers", "facts.supplier_id")}
    )
"""


def _given(chosen: Chosen, *names: str) -> dict[str, Any]:
    return {name: value for name, value in chosen.parameters.items() if name in ("first", "last", *names)}


def yield_by_operation(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """One row per item and operation of its routing: units, first-pass yield, scrap and rework ratios, lowest first."""
    return warehouse.frame(
        f"""
        with {_OUTPUT}
        select
            output.item_id, items.item_name, items.item_name_zh, output.sequence, output.work_centre_id,
            max(output.operation_name) as operation_name, sum(output.produced_quantity) as produced_quantity,
            sum(output.first_pass_quantity) as first_pass_quantity, sum(output.scrap_quantity) as scrap_quantity,
            sum(output.rework_quantity) as rework_quantity,
            cast(sum(output.first_pass_quantity) as double) / nullif(sum(output.produced_quantity), 0)
                as first_pass_yield,
            cast(sum(output.scrap_quantity) as double) / nullif(sum(output.produced_quantity), 0) as scrap_ratio,
            cast(sum(output.rework_quantity) as double) / nullif(sum(output.produced_quantity), 0) as rework_ratio
        from output
        left join core.dim_items as items on output.item_id = items.item_id
        group by output.item_id, items.item_name, items.item_name_zh, output.sequence, output.work_centre_id
        having sum(output.produced_quantity) > 0
        order by first_pass_yield, produced_quantity desc, output.item_id, output.sequence, output.work_centre_id
        """,
        _given(chosen, "plants", "centres", "shifts", "items"),
    )


def rolled_yield(operations: pl.DataFrame) -> pl.DataFrame:
    """Rolled throughput yield of each item: the product of the first-pass yields of its operations, lowest first.

    `operations` is yield_by_operation. Steps of one sequence at several work centres are one step: their units are
    summed before they are divided. A product of ratios cannot be summed, so there is none for several items together.
    """
    steps = operations.group_by("item_id", "item_name", "item_name_zh", "sequence", maintain_order=True).agg(
        pl.col("first_pass_quantity", "produced_quantity").sum()
    )
    return (
        steps.with_columns(passed=pl.col("first_pass_quantity") / pl.col("produced_quantity"))
        .group_by("item_id", "item_name", "item_name_zh", maintain_order=True)
        .agg(
            rolled_yield=pl.col("passed").product(),
            operations=pl.len(),
            produced_quantity=pl.col("produced_quantity").max(),
        )
        .sort(["rolled_yield", "item_id"])
    )


def defects(warehouse: Warehouse, chosen: Chosen, by: str) -> pl.DataFrame:
    """Rejected units by defect, item, supplier (inspections) or work centre (scrap reported there), most first.

    value, label, label_zh, rejected_quantity, inspections, share and cumulative share. Raises ValueError for another.
    """
    if by not in DEFECT_GROUPS:
        raise ValueError(f"Defects can be grouped by {', '.join(DEFECT_GROUPS)}, not by {by!r}.")
    names: tuple[str, ...]
    if by == "work_centre":
        source, names = _OUTPUT, ("plants", "centres", "shifts", "items")
        rows = """
            select
                output.work_centre_id as value, max(centres.work_centre_name) as label,
                cast(null as varchar) as label_zh,
                sum(output.scrap_quantity) as rejected_quantity, count(*) as inspections
            from output
            left join core.dim_work_centres as centres on output.work_centre_id = centres.work_centre_id
            where output.scrap_quantity > 0
            group by output.work_centre_id
        """
    else:
        source, names = _INSPECTIONS, ("plants", "items", "suppliers")
        label = {"item": "max(items.item_name)", "supplier": "max(suppliers.supplier_name)"}.get(by, DEFECT_GROUPS[by])
        rows = f"""
            select
                {DEFECT_GROUPS[by]} as value, {label} as label,
                {"max(items.item_name_zh)" if by == "item" else "cast(null as varchar)"} as label_zh,
                sum(inspections.rejected_quantity) as rejected_quantity, count(*) as inspections
            from inspections
            left join core.dim_items as items on inspections.item_id = items.item_id
            left join core.dim_suppliers as suppliers on inspections.supplier_id = suppliers.supplier_id
            where
                inspections.rejected_quantity > 0
                {"and inspections.supplier_id is not null" if by == "supplier" else ""}
            group by {DEFECT_GROUPS[by]}
        """
    return warehouse.frame(
        f"""
        with {source}, counted as ({rows})
        select
            *, cast(rejected_quantity as double) / sum(rejected_quantity) over () as share,
            cast(sum(rejected_quantity) over (
                order by rejected_quantity desc, value rows between unbounded preceding and current row
            ) as double) / sum(rejected_quantity) over () as cumulative_share
        from counted
        order by rejected_quantity desc, value
        """,
        _given(chosen, *names),
    )


def rejections(warehouse: Warehouse, chosen: Chosen, by: str, member: str | None, most: int | None) -> pl.DataFrame:
    """The inspections that rejected something, of one member of a group or of all, most units first."""
    column = {"item": "item_id", "supplier": "supplier_id"}.get(by, "defect_code")
    return warehouse.frame(
        f"""
        with {_INSPECTIONS}
        select
            inspections.inspection_id, inspections.inspection_type, inspections.inspected_date, inspections.item_id,
            items.item_name, items.item_name_zh, inspections.defect_code, inspections.inspected_quantity,
            inspections.rejected_quantity, inspections.disposition, inspections.supplier_id, suppliers.supplier_name,
            inspections.production_order_id, inspections.lot_id, inspections.location_id
        from inspections
        left join core.dim_items as items on inspections.item_id = items.item_id
        left join core.dim_suppliers as suppliers on inspections.supplier_id = suppliers.supplier_id
        where inspections.rejected_quantity > 0 and ($member is null or inspections.{column} = $member)
        order by inspections.rejected_quantity desc, inspections.inspection_id
        {f"limit {int(most)}" if most is not None else ""}
        """,
        {**_given(chosen, "plants", "items", "suppliers"), "member": member},
    )


def costs(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Cost of poor quality: month, cost_class, cost_kind, reason, documents, value."""
    return warehouse.frame(
        f"""
        select
            cast(date_trunc('month', facts.cost_date) as date) as month, facts.cost_class, facts.cost_kind,
            facts.reason, count(*) as documents, sum(facts.value) as value
        from core.fct_quality_costs as facts
        left join core.dim_locations as locations on facts.location_id = locations.location_id
        where
            facts.cost_date between $first and $last and {_in("plants", "locations.plant_id")}
            and {_in("centres", "facts.work_centre_id")} and {_in("items", "facts.item_id")}
        group by 1, 2, 3, 4
        order by 1, 2, 3, 4
        """,
        _given(chosen, "plants", "centres", "items"),
    )


def characteristics(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """What was measured at least twice: item, characteristic, inspections, most measured first."""
    return warehouse.frame(
        f"""
        select
            facts.item_id, items.item_name, items.item_name_zh, facts.characteristic,
            count(distinct facts.inspection_id) as inspections, count(*) as samples,
            sum(
                case
                    when facts.measured_value < facts.lower_limit or facts.measured_value > facts.upper_limit then 1
                    else 0
                end
            ) as outside_samples
        from core.fct_inspection_measurements as facts
        left join core.dim_items as items on facts.item_id = items.item_id
        where {_in("items", "facts.item_id")} and {_in("suppliers", "facts.supplier_id")}
        group by facts.item_id, items.item_name, items.item_name_zh, facts.characteristic
        having count(distinct facts.inspection_id) >= 2
        order by outside_samples desc, inspections desc, facts.item_id, facts.characteristic
        """,
        {name: value for name, value in chosen.parameters.items() if name in ("items", "suppliers")},
    )


def measurements(warehouse: Warehouse, item_id: str, characteristic: str) -> pl.DataFrame:
    """One row per sample, in order of inspection."""
    return warehouse.frame(
        """
        select
            facts.inspection_id, facts.inspected_at, facts.sample, facts.measured_value, facts.target_value,
            facts.lower_limit, facts.upper_limit, facts.supplier_id, facts.production_order_id, facts.lot_id
        from core.fct_inspection_measurements as facts
        where facts.item_id = $item and facts.characteristic = $characteristic
        order by facts.inspected_at, facts.inspection_id, facts.sample
        """,
        {"item": item_id, "characteristic": characteristic},
    )


def options(warehouse: Warehouse) -> pl.DataFrame:
    """What can be filtered: kind (item, supplier), value, label, label_zh; only what was made or inspected."""
    return warehouse.frame(
        """
        with seen as (
            select item_id, cast(null as varchar) as supplier_id from core.fct_operation_output
            union
            select item_id, supplier_id from core.fct_quality_inspections
        )
        select distinct 'item' as kind, seen.item_id as value, items.item_name as label, items.item_name_zh as label_zh
        from seen
        left join core.dim_items as items on seen.item_id = items.item_id
        union all
        select distinct 'supplier', seen.supplier_id, suppliers.supplier_name, cast(null as varchar)
        from seen
        inner join core.dim_suppliers as suppliers on seen.supplier_id = suppliers.supplier_id
        order by 1, 2
        """
    )
