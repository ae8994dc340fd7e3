"""The ids of a build by kind, as `tower.store.references` compares them with what people entered."""

from __future__ import annotations

from pathlib import Path

from tower.builds import list_builds
from tower.queries.record_documents import has_table
from tower.warehouse import Warehouse

# What decisions, orders and comments name, with the query of its ids.
IDS = {
    "item": "select item_id from core.dim_items",
    "location": "select location_id from core.dim_locations",
    "supplier": "select supplier_id from core.dim_suppliers",
    "customer": "select customer_id from core.dim_customers",
    "work_centre": "select work_centre_id from core.dim_work_centres",
    "sales_order_line": "select sales_order_line_id from core.fct_sales_order_lines",
    "purchase_order_line": "select purchase_order_line_id from core.fct_purchase_order_lines",
    "production_order": "select production_order_id from core.fct_production_orders",
    "transfer_order": "select transfer_order_line_id from canonical.cnl_transfer_orders",
}
# Builds of an earlier version have none: nothing is said of theirs.
_FIRMED_IDS = "select document_id from core.fct_plan_firmed_orders"


def served_references(warehouse: Warehouse, home: Path) -> dict[str, frozenset[str]]:
    """All ids of the build, and the builds that are there. The warehouse must be open for everything: what a narrower
    reader does not see would look lost. Raises QueryError otherwise.
    """
    served = {kind: frozenset(warehouse.frame(query).to_series().drop_nulls()) for kind, query in IDS.items()}
    if has_table(warehouse, "core", "fct_plan_firmed_orders"):
        served["firm_planned_order"] = frozenset(warehouse.frame(_FIRMED_IDS).to_series())
    return {**served, "build": frozenset(build.build_id for build in list_builds(home))}
