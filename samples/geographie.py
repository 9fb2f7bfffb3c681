"""Where things are, in the layouts of INSEE's geography, La Poste, IGN's outlines and the zonings."""

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from samples import writers
from samples.draws import Draw
from samples.nomenclatures import NORMANDS, Departement, departements, headings, regions
from samples.territoires import NO_ARRONDISSEMENT, NO_EPCI, Commune, Territoire
from samples.writers import Cell

LIBELLES = ["NIVGEO", "CODGEO", "LIBGEO", "NB_COM"]
EPT = "290999001"


def _ctcd(departement: Departement) -> str:
    special = {"67": "6AE", "68": "6AE", "75": "75C", "972": "972R", "973": "973R"}
    return special.get(departement.code, f"{departement.code}D")


def _ept(commune: Commune) -> str:
    return EPT if commune.departement.code == "93" else NO_EPCI


def _line_2023(c: Commune) -> list[Cell]:
    nature = "ZZ" if c.epci == NO_EPCI else "CA" if c.epci.endswith("1") else "CC"
    urban, attracted = c.chef_lieu, c.aire != "000"
    return [
        *(
            c.code,
            c.nom,
            c.departement.code,
            c.departement.region,
            c.epci,
            nature,
            c.arrondissement,
            c.canton,
        ),
        *(c.zone_emploi, c.unite_urbaine, "4" if urban else "0", "41" if urban else "00", c.aire),
        *("3" if attracted else "0", "33" if attracted else "00", "20" if attracted else "30", c.bassin_vie),
    ]


def _line_2024(c: Commune) -> list[Cell]:
    return [
        *(c.code, c.nom, c.departement.code, _ctcd(c.departement), c.departement.region, c.epci, _ept(c)),
        *(c.arrondissement, c.canton, c.zone_emploi, c.unite_urbaine, c.aire, c.bassin_vie),
    ]


def _level(
    level: str, communes: Iterable[Commune], code: Callable[[Commune], str], nom: Callable[[str], str]
) -> list[list[Cell]]:
    counts = Counter(code(c) for c in communes)
    return [[level, key, nom(key), counts[key]] for key in sorted(counts) if not key.startswith("ZZZ")]


def _libelles(territoire: Territoire, annee: int) -> list[list[Cell]]:
    communes = territoire.geographie(annee)
    noms = {d.code: d.nom for d in departements()} | {f"R{r.code}": r.nom for r in regions()}
    canton = "CV" if annee < 2024 else "CANOV"
    short = annee < 2024

    def epci(siren: str) -> str:
        return ("CC " if short else "Communauté de communes ") + territoire.epci[siren]

    levels = {
        "ARR": _level("ARR", communes, lambda c: c.arrondissement, lambda k: f"Arrondissement fictif {k}"),
        canton: _level(canton, communes, lambda c: c.canton, lambda k: f"Canton fictif {k}"),
        "DEP": _level("DEP", communes, lambda c: c.departement.code, lambda k: noms[k]),
        "REG": _level("REG", communes, lambda c: c.departement.region, lambda k: noms[f"R{k}"]),
        "EPCI": _level("EPCI", communes, lambda c: c.epci, epci),
        "ZE2020": _level("ZE2020", communes, lambda c: c.zone_emploi, lambda k: f"Zone d'emploi fictive {k}"),
        "UU2020": _level("UU2020", communes, lambda c: c.unite_urbaine, lambda k: f"Unité urbaine fictive {k}"),
        "BV2022": _level("BV2022", communes, lambda c: c.bassin_vie, lambda k: f"Bassin de vie fictif {k}"),
        "AAV2020": _level("AAV2020", communes, lambda c: c.aire, lambda k: f"Aire fictive {k}"),
    }
    if not short:
        levels["CTCD"] = _level("CTCD", communes, lambda c: _ctcd(c.departement), lambda k: f"Collectivité {k}")
        levels["EPT"] = _level("EPT", communes, _ept, lambda k: f"EPT fictif {k}")
        levels = dict(sorted(levels.items()))
    return [line for lines in levels.values() for line in lines]


def _cog(root: Path, territoire: Territoire) -> None:
    for annee, line in ((2023, _line_2023), (2024, _line_2024)):
        name = f"table-appartenance-geo-communes-{annee}.csv"
        header = headings(name, ",")
        folder = root / "insee_cog" / str(annee)
        communes = territoire.geographie(annee)
        # Each file ends with a line of separators alone.
        writers.delimited(
            folder / name,
            header,
            [*map(line, communes), [None] * len(header)],
            sep=",",
        )
        writers.delimited(
            folder / f"libelles-geo-supracommunaux-{annee}.csv",
            LIBELLES,
            [*_libelles(territoire, annee), [None] * len(LIBELLES)],
            sep=",",
        )
    writers.delimited(
        root / "insee_cog" / "2023" / "COM_DEP_REG_2023.csv",
        ["CODGEO", "CODREG", "CODDEP", "LIBGEO"],
        (
            [c.code, c.departement.region, c.departement.code, c.nom]
            for c in territoire.geographie(2023)
            if c.departement.code != "976"
        ),
        sep=",",
    )


