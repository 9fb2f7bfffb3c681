"""The fictitious social and médico-social establishments (ESMS) of FINESS, and what they do (cs1100505, FINESS+).

They stand beside the others of the register, a few in each département and many in Normandie. Codes are those of
FINESS as public documentation gives them; numbers are invented.
"""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

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


class Activite(NamedTuple):
    """An activity of one establishment: codes and labels, places installed, licensed and authorised; if it has gone."""

    codes: tuple[str, str, str, str, str, str]
    installees: int | None
    habilitees: int | None
    autorisees: int | None
    partie: bool


def _activites(e: Listed) -> Iterable[Activite]:
    """The activities of one establishment, the same each year."""
    genre = BY_CATEGORY[AS_BEFORE.get(e.categorie, e.categorie)]
    draw = Draw(0, "equipements", e.finess)
    size = draw.between(0.6, 1.5)
    for *codes, mean, share in genre.lignes:
        if not draw.chance(share):
            continue
        authorised = draw.about(mean * size, 0.1) if mean else None
        # What is authorised isn't all open; a capacity is missing here and there.
        installed = None if authorised is None or draw.chance(0.01) else max(1, authorised - draw.pick((0, 0, 0, 2)))
        gone = draw.chance(0.02)
        licensed = authorised if authorised and draw.chance(0.8) else None
        yield Activite(
            (codes[0], codes[1], codes[2], codes[3], codes[4], codes[5]), installed, licensed, authorised, gone
        )


def _lines(e: Listed, day: str) -> Iterable[str]:
    """The lines of equipment of one establishment: places installed and authorised, dates, marks of what has gone."""
    for activite in _activites(e):
        gone = "O" if activite.partie else "N"
        fields = [
            "equipementsocial", e.finess, *activite.codes, "A", activite.installees, None, None, activite.habilitees,
            None, None, gone, e.ouvert, e.ouvert, activite.autorisees, None, None, None, None, None, gone,
            e.ouvert, day, day,
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


SOCIALES = {"177", "214"}  # categories whose activities are social, not médico-social


def _nature(categorie: str, codes: tuple[str, str, str, str, str, str]) -> dict[str, object]:
    discipline, _, mode, _, public, _ = codes
    block = {"activiteSocialeRegulee": discipline, "modeFonctionnement": mode, "public": public}
    social = categorie in SOCIALES
    return {
        "codeNature": "ASOCR" if social else "AMSR",
        "caracteristiquesSpecifiques": {"typeActiviteASOCR" if social else "typeActiviteAMSR": block},
    }


def _capacite(activity: str, places: int | None, statut: str, **detail: str) -> dict[str, object]:
    return {
        "idCapacite": f"C{activity}{statut}{''.join(detail.values())}",
        "activiteAeId": activity,
        "nombre": places,
        "statutCapacite": statut,
        "uniteMesureCapacite": "02",
        **dict.fromkeys(("habilitation", "typeLogement", "genre", "modeFinancement")),
        **detail,
    }


def activites(path: Path, register: Iterable[Listed], generated: str) -> None:
    """Writes the activities of FINESS+: what each entity is authorised to do, and what its establishments do."""
    entities: dict[str, dict[str, Any]] = {}
    for e in register:
        categorie = AS_BEFORE.get(e.categorie, e.categorie)
        if categorie not in BY_CATEGORY:
            continue
        entity = entities.setdefault(
            e.entite, {"numFiness": e.entite, "pmSmsseId": f"P{e.entite}", "activitesAutorisees": [], "ege": []}
        )
        site: dict[str, Any] = {"egeId": f"G{e.finess}", "numFinessEge": e.finess, "activitesExercees": []}
        entity["ege"].append(site)
        for rank, activite in enumerate(_activites(e)):
            own, allowed = f"E{e.finess}{rank}", f"A{e.finess}{rank}"
            state = "I" if activite.partie else "A"
            nature = _nature(categorie, activite.codes)
            for of, name, held in (
                (entity["activitesAutorisees"], allowed, [(activite.autorisees, "01")]),
                (site["activitesExercees"], own, [(activite.installees, "09")]),
            ):
                generic = {"activiteAeId": name, "etatObjet": state, "egeId": f"G{e.finess}"}
                if name == own:
                    generic["identifiantAutorisation"] = allowed
                capacities = [_capacite(name, places, statut) for places, statut in held if places is not None]
                if name == own and activite.habilitees:
                    capacities.append(_capacite(name, activite.habilitees, "09", habilitation="01"))
                of.append({"caracteristiquesGeneriques": generic, "nature": nature, "capacite": capacities})
    document = {"schemaVersion": "v1.0.0", "generatedAt": f"{generated}T02:07:19Z", "pmej": list(entities.values())}
    writers.write(path, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
