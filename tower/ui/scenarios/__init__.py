"""The screen of scenarios: the list, the change file being edited, and what it leads to."""
