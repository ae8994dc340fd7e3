"""One package per system that data is read from."""
