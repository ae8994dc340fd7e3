"""Stock policies of a build: the forecast's weeks, lead times as observed, and the targets of the policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from forecasting.company.result import CompanyForecast
from forecasting.stock_policies import LEAD_TIME_COLUMNS, ProposedPolicies, proposed_policies
from forecasting.stock_policies.proposals import PROPOSAL_COLUMNS, TRADE_OFF_COLUMNS
from pipelines.forecast.settings import Decided
from planning.model.inputs import PlanningModel, planning_model
from planning.model.observed import observed
from planning.model.rows import KEY
from planning.model.settings import PlanningSettings
from planning.model.stock_requests import lead_times, stock_requests
from tower.queries.planning_rows import read_rows

# Lead times are days: the forecast that stock is planned on has weeks.
STOCK_BUCKET_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class SupplySide:
    """How items at places are supplied: the plan's model, and `leads` (KEY, days, share): lead times as observed."""

    model: PlanningModel
    leads: pl.DataFrame

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, as_of: date, planning: PlanningSettings) -> SupplySide:
        model = planning_model(read_rows(lambda sql: connection.sql(sql).pl(), as_of), as_of, planning)
        if model.nodes.is_empty():
            return cls(model, pl.DataFrame(schema=LEAD_TIME_COLUMNS))
        return cls(model, lead_times(model, observed(model)))

    @property
    def usual_days(self) -> pl.DataFrame:
        """KEY, lead_days: the mean lead time."""
        return self.leads.group_by(KEY).agg(lead_days=(pl.col("days") * pl.col("share")).sum()).sort(KEY)


def proposed_stock(supply: SupplySide, by_week: CompanyForecast | None, decided: Decided) -> ProposedPolicies:
    """Policies for every item at a place that is kept in stock and forecast; empty without either."""
    nothing = ProposedPolicies(pl.DataFrame(schema=PROPOSAL_COLUMNS), pl.DataFrame(schema=TRADE_OFF_COLUMNS))
    if by_week is None or by_week.place_keys.is_empty() or supply.model.nodes.is_empty():
        return nothing
    demand = by_week.place_demand
    mean = by_week.place_keys.select(KEY).with_columns(quantity=demand.mean(demand.longest) / demand.longest)
    requests = stock_requests(supply.model, mean, STOCK_BUCKET_DAYS, decided.target_fill_rate)
    leads = supply.leads.join(requests, on=KEY, how="semi", maintain_order="left")
    # A node without any source is never supplied: no stock policy can help it.
    supplied = requests.join(leads, on=KEY, how="semi", maintain_order="left")
    if supplied.is_empty():
        return nothing
    return proposed_policies(demand, by_week.place_keys, supplied, leads, STOCK_BUCKET_DAYS)
