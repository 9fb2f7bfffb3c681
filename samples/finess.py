"""The fictitious FINESS: the old extractions of 2023 and 2024, then FINESS+ of 2025, of one and the same country.

The sites of the fictitious SAE are in it with their numbers, entities, categories and communes; around
them stand establishments that answer no survey. Between the last old extraction and FINESS+ some move,
close, open, change category or entity, so that the continuity report has something of each kind to say.
(The real FINESS+ starts in 2026; the fictitious one is a year early, to be in the edition of 2025.)
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from samples import esms, writers
from samples.etablissements import Parc, luhn, prefix
from samples.geographie import capitals
from samples.nomenclatures import Departement, departements
from samples.territoires import Commune, Territoire

# Categories of establishments outside the SAE: code, label, aggregate, and the name of the fictitious ones.
CATEGORIES = {
    "500": ("Etablissement d'hébergement pour personnes âgées dépendantes", "4401", "EHPAD"),
    "620": ("Pharmacie d'Officine", "3201", "PHARMACIE"),
    "603": ("Maison de santé (L.6223-3)", "2202", "MAISON DE SANTÉ"),
    "124": ("Centre de Santé", "2201", "CENTRE DE SANTÉ"),
    "354": ("Service de Soins Infirmiers A Domicile (S.S.I.A.D)", "4605", "SSIAD"),
    "183": ("Institut Médico-Educatif (I.M.E.)", "4101", "IME"),
    "611": ("Laboratoire de Biologie Médicale", "3203", "LABORATOIRE"),
    "209": ("Service autonomie aide et soins (SAAS)", "4605", "SERVICE AUTONOMIE"),
    **{genre.categorie: (genre.libelle, genre.agregat, genre.nom) for genre in esms.GENRES},
}
USUAL = ("500", "620", "603", "124", "354", "183", "611", "620")
HOSPITAL = ("Etablissement de santé fictif", "1102", "")
STATUTS = {
    "13": "Etablissement Public Communal d'Hospitalisation",
    "60": "Association Loi 1901 non Reconnue d'Utilité Publique",
}
METROPOLE, OUTRE_MER = "EPSG:2154 RGF93 / Lambert-93 (Métropole)", "EPSG:5490 RGAF09 / UTM 20N (Antilles)"
NATIONAL = 183_900  # establishments beside the survey's sites, for some 175,000 in FINESS+
DATE = {2024: "2024-11-12", 2025: "2026-01-02"}  # the others: 31 December

# Fields of the old extractions, in their order.
WIDE = (
    "nofinesset;nofinessej;rs;rslongue;complrs;compldistrib;numvoie;typvoie;voie;compvoie;lieuditbp;region;libregion;"
    "departement;libdepartement;cog;codepostal;libelle_routage;ligneacheminement;telephone;telecopie;categetab;"
    "libcategetab;liblongcategetab;categretab;libcategretab;siret;codeape;libcodeape;mft;libmft;liblongmft;sph;libsph;"
    "numen;coordx;coordy;sourcegeocod;dategeocod;dateautor;dateouvert;datemaj"
)


@dataclass(frozen=True)
class Etablissement:
    """An establishment at one date; `ferme` is its date of closing, empty where it is open."""

    finess: str
    entite: str
    nom: str
    categorie: str
    commune: Commune
    code_commune: str
    statut: str
    ouvert: str
    ferme: str = ""


@dataclass
class Registre:
    """The register at one date: establishments by number, and the entities that are closed."""

    etablissements: list[Etablissement]
    entites_fermees: frozenset[str]


def _date(annee: int) -> str:
    return DATE.get(annee, f"{annee}-12-31")


def _numbers(departement: Departement, rank: int, first: int = 5) -> str:
    """Numbers beside those of the SAE's sites: they count from the middle of what a département has, or further."""
    start = prefix(departement)
    digits = 8 - len(start)
    body = f"{start}{first * 10 ** (digits - 1) + rank:0{digits}d}"
    return body + luhn(body)