def write_cog_workbook(root: Path, territoire: Territoire, annee: int) -> None:
    """Writes `insee_cog/<annee>` as INSEE does since 2025, a zip of one workbook: the names stand on line 6."""
    title: list[list[Cell]] = [
        ["Table d'appartenance géographique des communes"],
        [f"Géographie {annee}"],
        ["FICTIF"],
        [],
    ]
    header = headings("table-appartenance-geo-communes-2024.csv", ",")
    communes = [_line_2024(c) for c in territoire.geographie(annee)]
    sheets: list[tuple[str, list[list[Cell]]]] = [
        ("COM", [*title, ["Code géographique"], [*header], *communes]),
        ("Zones_supra_communales", [*title, ["Niveau"], [*LIBELLES], *_libelles(territoire, annee)]),
    ]
    name = f"table-appartenance-geo-communes-{annee}"
    writers.zipped(root / "insee_cog" / str(annee) / f"{name}.zip", f"{name}.xlsx", sheets)


def capitals(text: str) -> str:
    """A name as La Poste writes it: capitals, no accent, no punctuation."""
    plain = unicodedata.normalize("NFD", text.replace("Œ", "OE").replace("œ", "oe"))
    kept = "".join(" " if ch in "-'’" else ch for ch in plain if not unicodedata.combining(ch))
    return " ".join(kept.upper().split())


def _codes_postaux(root: Path, territoire: Territoire) -> None:
    rows: list[list[Cell]] = []
    cities: list[list[Cell]] = []
    for commune in territoire.geographie(2024):
        nom = capitals(commune.nom)
        if commune.arrondissements_municipaux:
            cities += [
                [commune.code, f"{nom} {n:02d}", code, f"{nom} {n}E  ARRONDISSEMENT", None]
                for n, code in enumerate(commune.codes_postaux, start=1)
            ]
            continue
        for rank, code in enumerate(commune.codes_postaux):
            rows.append([commune.code, nom, code, nom, "HAMEAU FICTIF" if rank else None])
    overseas: list[list[Cell]] = [["98799", "COLLECTIVITE FICTIVE", "98799", "COLLECTIVITE FICTIVE", None]] * 2
    writers.delimited(
        root / "nomenclatures" / "codes_postaux_communes.csv",
        ["Code_commune_INSEE", "Nom_de_la_commune", "Code_postal", "Intitule", "Ligne_5"],
        [*rows, *overseas, *cities],
        sep=",",
        newline="\r\n",
        final_newline=False,
    )


def _zonage(root: Path, territoire: Territoire, seed: int) -> None:
    rows: list[list[Cell]] = []
    for commune in territoire.geographie(2022):
        draw = Draw(seed, "zonage", commune.code)
        known = commune.departement.code not in ("974", "976")
        zones = ["2_ZAC"] * 10 + ["1_ZIP"] * 8 + ["3_HZ"] * 2 + ["4_ZAR"]
        zone = draw.pick(zones) if known else "N/A - résultat non disponible"
        for rank, code in enumerate(commune.codes_postaux):
            # Municipal arrondissements have a postal code each, and a zone each.
            own = zones[6 * rank % len(zones)] if commune.arrondissements_municipaux else zone
            # The leading zero is lost: 1400 for 01400. A hamlet repeats its commune's line word for word.
            line: list[Cell] = [code.lstrip("0"), commune.nom, own]
            rows += [line] * (2 if draw.chance(0.03) else 1)
    writers.delimited(
        root / "zonage_medecins" / "2022" / "zonmed.csv",
        ["Code_postal", "Nom_commune", "Zonage"],
        rows,
        sep=",",
        newline="\r\n",
    )


PROFESSIONS = ("zmed", "zide", "zmk", "zsf", "zdent", "zortho")
DOTATIONS = (
    *("1_Tres_sous_dotee", "2_Sous_dotee", "3_intermediaire", "3_intermediaire", "4_Tres_dotee", "5_Sur_dotee"),
    *("3_Intermediaire", "5b_Non_prioritaire", "1b_Sous_dense"),
)
# Of the six decrees of a région; Normandy's own deposit is newer than the first of these, older than some others.
ARRETES = ("12/06/2024", "12/09/2023", "29/10/2024", "29/10/2024", "22/10/2024", "19/02/2024")


def _zones(seed: int, commune: Commune, profession: str) -> str:
    """The zone of a commune, which is that of its living area; some are not classed."""
    draw = Draw(seed, "zonages", profession, commune.bassin_vie)
    if profession == "zmed":
        unclassed = commune.departement.code in ("01", "974") or draw.chance(0.02)
        return "NC" if unclassed else draw.pick(("1_ZIP", "1_ZIP", "2_ZAC", "2_ZAC", "3_HZ", "4_ZAR"))
    return draw.pick(DOTATIONS)


