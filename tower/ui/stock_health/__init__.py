"""The screen of inventory health, section by section."""
