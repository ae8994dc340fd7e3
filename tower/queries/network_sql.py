"""What the questions of the supply network share: the filters as parameters, and the pieces of SQL that apply them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Kinds of node, as the first part of a node's id says.
SUPPLIER, PLACE, CUSTOMER, REGION, COUNTRY, OTHERS = "supplier", "place", "customer", "region", "country", "others"


@dataclass(frozen=True, slots=True)
class NetworkFilter:
    """What the page is narrowed to: own places by plant, items by family or by itself, and how many weeks back."""

    plants: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    item: str | None = None
    weeks: int = 13

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "plants": list(self.plants), "families": list(self.families), "item": self.item, "weeks": self.weeks
        }  # fmt: skip


# Items and own places that pass the filters; every question that takes $plants, $families and $item begins with them.
CHOSEN = """
    chosen_items as (
        select item_id, item_name, item_name_zh, product_family, base_uom, standard_cost
        from core.dim_items
        where
            ($item is null or item_id = $item)
            and (len(cast($families as varchar[])) = 0 or list_contains(cast($families as varchar[]), product_family))
    ),
    places as (
        select location_id, location_name, location_type, coalesce(plant_id, location_id) as node_id
        from core.dim_locations
        where is_own_stock = 1 and location_type <> 'transit'
    ),
    -- Where there is one own place alone, a document that names none can mean no other.
    sole_place as (
        select min(node_id) as node_id
        from places
        having count(distinct node_id) = 1
    ),
    chosen_places as (
        select *
        from places
        where len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), node_id)
    )
"""

# A transfer stands twice, once for each end; a reader of one plant may see one of them alone.
OWN_LANES = """
    own_lanes as (
        select
            flow_kind, from_id, to_id, item_id, weeks_ago, max(quantity) as quantity, max(cost_value) as cost_value,
            max(lines) as lines, max(dated_lines) as dated_lines, max(late_lines) as late_lines,
            max(actual_days) as actual_days, max(planned_days) as planned_days, max(timed_lines) as timed_lines
        from marts.mart_network_lanes
        where weeks_ago < $weeks
        group by flow_kind, from_id, to_id, item_id, weeks_ago
    )
"""

# Which node a customer is drawn in: distributors, retailers and shops by themselves, the others by country and region.
CUSTOMER_NODE = """
    case
        when customers.customer_type in ('distributor', 'retailer', 'online_channel')
            then concat('customer:', customers.customer_id)
        else concat('region:', coalesce(customers.country_code, ''), '|', coalesce(customers.region, ''))
    end
"""

# Received, by what the line itself says: its source dates no receipts.
UNDATED_RECEIPT = "order_lines.received_quantity > 0 and order_lines.first_received_date is null"

SUMS = """
    sum(quantity) as quantity, sum(cost_value) as cost_value, sum(lines) as lines, sum(dated_lines) as dated_lines,
    sum(late_lines) as late_lines, sum(actual_days) as actual_days, sum(planned_days) as planned_days,
    sum(timed_lines) as timed_lines
"""
