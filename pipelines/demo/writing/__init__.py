"""From the company's own columns to the canonical tables, as they were known at the end of the last simulated day."""
