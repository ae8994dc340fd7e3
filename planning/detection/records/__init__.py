"""Detectors of what the books say: planning parameters, bills and routings, invoices."""
