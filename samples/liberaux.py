"""Private practitioners by class of age, in the layout of the CNAM's export: the same dataset as their headcount."""

from collections.abc import Mapping
from pathlib import Path

from samples import writers
from samples.draws import Draw, split
from samples.nomenclatures import departements, headings
from samples.writers import Cell

PROFESSIONS = (
    *("Infirmiers", "Masseurs-kinésithérapeutes", "Sages-femmes", "Orthophonistes"),
    "Ensemble des chirurgiens-dentistes",
)
SPECIALITES = {
    *("Anesthésistes-réanimateurs", "Cardiologues", "Dermatologues", "Gynécologues médicaux et obstétriciens"),
    *("Ophtalmologues", "Pédiatres", "Psychiatres", "Radiologues", "Rhumatologues"),
}
CLASSES = {
    "moins de 30 ans": 8,
    **{f"de {30 + 5 * k} à {34 + 5 * k} ans": weight for k, weight in enumerate((15, 16, 15, 14, 12, 9, 6, 3))},
    "70 ans et plus": 1,
}


def write_ages(
    root: Path, seed: int, annee: int, counts: Mapping[str, Mapping[str, int]], noms: Mapping[str, str]
) -> None:
    """Writes the ages of `cnam_demographie/<annee>`: of each profession, what the headcount says; France last."""
    lines: list[list[Cell]] = []
    for profession in [*PROFESSIONS, *sorted(SPECIALITES & counts.keys())]:
        france = [0] * len(CLASSES)
        for d in departements():
            draw = Draw(seed, "cnam", "ages", profession, d.code)
            parts = split(counts[profession][d.code], [weight * draw.between(0.7, 1.3) for weight in CLASSES.values()])
            france = [a + b for a, b in zip(france, parts, strict=True)]
            lines += _lines(annee, profession, [d.region, noms[d.region], d.code, d.nom], parts)
        lines += _lines(annee, profession, ["99", "FRANCE", "999", "FRANCE"], france)
    writers.delimited(
        root / "cnam_demographie" / str(annee) / "ages_departement.csv",
        headings("toutes_specialites_departement.csv", ","),
        lines,
        sep=",",
        newline="\r\n",
        encoding="utf-8-sig",
    )


def _lines(annee: int, profession: str, place: list[Cell], parts: list[int]) -> list[list[Cell]]:
    return [
        [annee, profession, *place, f"classe_{rank}", label, "tout sexe", part, None, "oui", "oui", "oui"]
        for rank, (label, part) in enumerate(zip(CLASSES, parts, strict=True), start=1)
    ]