def _hospitals(parc: Parc, annee: int) -> Iterator[Etablissement]:
    for site in parc.sites:
        closed = "2023-06-30" if max(site.annees) < 2023 else ""
        if closed and annee < 2025:
            continue
        yield Etablissement(
            finess=site.finess,
            entite=site.entite.finess,
            nom=site.nom,
            categorie=site.genre.categorie,
            commune=site.commune,
            code_commune=site.commune.code,
            statut=site.genre.stj,
            ouvert="2023-01-01" if min(site.annees) > 2022 else "1979-02-13",
            ferme=closed,
        )


def _others(territoire: Territoire, count: int, annee: int) -> Iterator[Etablissement]:
    """Establishments that answer no survey, the same at each date but for what the docstring says."""
    country = departements()
    for k in range(count):
        departement, rank = country[k % len(country)], k // len(country)
        if departement.outre_mer and rank >= 200:
            continue
        communes = territoire.par_departement[departement.code]
        commune = communes[rank % len(communes)]
        if commune.code == territoire.disparue and annee == 2025:
            # The commune merged in 2024: FINESS+ gives the one that it is part of.
            commune = communes[0]
        elif k % 83 == 23 and annee == 2025:
            commune = communes[(rank + 1) % len(communes)]
        categorie = USUAL[(k + rank) % len(USUAL)]
        if annee == 2025:
            categorie = "209" if categorie == "354" else "603" if k % 71 == 19 else categorie
        elif annee == 2023 and k % 79 == 31:
            categorie = "603"
        one = Etablissement(
            finess=_numbers(departement, 2 * rank),
            entite=_numbers(departement, 2 * (rank - rank % 2) + 1),
            nom=f"{CATEGORIES[USUAL[(k + rank) % len(USUAL)]][2]} FICTIF {departement.code}-{rank:04d}",
            categorie=categorie,
            commune=commune,
            code_commune=commune.code,
            statut="61" if k % 89 == 29 and annee == 2025 else "60",
            ouvert=f"{1950 + k % 70}-0{1 + k % 9}-15",
        )
        if k % 61 == 17 and annee == 2025:
            one = replace(one, entite=_numbers(departement, 2 * (rank - rank % 2) + (5 if rank % 2 == 0 else 3)))
        yield from _dated(one, k, annee)


def social(territoire: Territoire, count: int, annee: int) -> Iterator[Etablissement]:
    """The social and médico-social establishments, open at each date; in FINESS+, home care has its new category."""
    for departement in departements():
        communes = [c for c in territoire.par_departement[departement.code] if c.code != territoire.disparue]
        for rank in range(esms.count(departement, count)):
            categorie = esms.USUAL[rank % len(esms.USUAL)]
            commune = communes[rank % len(communes)]
            yield Etablissement(
                finess=_numbers(departement, 2 * rank, 8),
                entite=_numbers(departement, 2 * (rank - rank % 3) + 1, 8),
                nom=f"{CATEGORIES[categorie][2]} FICTIF {departement.code}-S{rank:03d}",
                categorie="209" if categorie == "354" and annee == 2025 else categorie,
                commune=commune,
                code_commune=commune.code,
                statut="60",
                ouvert=f"{1960 + rank % 60}-0{1 + rank % 9}-15",
            )


def _dated(one: Etablissement, k: int, annee: int) -> Iterator[Etablissement]:
    """What is there at a date: the old extractions only have what is open."""
    if k % 53 == 7:
        if annee == 2025:
            yield replace(one, ouvert="2025-03-01")
    elif k % 41 == 11:
        yield replace(one, ferme="2025-06-30") if annee == 2025 else one
    elif k % 5 == 3:
        if annee == 2025:
            yield replace(one, ferme="2015-12-31")
    elif not (k % 37 == 13 and annee == 2023) and not (k % 97 == 5 and annee == 2025):
        yield one


def registre(parc: Parc, territoire: Territoire, autres: int, annee: int) -> Registre:
    """The register at the end of a year: the SAE's sites and `autres` other establishments, by number."""
    found = [*_hospitals(parc, annee), *_others(territoire, autres, annee), *social(territoire, autres, annee)]
    found.sort(key=lambda e: e.finess)
    if annee < 2025:
        return Registre(found, frozenset())
    before = {e.entite for e in _others(territoire, autres, 2024)}
    still = {e.entite for e in found if not e.ferme}
    return Registre(found, frozenset(before - still))


