"""What is said of a forecast, in words and figures, and what an override would do to it."""
