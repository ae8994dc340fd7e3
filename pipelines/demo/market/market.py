"""A day of the market: in the morning what is sold on and ordered, in the evening what customers make of the day."""

from __future__ import annotations

import numpy as np

from pipelines.demo.market.business import Business
from pipelines.demo.market.channel import Channel
from pipelines.demo.market.consumers import Consumers
from pipelines.demo.market.customer_returns import CustomerReturns
from pipelines.demo.market.demand import TodaysDemand
from pipelines.demo.market.leads import Leads
from pipelines.demo.market.orders import OrderDesk
from pipelines.demo.market.patience import Patience
from pipelines.demo.market.reactions import Reactions
from pipelines.demo.world import World


class Market:
    """All who buy. `step` before anything arrives or ships, `react` at the end of the day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.demand = TodaysDemand(world)
        self.desk = OrderDesk(world)
        self.reactions = Reactions(world)
        self.channel = Channel(world, self.desk, self.demand)
        self.consumers = Consumers(world, self.desk, self.demand)
        self.business = Business(world, self.desk, self.demand, self.channel, self.reactions.felt)
        self.leads = Leads(world, self.business, self.consumers)
        self.patience = Patience(world)
        self.returns = CustomerReturns(world)

    def step(self) -> None:
        """Everything that the market does of its own accord today."""
        self.demand.step()
        self.returns.step()
        self.consumers.leave(self.patience.step())
        self.channel.step()
        first_line = self.world.documents.sales_lines.count
        self.leads.step()
        self.consumers.step()
        lines = np.arange(first_line, self.world.documents.sales_lines.count)
        self.patience.watch(lines)
        self.business.step()

    def react(self) -> None:
        """What arrived today (`world.arrived_delivery_lines`) and what did not."""
        documents, arrived = self.world.documents, self.world.arrived_delivery_lines
        if arrived.size:
            lines = documents.delivery_lines["sales_line"][arrived]
            customer = documents.sales_lines["customer"][lines].astype(int)
            business = customer < self.world.company.customers.count
            self.channel.receive(
                customer[business],
                documents.delivery_lines["item"][arrived].astype(int)[business],
                documents.delivery_lines["quantity"][arrived][business],
            )
            self.returns.arrived(arrived)
            self.consumers.leave(self.reactions.arrived(arrived))
        if self.world.weekday() == 6:
            self.reactions.look_back()
