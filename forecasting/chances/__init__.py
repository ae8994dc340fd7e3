"""The chance of yes or no from what was known then: an opportunity is won, a customer does not come back.

`rows` is the table of looks, `rivals` are the plain rules, `models` the learnt ones, `validation` judges all of them on
later looks and says which one to use.
"""

from forecasting.chances.models import MODELS, ChanceModel, fit_model
from forecasting.chances.rivals import Rival, base_rate, by_feature, by_group, stated
from forecasting.chances.rows import ChanceRows
from forecasting.chances.validation import SHUFFLED, ChanceValidation, validated

__all__ = [
    "MODELS",
    "SHUFFLED",
    "ChanceModel",
    "ChanceRows",
    "ChanceValidation",
    "Rival",
    "base_rate",
    "by_feature",
    "by_group",
    "fit_model",
    "stated",
    "validated",
]
