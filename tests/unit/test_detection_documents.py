"""docs/alerts says what the code does."""

from __future__ import annotations

from pipelines.detect.document import FOLDER, documents
from planning.detection.detectors import DETECTORS
from planning.detection.kinds import KINDS


def test_the_pages_of_all_kinds_are_fresh() -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}
    assert written == documents(), "run `python -m pipelines.detect.document`"


def test_every_detector_finds_kinds_that_are_registered_and_says_how() -> None:
    for detector in DETECTORS:
        assert set(detector.kinds) <= set(KINDS), detector.name
        assert detector.finds.__doc__, detector.name
