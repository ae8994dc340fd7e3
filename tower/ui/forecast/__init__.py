"""The page Demand forecast, section by section."""
