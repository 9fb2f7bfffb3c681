"""`python -m pipelines.cli` is `atlas`."""

from pipelines.cli import main

main()
