"""What a customer is likely to buy next that it has not bought yet, why, and how often such advice was right.

`baskets` turns purchases into who bought what, `affinity` says which items go together, `substitutes` which take each
other's place, `advice` ranks new items for each customer with the reason, `backtest` compares the ways of ranking with
plain popularity on purchases made later.
"""

from forecasting.next_product.advice import WAYS, Way, advise, chosen_way, scores
from forecasting.next_product.affinity import item_pairs, similarities
from forecasting.next_product.backtest import HitRates, hit_rates, pooled
from forecasting.next_product.baskets import Baskets, baskets
from forecasting.next_product.substitutes import substitutes

__all__ = [
    "WAYS",
    "Baskets",
    "HitRates",
    "Way",
    "advise",
    "baskets",
    "chosen_way",
    "hit_rates",
    "item_pairs",
    "pooled",
    "scores",
    "similarities",
    "substitutes",
]
