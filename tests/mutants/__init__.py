"""Small faults put on purpose into a copy of the tree, one at a time: which tests see them?

    make mutants            (or: .venv/bin/python -m tests.mutants --budget 150 --graine 1 --seulement sql/atlas)

`places.py` draws where a fault may be put; `sql.py`, `python.py` and `maps.py` say which faults; `named.py` keeps those
that once left every test green. `base.py` makes, once, what all mutants start from; `trial.py` tries one mutant, the
cheapest tests first; `run.py` forks a process for each; `report.py` writes what was seen.
"""
