"""`python -m pipelines.cli` is `atlas`."""

from pipelines.cli import main

if __name__ == "__main__":
    main()
