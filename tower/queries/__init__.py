"""Named questions to a build: each takes a warehouse and plain values, and gives a small frame that SQL has grouped."""
