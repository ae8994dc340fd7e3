"""Named questions to a build. Each takes a warehouse and plain values and gives a small frame: the database does the grouping."""
