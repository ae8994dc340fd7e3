"""When orders will really be there: observed lateness and yields, drawn again and again, through the pegging of a plan.

`simulate(pegging, samples, draws=1000, seed=1)` gives the day of every end demand in every draw and what decided it;
`OutcomeTable` sums that up: P50 and P90, the chance to be in time, the supplies that drive the lateness.
docs/planning-probability.md states what is assumed.
"""

from planning.probability.outcome import Outcomes, OutcomeTable, drivers, summarised
from planning.probability.propagation import simulate
from planning.probability.samples import ObservedLateness, SampleTable

__all__ = ["ObservedLateness", "OutcomeTable", "Outcomes", "SampleTable", "drivers", "simulate", "summarised"]
