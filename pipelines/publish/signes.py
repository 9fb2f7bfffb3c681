"""The signs of INSEE's tables, which say why a cell is empty or how its number stands: one place for all published."""

SIGNS = {
    "s": "secret statistique : le nombre permettrait de reconnaître quelqu'un, ou de déduire un nombre secret",
    "nd": "non disponible : le nombre existe, mais la source ne le donne pas, ou n'a pas été renseignée",
    "///": "sans objet : il ne peut pas y avoir de nombre dans cette case",
    "e": "estimé ou projeté : le nombre est calculé, il n'a pas été observé",
    "r": "révisé : le nombre a changé depuis une publication précédente",
    "p": "provisoire : le nombre sera révisé",
}
EMPTY = ("s", "nd", "///")

_OF = {
    "secret": "s",
    "nd": "nd",
    "non-réponse": "nd",
    "non collecté": "nd",
    "vide": "nd",
    "sans objet": "///",
    "projeté": "e",
    "estimé": "e",
    "imputé": "e",
    "révisé": "r",
    "provisoire": "p",
}


def sign(statut: str | None) -> str:
    """The sign of a `statut`; empty where the number stands as published or calculated."""
    return _OF.get(statut or "", "")


def of_empty(statut: str | None) -> str:
    """The sign to show in place of a number that isn't there: never blank. `nd` where nothing else is known."""
    found = sign(statut)
    return found if found in EMPTY else "nd"