def _code(commune: str, departement: Departement) -> tuple[str, str]:
    """Département and commune as the old extractions write them: 9A and 105 for 97105."""
    return departement.code_sae, commune[2:]


def _place(e: Etablissement, rank: int) -> tuple[float, float]:
    """Longitude and latitude, near the middle of the commune."""
    longitude, latitude = e.commune.position
    return round(longitude + (rank % 5 - 2) / 400, 6), round(latitude + (rank % 7 - 3) / 400, 6)


def _projected(longitude: float, latitude: float) -> tuple[float, float]:
    return round(700_000 + (longitude - 3) * 78_000, 1), round(6_600_000 + (latitude - 46.5) * 111_000, 1)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if '"' in text or ";" in text else text


def _stock(folder: Path, register: Registre, annee: int) -> None:
    """cs1100507 (structures and coordinates, interleaved) and cs1100501 (entities)."""
    day = _date(annee).replace("-", "")
    first = f"finess;etalab;{annee - 1926};{_date(annee)}\n"
    sites, entities = io.StringIO(), io.StringIO()
    sites.write(first)
    entities.write(first)
    seen: set[str] = set()
    for rank, e in enumerate(register.etablissements):
        d = e.commune.departement
        code, commune = _code(e.code_commune, d)
        label, aggregate, _ = CATEGORIES.get(e.categorie, HOSPITAL)
        town = capitals(e.commune.nom)
        name = f'LIEU DE VIE "FICTIF" {e.nom}' if rank % 211 == 7 else e.nom
        common = f"{rank % 200 + 1};R;DE L'EXEMPLE;;"
        libdep = capitals(d.nom)
        public = "1;Etablissement public de santé" if e.statut == "13" else ";"
        where = f"{e.commune.codes_postaux[0]} {town}"
        sites.write(
            f"structureet;{e.finess};{e.entite};{_quoted(name)};{_quoted(name)};;;{common};{commune};{code};{libdep};"
            f"{where};;;{e.categorie};{label};{aggregate};Agrégat fictif;999{rank % 1000000:06d}{rank % 97:05d};8610Z;"
            f"03;Mode fictif;{public};{e.ouvert};{e.ouvert};{_date(annee)};\n"
        )
        x, y = _projected(*_place(e, rank))
        sites.write(
            f"geolocalisation;{e.finess};{x};{y};1,ATLASANTE,96,BAN,{OUTRE_MER if d.outre_mer else METROPOLE};"
            f"{_date(annee)}\n"
        )
        if e.entite not in seen:
            seen.add(e.entite)
            entities.write(
                f"structureej;{e.entite};ENTITE FICTIVE {e.entite};ENTITÉ JURIDIQUE FICTIVE {e.entite};;{common};;"
                f"{commune};{where};{code};{libdep};;{e.statut};{STATUTS.get(e.statut, 'Statut fictif')};;;"
                f"999{rank % 1000000:06d};8610Z;1979-02-13\n"
            )
    writers.write(folder / f"etalab-cs1100507-stock-{day}-0339.csv", sites.getvalue().encode("cp1252"))
    writers.write(folder / f"etalab-cs1100501-stock-{day}-0341.csv", entities.getvalue().encode("cp1252"))


def _annual(folder: Path, register: Registre, annee: int) -> None:
    """The history of a 31 December: a header, and other columns."""
    out = io.StringIO()
    out.write(WIDE + "\n")
    for rank, e in enumerate(register.etablissements):
        d = e.commune.departement
        label, aggregate, _ = CATEGORIES.get(e.categorie, HOSPITAL)
        x, y = _projected(*_place(e, rank))
        town, code = capitals(e.commune.nom), e.commune.codes_postaux[0]
        out.write(
            f"{e.finess};{e.entite};{e.nom};{e.nom};;;{rank % 200 + 1};R;DE L'EXEMPLE;;;{d.region};REGION;{d.code};"
            f"{capitals(d.nom)};{e.code_commune};{code};{town};{code} {town};;;{e.categorie};{label[:20]};{label};"
            f"{aggregate};Agrégat fictif;999{rank % 1000000:06d}{rank % 97:05d};8610Z;Activités hospitalières;03;"
            f"Mode fictif;Mode de fixation fictif;;;;{x};{y};1,ATLASANTE,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93;"
            f"{annee + 1}-01-04;{e.ouvert};{e.ouvert};{_date(annee)}\n"
        )
    writers.write(folder / f"etalab_stock_et_{annee}1231.csv", out.getvalue().encode("cp1252"))


