"""What goes wrong at the demo company, on purpose: planted incidents with their subject, size and true consequences.

Nothing that builds or shows the product reads this truth; only tests that measure the product against it do.
"""

from pipelines.demo.incidents.incidents import Incidents

__all__ = ["Incidents"]
