"""Models of demand, customers and lateness. Arithmetic on arrays, no I/O, no clock."""
