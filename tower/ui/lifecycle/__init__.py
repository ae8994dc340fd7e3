"""The screen of the customer lifecycle: stages, cohorts, RFM, value and churn, late orders, next products, quality."""
