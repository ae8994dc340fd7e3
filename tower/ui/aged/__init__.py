"""The page of aged stock."""