# --- FINESS+ --------------------------------------------------------------------------------------


def _address(e: Etablissement, rank: int) -> dict[str, Any]:
    longitude, latitude = _place(e, rank)
    x, y = (str(v) for v in _projected(longitude, latitude))
    # Here x and y are swapped, there they are degrees: only the directions can be trusted.
    x, y = (x, y) if rank % 3 == 0 else (y, x) if rank % 3 == 1 else (str(longitude), str(latitude))
    known = rank % 4 < 3  # a third of the real addresses have no coordinates
    return {
        "usageAdresse": "03",
        "numeroVoie": str(rank % 200 + 1),
        "typeVoie": ("R", "R ", "r")[rank % 3],
        "libelleVoie": "de l'Exemple",
        "complementVoie": None,
        "complementPointGeographique": None,
        "lieuDit": None,
        "cogCommune": e.code_commune,
        "ligneAcheminement": e.commune.nom,
        "ligneUne": e.nom,
        "codePostal": e.commune.codes_postaux[0],
        "coordonneesGeographique": {
            "coordonneeX": x,
            "coordonneeY": y,
            "directionLatitude": str(latitude),
            "directionLongitude": str(longitude),
            "cleInInteropBAN": f"{e.code_commune}_0001",
            "scoreBAN": "0.9612",
        }
        if known
        else None,
    }


def _site(e: Etablissement, rank: int) -> dict[str, Any]:
    return {
        "informationsGeneralesEGE": {
            "egeId": f"E{e.finess}",
            "numFinessEge": e.finess,
            "nomEgeCourt": e.nom[:38],
            "nomEgeLong": e.nom,
            "siret": f"999{rank % 1000000:06d}{rank % 97:05d}",
            "espic": ["1"] if e.statut == "13" else [],
            "numeroEducationNationale": None,
            "dateOuverture": e.ouvert if rank % 3 else f"19{70 + rank % 30}-01-01",
            "datePremiereAutorisation": e.ouvert,
            "dateFermeture": e.ferme or None,
        },
        "categorieentiteGeographiqueExercice": e.categorie,
        "modefixationtarifaire": "03",
        "typeBudget": ["01"],
        "adresse": [_address(e, rank), *([{**_address(e, rank + 1), "usageAdresse": "06"}] if rank % 40 == 9 else [])],
        "contact": [],
        "engagement": [],
        "evenement": [],
        "roleEge": [],
        "etatObjet": "I" if e.ferme else "A",
        "dateDerniereMaj": "2025-12-01T00:00:00Z",
    }


def _groups(parc: Parc, annee: int) -> list[dict[str, Any]]:
    """The GHT: the first public entity of each is its support."""
    membership = min(max(annee, 2022), 2023)
    members: dict[str, list[str]] = {}
    for site in parc.sites:
        group = site.entite.ght.get(membership)
        if group and site.genre.stjr == "1" and site.entite.finess not in members.setdefault(group, []):
            members[group].append(site.entite.finess)
    found = []
    for rank, (code, (_, nom)) in enumerate(sorted(parc.ght.items()), start=1):
        # FINESS+ writes OE for Œ; one group goes by another name than in the SAE.
        name = nom.replace("Œ", "OE") if code != "28105" else "GROUPEMENT FICTIF DU PAYS BOCAGER"
        found.append(
            {
                "gccId": f"G{rank:04d}",
                "nomGcc": name,
                "typeGcc": "002" if rank % 9 == 4 else "001",
                # The code of the SAE, as in the flux of 2026; one group in five has a number of FINESS alone.
                **(
                    {"gccIdentifiantExterne": code}
                    if rank % 5 and code != "28105"
                    else {"numFinessGcc": f"498{rank:08d}"}
                ),
                "engagement": [],
                "evenement": [],
                "pmejDuGcc": [
                    {"pmSmsseId": f"P{finess}", "typeRoleEntiteGroupe": "S" if i == 0 else "M"}
                    for i, finess in enumerate(members.get(code, []))
                ],
                "egeDuGcc": [],
                "etatObjet": "A",
                "dateDerniereMaj": "2025-12-01T00:00:00Z",
            }
        )
    return found


