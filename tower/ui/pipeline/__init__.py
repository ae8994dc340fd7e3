"""The screen of the pipeline: open opportunities, funnel, value against quotas, campaigns, demand, chances."""
