"""One folder per behaviour of the planning engine: `problem.toml` and the plan it must give, `plan.txt`."""
