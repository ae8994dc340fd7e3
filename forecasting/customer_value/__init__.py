"""What customers without a contract will still buy: purchase rhythm, whether they are still there, what they are worth.

`purchases` turns orders into a history per customer, `rhythm` is BG/NBD (how often, and still alive?), `spend` is
Gamma-Gamma (how much an order is worth), `lifetime` puts both together and discounts
them. `personal_gap` is the plain rule for buyers with a rhythm of their own.
"""

from forecasting.customer_value.lifetime import LifetimeValue, lifetime_value
from forecasting.customer_value.personal_gap import personal_gaps
from forecasting.customer_value.purchases import PurchaseHistory, purchase_history
from forecasting.customer_value.rhythm import PurchaseRhythm, fit_rhythm
from forecasting.customer_value.spend import Spend, fit_spend

__all__ = [
    "LifetimeValue",
    "PurchaseHistory",
    "PurchaseRhythm",
    "Spend",
    "fit_rhythm",
    "fit_spend",
    "lifetime_value",
    "personal_gaps",
    "purchase_history",
]
