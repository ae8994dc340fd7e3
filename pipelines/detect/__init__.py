"""The step `alerts` of a build: read the rows, run the detectors, work out whom each alert hits, write the tables."""
