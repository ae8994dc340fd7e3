"""What an incident does to the world while it lasts: factors and delays that every part of the simulation reads.

Neutral values change nothing. `*_cause` is the number of the incident behind a value, -1 = none, so that what it
makes late can be told from what is late anyway.
"""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.company import NEVER, Company


class Effects:
    """All of today's effects. Incidents write here, and into the master data (world.policy, world.bill)."""

    def __init__(self, company: Company) -> None:
        sources = company.sources.node.size
        nodes = company.nodes.count
        customers = company.customers.count
        items = company.items.count
        centres = company.work_centres.count
        # Supply, by source (item at a supplier).
        self.source_production_delay = np.zeros(sources)  # further working days before it leaves
        self.source_transit_delay = np.zeros(sources)  # further days on the way
        self.source_defect_rate = np.zeros(sources)  # added to the supplier's own
        self.source_price = np.ones(sources)
        self.source_cause = np.full(sources, -1, dtype=np.int16)
        # Production, by work centre.
        self.capacity_factor = np.ones(centres)
        self.breakdown_factor = np.ones(centres)
        self.centre_cause = np.full(centres, -1, dtype=np.int16)
        # Demand, by item and by customer.
        self.item_demand = np.ones(items)
        self.item_cause = np.full(items, -1, dtype=np.int16)
        self.customer_transit_delay = np.zeros(customers)  # days; also makes the customer more ready to leave
        self.customer_cause = np.full(customers, -1, dtype=np.int16)
        self.payment_stop_day = np.full(customers, NEVER, dtype=np.int32)  # nothing is paid from this day on
        # Planning, by item and by node.
        self.forecast_bias = np.ones(items)
        self.node_cause = np.full(nodes, -1, dtype=np.int16)  # a wrong parameter or bill is behind this node's supply
        # Market, by campaign.
        self.campaign_leads = np.ones(len(company.campaigns.ids))
        self.campaign_quality = np.ones(len(company.campaigns.ids))
