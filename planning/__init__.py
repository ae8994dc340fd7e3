"""Engines of planning: stock layers and BOM explosion. Arithmetic on arrays, no I/O, no clock."""
