"""The screen of the customer lifecycle: stages and flow, cohorts, RFM grid, value and churn, how good this is."""
