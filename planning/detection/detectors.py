"""All detectors in the order in which they run. A new one is an entry of its area's DETECTORS."""

from __future__ import annotations

from planning.detection import demand, supply, symptoms
from planning.detection.detector import Detector

DETECTORS: tuple[Detector, ...] = (*supply.DETECTORS, *demand.DETECTORS, *symptoms.DETECTORS)
