"""How good forecasts were, what each stage added, how much they moved, and which of them need a person.

Frames in, frames out. `comparison` puts forecasts beside what came; `measures`, `value_added`, `churn` and the alarms
read that frame.
"""
