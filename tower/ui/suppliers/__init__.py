"""The screen of suppliers: scorecard, lead times, prices, dependence, subcontracting, one supplier."""
