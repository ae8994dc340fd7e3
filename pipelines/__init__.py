"""The only code that writes: sources, landing, the build and its publishing."""
