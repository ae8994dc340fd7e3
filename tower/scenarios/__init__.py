"""Scenarios as the app reads, edits, runs and compares them; no screen is known here.

What a change means is `planning.scenarios`; what is kept of it is `tower.store.scenarios`.
"""
