"""The MRP engine in a build: master data and documents to a planning problem, and the plan back to tables."""
