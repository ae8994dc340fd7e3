"""How lanes, carriers and suppliers carry: days under way against plan, punctuality, freight, exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# By what shipments of one direction and mode of transport are put together: its name.
GROUPINGS: Mapping[str, str] = {
    "lane": "lane_from_name || ' → ' || lane_to_name",
    "carrier": "carrier",
    "supplier": "coalesce(supplier_name, supplier_id)",
}
_KEY = "direction || '|' || coalesce(transport_mode, '') || '|' ||"
_PERIOD = """
    arrival_month between date_trunc('month', cast($start as date)) and $end
    and (len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), plant_id))
"""
_FIGURES = """
    sum(shipments) as shipments, sum(transit_days) / nullif(sum(measured_shipments), 0) as transit_days,
    sum(planned_days) / nullif(sum(measured_shipments), 0) as planned_days,
    (sum(transit_days) - sum(planned_days)) / nullif(sum(measured_shipments), 0) as beyond_days,
    sum(arrived_on_time) / nullif(sum(arrivals_due), 0) as on_time_rate, sum(arrivals_due) as due,
    sum(shipments_with_exceptions) / nullif(sum(shipments), 0) as exception_rate,
    sum(shipments_with_exceptions) as with_exceptions, sum(shipments_under_way) as under_way,
    sum(freight_cost) as freight_cost, sum(freight_cost) / nullif(sum(shipments), 0) as freight_each
"""


def lanes(warehouse: Warehouse, by: str, start: date, end: date, plants: tuple[str, ...]) -> pl.DataFrame:
    """One row per direction, lane (or carrier, or supplier) and mode, most shipments first, by planned arrival.

    key, direction, name, transport_mode, and figures; days are averages of shipments with a departure and an arrival.
    Raises KeyError for another grouping.
    """
    name = GROUPINGS[by]
    return warehouse.frame(
        f"""
        select {_KEY} {name} as key, direction, {name} as name, transport_mode, {_FIGURES}
        from marts.mart_shipment_lanes where {_PERIOD} and {name} is not null
        group by all order by shipments desc, key
        """,
        {"start": start, "end": end, "plants": list(plants)},
    )


def lane_months(
    warehouse: Warehouse, by: str, key: str, start: date, end: date, plants: tuple[str, ...]
) -> pl.DataFrame:
    """One lane (or carrier, or supplier) by month of the planned arrival: month and the figures of `lanes`."""
    return warehouse.frame(
        f"""
        select arrival_month as month, {_FIGURES}
        from marts.mart_shipment_lanes
        where {_PERIOD} and {_KEY} {GROUPINGS[by]} = $key
        group by all order by month
        """,
        {"start": start, "end": end, "plants": list(plants), "key": key},
    )


def exceptions(warehouse: Warehouse, start: date, end: date, plants: tuple[str, ...]) -> pl.DataFrame:
    """Events of the type exception in the period, the newest first, with the lane and how the shipment ended."""
    return warehouse.frame(
        """
        select events.event_at, shipments.shipment_id, shipments.direction, shipments.carrier,
            shipments.transport_mode, coalesce(from_places.location_name, shipments.lane_from) || ' → '
            || coalesce(to_places.location_name, shipments.lane_to) as lane, suppliers.supplier_name, events.place,
            events.note, shipments.planned_arrival_date, shipments.arrived_date, shipments.days_late,
            coalesce(shipments.purchase_order_id, shipments.delivery_id, shipments.transfer_order_line_id) as document
        from core.fct_shipment_events as events
        inner join core.fct_shipments as shipments on events.shipment_id = shipments.shipment_id
        left join core.dim_suppliers as suppliers on shipments.supplier_id = suppliers.supplier_id
        left join core.dim_locations as from_places on shipments.lane_from = from_places.location_id
        left join core.dim_locations as to_places on shipments.lane_to = to_places.location_id
        left join core.dim_locations as own on shipments.location_id = own.location_id
        where events.event_type = 'exception' and events.event_date between $start and $end
            and (len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), own.plant_id))
        order by shipments.is_arrived, events.event_at desc, shipments.shipment_id
        limit 2000
        """,
        {"start": start, "end": end, "plants": list(plants)},
    )


def milestone_slips(warehouse: Warehouse, start: date, end: date, plants: tuple[str, ...]) -> pl.DataFrame:
    """By direction and kind of event in the period: events with a plan, share late by over an hour, median and P90 of
    hours late (early is negative).
    """
    return warehouse.frame(
        """
        select events.direction, events.event_type, count(*) as events,
            avg(case when events.late_hours > 1 then 1.0 else 0.0 end) as late_rate,
            quantile_cont(events.late_hours, 0.5) as median_hours, quantile_cont(events.late_hours, 0.9) as p90_hours
        from core.fct_shipment_events as events
        left join core.dim_locations as own on events.location_id = own.location_id
        where events.late_hours is not null and events.event_date between $start and $end
            and (len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), own.plant_id))
        group by all
        order by events.direction, median_hours
        """,
        {"start": start, "end": end, "plants": list(plants)},
    )
