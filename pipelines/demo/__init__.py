"""The demo company Lanhe Mobility (蓝禾出行): a manufacturer simulated day by day, cause by cause, from one seed.

It is a world of its own: it imports nothing of planning/ or forecasting/, so what the product finds in it was not put
there by the product's own formulas.
"""
