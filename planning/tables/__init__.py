"""From a plan back to tables with names: orders, demands, pegging, shortages, messages, load, records, findings."""
