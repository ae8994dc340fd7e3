"""Finite-capacity planning: dates for orders that no work centre and no material contradicts.

Arithmetic on arrays, no I/O, no clock. docs/finite-plan.md states the rules.
"""
