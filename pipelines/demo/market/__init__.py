"""The market of the demo company: who buys what, when, and why they stop."""

from pipelines.demo.market.market import Market

__all__ = ["Market"]