def _zonage_professions(root: Path, territoire: Territoire, seed: int) -> None:
    header = headings("zonages_com.csv", ",")
    noms = {r.code: r.nom for r in regions()}
    rows: list[list[Cell]] = []
    for commune in territoire.geographie(2024):
        region, departement, area = noms[commune.departement.region], commune.departement.code, commune.bassin_vie
        where = [region, departement, area]
        people = f"{int(commune.poids * 1000) + 60:,}".replace(",", " ")
        zones = [_zones(seed, commune, profession) for profession in PROFESSIONS]
        decrees = [c for zone, day in zip(zones, ARRETES, strict=True) for c in (zone, "" if zone == "NC" else day)]
        places = [("COM", commune.code), *(("ARM", code) for code in commune.arrondissements_municipaux)]
        for niveau, code in places:
            rows.append(
                [
                    *("DataSanté (FICTIF)", "15/12/2024", niveau, code, commune.nom, commune.code, commune.nom, region),
                    *(people, *where, f"TVS FICTIF {area}", *where, f"Bassin FICTIF {area}", "Bassin de vie", *decrees),
                ]
            )
    folder = root / "zonage_professions" / "2024"
    writers.delimited(folder / "20241216-zonages-com.csv", header, rows, sep=",", newline="\r\n")


def _box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return {"type": "Polygon", "coordinates": [[[round(x, 5), round(y, 5)] for x, y in corners]]}


def _square(departement: Departement) -> tuple[float, float, float, float]:
    half = 0.09 if departement.code in ("75", "92", "93", "94") else 0.34
    x, y = departement.longitude, departement.latitude
    return (x - half, y - half * 0.66, x + half, y + half * 0.66)


def _feature(code: str, nom: str, geometry: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": {"code": code, "nom": nom}}


def _slices(departement: Departement, count: int) -> list[dict[str, object]]:
    """The arrondissements: the square of their département cut into vertical strips."""
    west, south, east, north = _square(departement)
    step = (east - west) / count
    return [
        _feature(
            f"{departement.code}{k + 1:03d}",
            f"Fictif {departement.code}-{k + 1}",
            _box(west + k * step, south, west + (k + 1) * step, north),
        )
        for k in range(count)
    ]


def _contours(root: Path, territoire: Territoire) -> None:
    folder = root / "contours" / "2018"
    metropole = [d for d in departements() if not d.outre_mer]
    writers.json_document(
        folder / "departements-version-simplifiee.geojson",
        {
            "type": "FeatureCollection",
            "features": [_feature(d.code, d.nom, _box(*_square(d))) for d in metropole],
        },
    )
    for departement in metropole:
        if departement.code not in NORMANDS:
            continue
        here = territoire.par_departement[departement.code]
        count = len({c.arrondissement for c in here} - {NO_ARRONDISSEMENT})
        label = f"{departement.code}-{capitals(departement.nom).lower().replace(' ', '-')}"
        writers.json_document(
            folder / f"departement-{label}.geojson",
            _feature(departement.code, departement.nom, _box(*_square(departement))),
        )
        writers.json_document(
            folder / f"arrondissements-{label}.geojson",
            {"type": "FeatureCollection", "features": _slices(departement, count)},
            ascii_only=True,
        )


def _decoupage(root: Path, territoire: Territoire) -> None:
    """`decoupage_administratif/2024`, an archive of JSON records: the commune that is gone is part of a neighbour."""
    gone = next(c for c in territoire.communes if c.code == territoire.disparue)
    home = next(c.code for c in territoire.geographie(2024) if c.departement.code == gone.departement.code)
    records: list[dict[str, object]] = [
        {
            "code": c.code,
            "nom": c.nom,
            "typeLiaison": 0,
            "zone": "metro",
            "departement": c.departement.code,
            "region": c.departement.region,
            "type": "commune-actuelle",
            "codesPostaux": list(c.codes_postaux),
            "population": 1 + int(1000 * c.poids),
            **({"anciensCodes": [gone.code]} if c.code == home else {}),
        }
        for c in territoire.geographie(2024)
    ]
    records.append(
        {
            "code": gone.code,
            "nom": gone.nom,
            "typeLiaison": 0,
            "zone": "metro",
            "type": "commune-deleguee",
            "chefLieu": home,
            "departement": gone.departement.code,
            "region": gone.departement.region,
        }
    )
    text = "[\n" + ",\n".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in records) + "\n]\n"
    folder = root / "decoupage_administratif" / "2024"
    writers.tarred(folder / "etalab-decoupage-administratif-0.0.0.tgz", "package/data/communes.json", text.encode())


def write(root: Path, territoire: Territoire, seed: int) -> None:
    """Writes `insee_cog`, `contours`, both zonings, `decoupage_administratif`, and the postal codes."""
    _cog(root, territoire)
    _decoupage(root, territoire)
    _codes_postaux(root, territoire)
    _zonage(root, territoire, seed)
    _zonage_professions(root, territoire, seed)
    _contours(root, territoire)