def structures(path: Path, parc: Parc, territoire: Territoire, autres: int, annee: int) -> int:
    """Writes a FINESS+ file of any year, one entity after the other; returns its number of establishments."""
    register = registre(parc, territoire, autres, 2025)
    by_entity: dict[str, list[tuple[int, Etablissement]]] = {}
    for rank, e in enumerate(register.etablissements):
        by_entity.setdefault(e.entite, []).append((rank, e))
    for closed in register.entites_fermees:
        by_entity.setdefault(closed, [])
    generated = _date(2025) if annee == 2025 else f"{annee + 1}-01-02"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(f'{{"schemaVersion":"v1.0.0","generatedAt":"{generated}T02:06:22Z","gco":[],"gcc":')
        out.write(json.dumps(_groups(parc, annee), ensure_ascii=False, separators=(",", ":")))
        out.write(',"pmej":[')
        for i, (entite, sites) in enumerate(sorted(by_entity.items())):
            out.write("," if i else "")
            out.write(json.dumps(_entity(entite, sites, register), ensure_ascii=False, separators=(",", ":")))
        out.write("]}")
    return len(register.etablissements)


def _entity(entite: str, sites: list[tuple[int, Etablissement]], register: Registre) -> dict[str, Any]:
    closed = entite in register.entites_fermees
    return {
        "informationsGeneralesPMEJ": {
            "pmSmsseId": f"P{entite}",
            "numFinessPm": entite,
            "denominationPm": f"ENTITE FICTIVE {entite}",
            "denominationLonguePmSmsse": f"ENTITÉ JURIDIQUE FICTIVE {entite}",
            "siren": f"999{entite[-6:]}" if entite[-6:].isdigit() else None,
            "codeApe": "8610Z",
            "statutJuridique": sites[0][1].statut if sites else "60",
            "typePersonneMorale": "1",
            "fonctionPublique": None,
            "typeGroupeGco": None,
            "dateCreation": "1979-02-13",
            "dateFermeture": "2025-06-30" if closed else None,
            "complementAdressePmSmsse": None,
            "categorieentiteGeographiqueExercice": None,
        },
        "adresse": [],
        "contact": [],
        "engagement": [],
        "evenement": [],
        "ege": [_site(e, rank) for rank, e in sites],
        "etatObjet": "I" if closed else "A",
        "dateDerniereMaj": "2025-12-01T00:00:00Z",
    }


def write_annual(root: Path, parc: Parc, territoire: Territoire, scale: float, annee: int) -> None:
    """Writes `finess/<annee>` as the history of a 31 December: the country as it was in 2023."""
    _annual(root / "finess" / str(annee), registre(parc, territoire, int(600 * scale), min(annee, 2023)), annee)


def write(root: Path, parc: Parc, territoire: Territoire, scale: float, *, autres: int | None = None) -> None:
    """Writes `finess` (2023 as yearly history, 2024 as stock, with its social equipment), and FINESS+ (2025).

    `autres` is the number of establishments beside the SAE's sites, 600 × scale by default.
    """
    count = int(600 * scale) if autres is None else autres
    _annual(root / "finess" / "2023", registre(parc, territoire, count, 2023), 2023)
    register = registre(parc, territoire, count, 2024)
    _stock(root / "finess" / "2024", register, 2024)
    esms.stock(root / "finess" / "2024", register.etablissements, _date(2024), 2024 - 1926)
    structures(root / "finess_plus" / "2025" / "finess-structures-annuel-2025.json", parc, territoire, count, 2025)
    now = registre(parc, territoire, count, 2025).etablissements
    esms.activites(root / "finess_activites" / "2025" / "finess-activites-annuel-2025.json", now, _date(2025))
