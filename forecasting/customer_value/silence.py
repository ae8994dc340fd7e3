"""The chance that a customer buys nothing for some time, by BG/NBD alone."""

from __future__ import annotations

import numpy as np

from forecasting.customer_value.estimation import Floats
from forecasting.customer_value.purchases import PurchaseHistory
from forecasting.customer_value.rhythm import PurchaseRhythm


def chance_of_silence(rhythm: PurchaseRhythm, history: PurchaseHistory, weeks: float) -> Floats:
    """The chance (0–1) of no purchase in the next `weeks`: gone already, or still there and not buying.

    Who is there buys at a rate that is gamma distributed with r + x and alpha + T after x repeats in T weeks, so that
    nothing comes in t weeks with the chance ((alpha + T) ÷ (alpha + T + t)) to the power of r + x. Source: Fader,
    Hardie and Lee (2005), Counting your customers the easy way, section 4.
    """
    end = rhythm.alpha + history.age
    waits = np.exp((rhythm.r + history.repeats) * np.log(end / (end + weeks)))
    return np.asarray(1.0 - rhythm.alive(history) * (1.0 - waits))
