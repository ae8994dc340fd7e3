"""Alert detection measured against the troubles that the demo company planted, which only this package reads."""
