"""No demand is ever left unplanned in silence: whatever is missing or wrong, it is pegged in full or a finding says why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.tables.messages import plan_findings
from planning.tables.results import plan_demands, plan_pegging
from tests.unit.plan_rows import plan_of

ITEMS = ("A", "B", "C")
some_item = st.sampled_from(ITEMS)
policies = st.lists(
    st.fixed_dictionaries(
        {
            "item_id": some_item,
            "location_id": st.sampled_from(["PL", "DC"]),
            "supply_type": st.sampled_from(["make", "buy", "transfer", "subcontract"]),
            "lot_rule": st.sampled_from(
                ["lot_for_lot", "reorder_point", "min_max", "economic_quantity", "silver_meal"]
            ),
            "lead_time_days": st.sampled_from([None, -3.0, 0.0, 12.0]),
            "max_lot_quantity": st.sampled_from([None, 4.0]),
            "min_lot_quantity": st.sampled_from([None, 9.0, -2.0]),
            "yield_rate": st.sampled_from([None, 0.9, 0.0]),
            "reorder_point_quantity": st.sampled_from([None, 5.0]),
        }
    ),
    max_size=4,
    unique_by=lambda row: (row["item_id"], row["location_id"]),
)
boms = st.lists(
    st.fixed_dictionaries({"item_id": some_item, "bom_type": st.sampled_from(["make", "subcontract", "phantom"])}),
    max_size=3,
)
components = st.lists(
    st.fixed_dictionaries(
        {
            "bom": st.integers(0, 2),
            "component_item_id": some_item,
            "quantity": st.sampled_from([1.0, 2.5]),
            "scrap_rate": st.sampled_from([0.0, 0.1, 1.5]),
        }
    ),
    max_size=5,
)
lines = st.lists(
    st.fixed_dictionaries(
        {
            "item_id": some_item,
            "location_id": st.sampled_from(["PL", "DC", None]),
            "day": st.integers(-10, 60),
            "open_quantity": st.sampled_from([1.0, 7.0, 30.0]),
        }
    ),
    min_size=1,
    max_size=5,
)


@given(policies, boms, components, lines, st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_line_is_pegged_in_full_or_a_finding_names_it(
    policies: list[dict[str, Any]],
    boms: list[dict[str, Any]],
    components: list[dict[str, Any]],
    lines: list[dict[str, Any]],
    has_supplier: bool,
) -> None:
    sold = [
        {**{name: value for name, value in line.items() if name != "day"}, "sales_order_line_id": f"S{number}",
         "requested_date": date(2026, 7, 1) + timedelta(days=line["day"])}
        for number, line in enumerate(lines)
    ]  # fmt: skip
    bills = [{"bom_id": f"B{number}", **bom} for number, bom in enumerate(boms)]
    parts = [
        {"bom_component_id": str(number), "bom_id": f"B{part['bom']}",
         **{name: value for name, value in part.items() if name != "bom"}}
        for number, part in enumerate(components) if part["bom"] < len(bills)
    ]  # fmt: skip
    plan = plan_of(
        items=[{"item_id": item} for item in ITEMS], locations=[{"location_id": "PL"}, {"location_id": "DC"}],
        policies=policies, boms=bills, components=parts, sales_lines=sold,
        item_suppliers=[{"item_id": "A", "supplier_id": "V", "lead_time_days": 4.0}] if has_supplier else [],
    )  # fmt: skip
    findings = plan_findings(plan)
    pegged = dict(
        plan_pegging(plan).filter(demand_type="sales_order_line").group_by("demand_id").agg(pl.col("quantity").sum())
        .iter_rows()
    )  # fmt: skip
    named = set(findings.filter(kind="demand_without_location")["reference"])
    for line in sold:
        number = line["sales_order_line_id"]
        assert (pegged.get(number) == line["open_quantity"]) != (number in named)
    assert plan_demands(plan).height + len(named) == len(sold)
    # What is ordered although nothing says how it is supplied is said as well.
    without = plan.plan.orders.node[plan.plan.orders.source < 0]
    said = set(findings.filter(pl.col("kind").is_in(["no_source", "no_bill"])).select("item_id", "location_id").rows())
    nodes = plan.model.nodes.select("item_id", "location_id").rows()
    assert {nodes[node] for node in without} <= said
