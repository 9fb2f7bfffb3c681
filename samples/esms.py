"""The fictitious social and médico-social establishments (ESMS) of FINESS, and their equipment (cs1100505).

They stand beside the others of the register, a few in each département and many in Normandie. Codes are those of
FINESS as public documentation gives them; numbers are invented.
"""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

from samples import writers
from samples.draws import Draw
from samples.nomenclatures import NORMANDS, Departement


class Genre(NamedTuple):
    """A kind of establishment: FINESS category, label, aggregate, name of the fictitious ones, lines of equipment.

    A line is discipline, mode of working and clientele (code and label each), the mean of its places (0: FINESS keeps
    none), and the share of establishments that have it.
    """

    categorie: str
    libelle: str
    agregat: str
    nom: str
    lignes: tuple[tuple[str, str, str, str, str, str, int, float], ...]


AGEES, DEPENDANTES = "Personnes Agées (Sans Autre Indication)", "Personnes Agées dépendantes"
INTERNAT, JOUR = "Hébergement Complet Internat", "Accueil de Jour"
ORDINAIRE = "Prestation en milieu ordinaire"
PROJETS, DEFICIENCE = "Tous projets éducatifs et thérapeutiques", "Déficience intellectuelle"
GENRES = (
    Genre(
        "500",
        "Etablissement d'hébergement pour personnes âgées dépendantes",
        "4401",
        "EHPAD",
        (
            ("924", "Accueil pour Personnes Âgées", "11", INTERNAT, "711", DEPENDANTES, 82, 1),
            ("657", "Accueil temporaire pour Personnes Âgées", "11", INTERNAT, "711", DEPENDANTES, 4, 0.5),
            ("924", "Accueil pour Personnes Âgées", "21", JOUR, "436", "Personnes Alzheimer", 8, 0.3),
        ),
    ),
    Genre(
        "202",
        "Résidences autonomie",
        "4401",
        "RÉSIDENCE AUTONOMIE",
        (("927", "Hébergement Résidence Autonomie", "11", INTERNAT, "701", "Personnes Agées (Autonomes)", 48, 1),),
    ),
    Genre(
        "354",
        "Service de Soins Infirmiers A Domicile (S.S.I.A.D)",
        "4605",
        "SSIAD",
        (("358", "Soins infirmiers à Domicile", "16", ORDINAIRE, "700", AGEES, 45, 1),),
    ),
    Genre(
        "460",
        "Service autonomie aide (SAA)",
        "4605",
        "AIDE À DOMICILE",
        # Real ones have no capacity either: an authorisation of these services counts no places.
        (("469", "Aide à Domicile", "16", ORDINAIRE, "700", AGEES, 0, 1),),
    ),
    Genre(
        "183",
        "Institut Médico-Educatif (I.M.E.)",
        "4101",
        "IME",
        (
            (
                "844",
                PROJETS,
                "11",
                INTERNAT,
                "117",
                DEFICIENCE,
                22,
                1,
            ),
            (
                "844",
                PROJETS,
                "21",
                JOUR,
                "437",
                "Troubles du spectre autistique",
                18,
                1,
            ),
        ),
    ),
    Genre(
        "182",
        "Service d'Éducation Spéciale et de Soins à Domicile",
        "4101",
        "SESSAD",
        (
            (
                "844",
                PROJETS,
                "16",
                ORDINAIRE,
                "117",
                DEFICIENCE,
                35,
                1,
            ),
        ),
    ),
    Genre(
        "255",
        "Maison d'Accueil Spécialisée (M.A.S.)",
        "4301",
        "MAS",
        (("964", "Accueil et accompagnement spécialisé", "11", INTERNAT, "500", "Polyhandicap", 42, 1),),
    ),
    Genre(
        "246",
        "Etablissement et Service d'Aide par le Travail (E.S.A.T.)",
        "4302",
        "ESAT",
        (("908", "Aide par le travail", "14", "Externat", "117", DEFICIENCE, 80, 1),),
    ),
    Genre(
        "177",
        "Maison d'Enfants à Caractère Social",
        "4501",
        "MECS",
        (("912", "Hébergement Social et Éducatif", "11", INTERNAT, "800", "Enfants, adolescents ASE", 38, 1),),
    ),
    Genre(
        "214",
        "Centre Hébergement & Réinsertion Sociale (C.H.R.S.)",
        "4601",
        "CHRS",
        (("957", "Hébergement d'Insertion", "11", INTERNAT, "899", "Tous publics en difficulté", 40, 1),),
    ),
)
BY_CATEGORY = {genre.categorie: genre for genre in GENRES}
# The same services in FINESS+, whose labels the old extractions don't have: what a home care service has become.
AS_BEFORE = {"209": "354"}
# How often each kind comes: the list is gone through again and again.
USUAL = ("500", "202", "500", "460", "182", "183", "500", "354", "246", "177", "460", "214", "500", "255")


class Listed(Protocol):
    """What is read of an establishment of the register."""

    @property
    def finess(self) -> str:
        """Its number."""
        ...

    @property
    def entite(self) -> str:
        """The number of its entity."""
        ...

    @property
    def categorie(self) -> str:
        """Its category, in FINESS."""
        ...

    @property
    def ouvert(self) -> str:
        """When it opened."""
        ...


def count(departement: Departement, autres: int) -> int:
    """How many ESMS a département has, for so many other establishments in the country: twice as many in Normandie."""
    return min(max(autres // 42, 1), 300) * (2 if departement.code in NORMANDS else 1)


def _lines(e: Listed, day: str) -> Iterable[str]:
    """The lines of equipment of one establishment: places installed and authorised, dates, marks of what has gone."""
    genre = BY_CATEGORY[AS_BEFORE.get(e.categorie, e.categorie)]
    draw = Draw(0, "equipements", e.finess)
    size = draw.between(0.6, 1.5)
    for de, libde, ta, libta, client, libclient, mean, share in genre.lignes:
        if not draw.chance(share):
            continue
        authorised = draw.about(mean * size, 0.1) if mean else None
        # What is authorised isn't all open; a capacity is missing here and there.
        installed = None if authorised is None or draw.chance(0.01) else max(1, authorised - draw.pick((0, 0, 0, 2)))
        gone = "O" if draw.chance(0.02) else "N"
        fields = [
            "equipementsocial", e.finess, de, libde, ta, libta, client, libclient, "A", installed, None, None,
            authorised if authorised and draw.chance(0.8) else None, None, None, gone, e.ouvert, e.ouvert, authorised,
            None, None, None, None, None, gone, e.ouvert, day, day,
        ]  # fmt: skip
        yield ";".join("" if field is None else str(field) for field in fields)


def stock(folder: Path, register: Iterable[Listed], day: str, version: int) -> None:
    """Writes cs1100505: for each ESMS, a short line for the structure, then its equipment."""
    out = io.StringIO()
    out.write(f"finess;etalab;{version};{day}\n")
    for e in register:
        if AS_BEFORE.get(e.categorie, e.categorie) in BY_CATEGORY:
            out.write(f"structureet;{e.finess};{e.entite}\n")
            for line in _lines(e, day):
                out.write(line + "\n")
    name = f"etalab-cs1100505-stock-{day.replace('-', '')}-0344.csv"
    writers.write(folder / name, out.getvalue().encode("cp1252"))
