"""`python -m pipelines.cli` is the command `tower`."""

from pipelines.cli import main

main()
