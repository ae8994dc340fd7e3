"""How far a page or a figure can be trusted: what its own models stand on, and what is wrong with just those."""

from tower.trust.assess import Cause, CauseKind, Trust, TrustFacts, TrustState, assess, metric_models

__all__ = ["Cause", "CauseKind", "Trust", "TrustFacts", "TrustState", "assess", "metric_models"]
