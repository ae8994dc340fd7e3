"""What stock is worth: how long it lasts, what it brings, what must be provided for, and what could use it."""
