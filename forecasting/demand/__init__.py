"""Demand preparation: from order lines as booked to the history that is forecast, with every change counted."""
