"""Incidents with customers: late deliveries that drive them away, a debtor who stops paying, a campaign that flops."""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.company import DISTRIBUTION, NEVER, ONLINE
from pipelines.demo.incidents.consequences import line_values
from pipelines.demo.incidents.exposure import WEEKS
from pipelines.demo.incidents.kind import Choice, Flags, Floats, Incident, Kind, Rows, Scene, named
from pipelines.demo.market.population import LEAD_CONVERSION
from pipelines.demo.world import World

MOST_REVENUE = 0.08
"""Share of the company's revenue that customers may have whom an incident hits, where there are others."""


def _there(scene: Scene) -> Flags:
    """(customers) who buy today and have no other incident."""
    world = scene.world
    there = (world.customer_joined_day <= world.day) & (world.customer_left_day > world.day)
    return there & scene.free("customer", world.company.customers.count)


class CustomersLeaving(Kind):
    """A carrier delivers days late to the customers of one region; some of them leave for good."""

    name = "customers_leaving"
    duration_days = (42, 63)
    latest_start = 70
    unit = "days"
    floors = 2.0

    def choose(self, scene: Scene) -> Choice | None:
        customers = scene.world.company.customers
        routes = list(zip(customers.carrier, customers.ship_from.tolist(), customers.region, strict=True))
        groups = sorted(set(routes))
        code = {route: number for number, route in enumerate(groups)}
        group = np.array([code[route] for route in routes], dtype=np.int64)
        hit = _there(scene) & (customers.kind == DISTRIBUTION)
        revenue = np.bincount(group[hit], scene.exposure.customer_revenue[hit], len(groups)).astype(np.float64)
        revenue *= scene.years
        chosen = scene.drawn(
            revenue, np.ones(len(groups), dtype=bool), self.floors, MOST_REVENUE * scene.exposure.revenue * scene.years
        )
        if chosen < 0:
            return None
        who = np.flatnonzero(hit & (group == chosen))
        subjects = {"customer": tuple(who.tolist()), "place": (groups[chosen][1],)}
        return Choice(subjects, round(scene.between(7, 12, "size")), float(revenue[chosen]))

    def press(self, world: World, incident: Incident) -> None:
        world.effects.customer_transit_delay[incident.choice.codes("customer")] += incident.choice.size

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.customer_cause[incident.choice.codes("customer")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        who = incident.choice.codes("customer")
        carrier = world.company.customers.carrier[int(who[0])]
        names = named(world.company.customers.ids, who)
        size = int(incident.choice.size)
        return (
            f"{carrier} delivers {size} days late to {names}; customers leave.",
            f"{carrier}对{names}的送货晚到{size}天，客户流失。",
        )


class DebtorStop(Kind):
    """A large customer no longer pays; after some weeks he gets no more goods."""

    name = "debtor_stop"
    duration_days = (70, 100)
    latest_start = 45
    unit = "days of terms"

    def choose(self, scene: Scene) -> Choice | None:
        world, customers = scene.world, scene.world.company.customers
        owed = np.minimum(scene.exposure.customer_revenue, self._bought(world)) * scene.years
        there = _there(scene)
        # Invoices must fall due before the cycle ends: short terms first.
        most = MOST_REVENUE * scene.exposure.revenue * scene.years
        for longest in (30, 45, 60):
            customer = scene.drawn(owed, there & (customers.terms_days <= longest), self.floors, most)
            if customer >= 0:
                terms = float(customers.terms_days[customer])
                return Choice({"customer": (customer,)}, terms, float(owed[customer]))
        return self._a_group(scene, owed, there & (customers.terms_days <= 60), world)

    def _bought(self, world: World) -> Floats:
        """(customers) net value of what each ordered in the last 180 days, as a year's; no limit before any order."""
        lines, count = world.documents.sales_lines, world.company.customers.count
        if lines.count == 0:
            return np.full(count, np.inf)
        rows = np.arange(int(np.searchsorted(lines["ordered_day"], world.day - 180)), lines.count)
        rows = rows[lines["customer"][rows] < count]
        value = np.bincount(lines["customer"][rows], line_values(world, rows), count)
        return np.asarray(value * 365 / 180, dtype=np.float64)

    def _a_group(self, scene: Scene, owed: Floats, there: Flags, world: World) -> Choice | None:
        """Where every customer is small: a buying group of one region and segment, as many as make the floor."""
        customers = world.company.customers
        names = sorted(set(zip(customers.region, customers.segment, strict=True)))
        code = {pair: number for number, pair in enumerate(names)}
        pairs = zip(customers.region, customers.segment, strict=True)
        group = np.array([code[pair] for pair in pairs], dtype=np.int64)
        total = np.bincount(group[there], owed[there], len(names)).astype(np.float64)
        chosen = scene.drawn(total, np.ones(len(names), dtype=bool), self.floors)
        if chosen < 0:
            return None
        members: Rows = np.flatnonzero(there & (group == chosen))
        members = members[np.argsort(-owed[members], kind="stable")]
        needed = int(np.searchsorted(np.cumsum(owed[members]), self.floors * scene.exposure.floor)) + 1
        members = np.sort(members[:needed])
        terms = float(customers.terms_days[members].mean())
        return Choice({"customer": tuple(members.tolist())}, terms, float(owed[members].sum()))

    def begin(self, world: World, incident: Incident) -> None:
        # Stays for good: who pays nothing now does not pay these invoices later either.
        world.effects.payment_stop_day[incident.choice.codes("customer")] = world.day

    def blame(self, world: World, incident: Incident) -> None:
        # Nothing is late for it.
        return

    def end(self, world: World, incident: Incident) -> None:
        who = incident.choice.codes("customer")
        still = who[world.customer_left_day[who] == NEVER]
        world.customer_left_day[still] = world.day
        world.customer_left_cause[still] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        names = named(world.company.customers.names, incident.choice.codes("customer"), 1)
        return f"{names} stops paying.", f"{names}停止付款。"


class CampaignFlop(Kind):
    """A campaign brings many leads, and nobody buys."""

    name = "campaign_flop"
    duration_days = (40, 80)
    latest_start = 80
    unit = "times the usual leads"
    fewest_leads = 15.0

    def first_days(self, world: World, first_day: int) -> Rows:
        campaigns = world.company.campaigns
        starts = campaigns.start_day - first_day
        long_enough = (campaigns.end_day - campaigns.start_day >= 21) & (starts >= 0) & (starts <= self.latest_start)
        return np.unique(campaigns.start_day[long_enough]).astype(np.int64)

    def choose(self, scene: Scene) -> Choice | None:
        world, campaigns = scene.world, scene.world.company.campaigns
        allowed = scene.free("campaign", len(campaigns.ids)) & (campaigns.end_day >= world.day + 21)
        allowed &= (campaigns.start_day <= world.day + 3) & (campaigns.start_day >= world.day - 7)
        days = campaigns.end_day - campaigns.start_day + 1
        leads = (campaigns.business_leads + campaigns.consumer_leads) * days * world.company.scale.market
        allowed &= leads >= self.fewest_leads
        # What is spent on it, and what those who come of it usually buy first.
        items = world.company.items
        online = scene.exposure.item_revenue * items.channel_share[:, ONLINE]
        pieces = items.weekly_demand * items.channel_share[:, ONLINE] * world.company.scale.market * WEEKS
        first_order = float(online.sum() / max(float(pieces.sum()), 1e-9))
        buyers = campaigns.consumer_leads * days * world.company.scale.market * campaigns.quality * LEAD_CONVERSION
        exposed = campaigns.budget + buyers * first_order
        campaign = scene.drawn(exposed, allowed, self.floors)
        if campaign < 0:
            return None
        return Choice({"campaign": (campaign,)}, round(scene.between(1.8, 2.8, "size"), 2), float(exposed[campaign]))

    def press(self, world: World, incident: Incident) -> None:
        campaign = incident.choice.codes("campaign")
        world.effects.campaign_leads[campaign] *= incident.choice.size
        world.effects.campaign_quality[campaign] *= 0.02

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        name = world.company.campaigns.names[incident.choice.main[1][0]]
        return (
            f"The campaign {name} brings {incident.choice.size:g} times the leads, and hardly anyone buys.",
            f"营销活动{name}带来{incident.choice.size:g}倍的线索，却几乎无人购买。",
        )
