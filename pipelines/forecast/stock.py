"""Stock policies of a build: the forecast's weeks, lead times as observed, and the targets of the policies."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from forecasting.company.result import CompanyForecast
from forecasting.stock_policies import ProposedPolicies, proposed_policies
from forecasting.stock_policies.proposals import PROPOSAL_COLUMNS, TRADE_OFF_COLUMNS
from pipelines.forecast.calculate import STOCK_BUCKET_DAYS
from pipelines.forecast.settings import Decided
from planning.model.inputs import planning_model
from planning.model.observed import observed
from planning.model.rows import KEY
from planning.model.settings import PlanningSettings
from planning.model.stock_requests import lead_times, stock_requests
from tower.queries.planning_rows import read_rows


def proposed_stock(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    by_week: CompanyForecast | None,
    decided: Decided,
    planning: PlanningSettings,
) -> ProposedPolicies:
    """Policies for every item at a place that is kept in stock and forecast; empty without either."""
    nothing = ProposedPolicies(pl.DataFrame(schema=PROPOSAL_COLUMNS), pl.DataFrame(schema=TRADE_OFF_COLUMNS))
    if by_week is None or by_week.place_keys.is_empty():
        return nothing
    model = planning_model(read_rows(lambda sql: connection.sql(sql).pl(), as_of), as_of, planning)
    if model.nodes.is_empty():
        return nothing
    demand = by_week.place_demand
    mean = by_week.place_keys.select(KEY).with_columns(quantity=demand.mean(demand.longest) / demand.longest)
    requests = stock_requests(model, mean, STOCK_BUCKET_DAYS, decided.target_fill_rate)
    leads = lead_times(model, observed(model)).join(requests, on=KEY, how="semi", maintain_order="left")
    # A node without any source is never supplied: no stock policy can help it.
    supplied = requests.join(leads, on=KEY, how="semi", maintain_order="left")
    if supplied.is_empty():
        return nothing
    return proposed_policies(demand, by_week.place_keys, supplied, leads, STOCK_BUCKET_DAYS)
