"""Planning policies proposed from a forecast: the stock that a service target asks for, and what it costs."""

from forecasting.stock_policies.proposals import ProposedPolicies, proposed_policies
from forecasting.stock_policies.requests import LEAD_TIME_COLUMNS, REQUEST_COLUMNS

__all__ = ["LEAD_TIME_COLUMNS", "REQUEST_COLUMNS", "ProposedPolicies", "proposed_policies"]
