"""The company as it stands before its first day: what it makes, where, of what, with whom. Nothing here moves."""
