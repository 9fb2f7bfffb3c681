"""What to do with a file that can't be read as the catalogue says: told to who deposited it, never to edit ours."""

from pipelines import catalogue


def filled(source_id: str | None) -> bool:
    """Whether people fill the files of a source, after our template."""
    return source_id is not None and source_id in catalogue.sources() and catalogue.load(source_id).contrat


def again(source_id: str | None, millesime: int | None) -> str:
    """What to do with it: a contract is filled anew in its template, a producer's layout may have moved."""
    if filled(source_id):
        return f"reprendre le modèle (atlas contrat {source_id} MODELE.xlsx) et déposer de nouveau"
    return (
        "reprendre le fichier d'origine, sans l'avoir enregistré dans un tableur ; si le producteur a changé sa "
        f"présentation, atlas adapter {source_id} {millesime} propose comment la lire"
    )
