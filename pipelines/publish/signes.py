"""The sign of an empty cell, for the sheets of establishments, until their numbers are those of views.

All else takes it from the reference (reference.codes, by vues.statuts): see numbers.Column.sign.
"""

EMPTY = ("s", "nd", "///")

_OF = {"secret": "s", "sans objet": "///"}


def of_empty(statut: str | None) -> str:
    """The sign to show in place of a number that isn't there: never blank. `nd` where nothing else is known."""
    return _OF.get(statut or "", "nd")
