"""Detectors of demand, customers, finance and master data."""

from __future__ import annotations

from planning.detection.demand import campaign_not_converting, customers_leaving, forecast_biased, sales_of_families
from planning.detection.detector import Detector
from planning.detection.records import bill_wrong, customer_not_paying, parameter_wrong

DETECTORS: tuple[Detector, ...] = (
    Detector(sales_of_families.demand_surge, ("demand_surge",), sales_of_families.READS),
    Detector(sales_of_families.demand_collapse, ("demand_collapse",), sales_of_families.READS),
    Detector(forecast_biased.forecast_biased, ("forecast_biased",), forecast_biased.READS),
    Detector(parameter_wrong.parameter_wrong, ("parameter_wrong",), parameter_wrong.READS),
    Detector(bill_wrong.bill_wrong, ("bill_wrong",), bill_wrong.READS),
    Detector(customers_leaving.customers_leaving, ("customers_leaving",), customers_leaving.READS),
    Detector(customer_not_paying.customer_not_paying, ("customer_not_paying",), customer_not_paying.READS),
    Detector(
        campaign_not_converting.campaign_not_converting, ("campaign_not_converting",), campaign_not_converting.READS
    ),
)
