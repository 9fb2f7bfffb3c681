"""Fictitious health directory, in the layout of the RPPS extracts in open access, at any scale.

Written by DuckDB: 2.4 million rows of 56 columns take seconds. All draws come from MD5 of the seed, the
person and the year, by whole-number arithmetic: the same seed and size give the same bytes everywhere.
Persons enter, move and leave from one extract to the next. Every name, number, phone and e-mail is
invented and says so: the tests look for them in what is published.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from samples import writers
from samples.etablissements import Parc
from samples.geographie import capitals
from samples.nomenclatures import headings, rows
from samples.territoires import Territoire

ANNEES = (2024, 2025)
PERSONNES = 1_700
NATIONAL = 1_700_000
STAMP = "01020805"  # month, day, hour and minute of the extract, as in the names of the files
RENEWAL, REMOVAL = 33, 20  # years a person stays in the register, and in one place

# The draws of one person and year: `p` are the person's own, `q` those of each activity.
_PERSONS = """
    SELECT
        i, (10000000000 + i * 10 + generation % 10)::VARCHAR AS rpps, generation,
        md5_number_upper(concat_ws(':', $graine, i, generation)) AS p,
        md5_number_lower(concat_ws(':', $graine, i, generation)) AS p2
    FROM (
        SELECT i, ($annee + md5_number_lower(concat_ws(':', $graine, 'r', i)) % {renewal}) // {renewal} AS generation
        FROM range($personnes) AS r (i)
    )
"""

_DESCRIBED = """
    SELECT
        t.*, pr.code AS profession, pr.libelle AS profession_libelle, pr.liberaux,
        CASE WHEN p2 % 1000 < 60 THEN 'E' WHEN p2 % 1000 < 65 THEN 'M' ELSE 'C' END AS categorie,
        CASE WHEN (p2 >> 10) % 1000 < 15 THEN 'B' WHEN (p2 >> 10) % 1000 < 35 THEN '' END AS mode_seul,
        CASE WHEN (p2 >> 20) % 2 = 0 THEN 'M' ELSE 'MME' END AS civilite,
        CASE WHEN pr.code IN ('10', '40', '21', '60') THEN s.code END AS savoir_faire,
        s.libelle AS savoir_faire_libelle,
        'NOMFICTIF' || (p2 >> 30) % 9000 AS nom, 'Prénomfictif' || (p2 >> 44) % 700 AS prenom,
        CASE WHEN (p >> 50) % 100 < 75 THEN 1 WHEN (p >> 50) % 100 < 91 THEN 2
            WHEN (p >> 50) % 100 < 97 THEN 3 ELSE 5 END AS activites
    FROM ({persons}) AS t
    JOIN professions AS pr ON pr.rang = t.p % {professions}
    LEFT JOIN specialites AS s ON s.profession = pr.code AND s.rang = (t.p >> 12) % 200
"""

_ACTIVITIES = """
    SELECT
        *, md5_number_lower(concat_ws(':', $graine, i, generation, k, ($annee + p2 % {removal}) // {removal})) AS q
    FROM (SELECT *, unnest(range(activites)) AS k FROM ({described}))
"""

_PLACED = """
    SELECT
        a.*,
        CASE WHEN mode_seul IS NOT NULL THEN mode_seul WHEN q % 100 < liberaux THEN 'L' ELSE 'S' END AS mode,
        e.finess, e.finess_ej, e.raison_sociale, c.commune, c.nom AS commune_nom, c.code_postal, c.departement,
        c.departement_nom
    FROM ({activities}) AS a
    LEFT JOIN sites AS e ON e.rang = (a.q >> 8) % {sites} AND a.q % 100 >= liberaux AND mode_seul IS NULL
    JOIN communes AS c ON c.rang = coalesce(e.commune_rang, (a.q >> 8) % {communes})
"""

_MODES = {"S": "Salarié", "L": "Libéral, indépendant, artisan, commerçant", "B": "Bénévole"}
_SECTORS = {"S": ("SA01", "Etablissement Public de santé"), "L": ("SA07", "Cabinet individuel")}


def _case(column: str, values: dict[str, str]) -> str:
    return f"CASE {column} " + " ".join(f"WHEN '{k}' THEN '{v}'" for k, v in values.items()) + " END"


def _person(*, exercise: bool) -> list[str]:
    """Expressions of the first cells of every file, which say who the person is."""
    civil = _case("civilite", {"M": "Monsieur", "MME": "Madame"})
    title = [
        "CASE WHEN profession = '10' THEN 'DR' END",
        "CASE WHEN profession = '10' THEN 'Docteur' END",
        "civilite",
        civil,
    ]
    return ["'8'", "rpps", "'8' || rpps", *(title if exercise else []), "nom", "prenom"]


def _profession() -> list[str]:
    return [
        *("profession", "profession_libelle", "categorie"),
        _case("categorie", {"C": "Civil", "M": "Militaire", "E": "Etudiant"}),
    ]


def _know_how() -> list[str]:
    return [
        "CASE WHEN savoir_faire IS NOT NULL THEN 'S' END",
        "CASE WHEN savoir_faire IS NOT NULL THEN 'Spécialité ordinale' END",
        *("savoir_faire", "savoir_faire_libelle"),
    ]


def _activity(annee: int) -> list[str]:
    """Expressions of the cells of Personne_activite, 52 of them before 2022, 56 since."""
    working = "mode IN ('S', 'L')"
    private = "mode = 'L'"
    # One liberal in fifty has no commune code, one in two hundred practises abroad.
    known = f"{working} AND NOT ({private} AND (q >> 20) % 50 = 0) AND (q >> 26) % 200 <> 0"
    here = f"{working} AND (q >> 26) % 200 <> 0"
    abroad = f"{working} AND (q >> 26) % 200 = 0"
    phone = "'02' || lpad(((q >> 5) % 100000000)::VARCHAR, 8, '0')"
    site = [
        f"CASE WHEN {private} THEN lpad((i * 7 + k)::VARCHAR, 9, '9') || '00013' END",
        f"CASE WHEN {private} THEN lpad((i * 7 + k)::VARCHAR, 9, '9') END",
        *("finess", "finess_ej"),
        f"CASE WHEN finess IS NOT NULL THEN 'F' || finess WHEN {working} THEN 'R' || (rpps::BIGINT * 10 + k) END",
        # Quotes are text here: the file quotes nothing.
        f"""CASE WHEN {private} THEN 'CABINET DU "DR" ' || nom ELSE raison_sociale END""",
        *("NULL", "NULL", "NULL"),
        f"CASE WHEN {here} THEN ((q >> 30) % 200 + 1)::VARCHAR END",
        *("NULL", f"CASE WHEN {here} THEN 'R' END", f"CASE WHEN {here} THEN 'Rue' END"),
        f"CASE WHEN {here} THEN 'DE L''ADRESSE FICTIVE ' || (q >> 40) % 900 END",
        "NULL",
        f"CASE WHEN {here} THEN code_postal || ' ' || upper(commune_nom) END",
        f"CASE WHEN {here} THEN code_postal END",
        f"CASE WHEN {known} THEN commune END",
        f"CASE WHEN {known} THEN commune_nom END",
        f"CASE WHEN {abroad} THEN '99131' WHEN {here} THEN '99000' END",
        f"CASE WHEN {abroad} THEN 'Belgique' WHEN {here} THEN 'France' END",
        f"CASE WHEN {working} THEN {phone} END",
        "NULL",
        f"CASE WHEN {private} THEN {phone} END",
        f"CASE WHEN {private} THEN lower(prenom) || '.' || lower(nom) || '@courriel-fictif.invalid' END",
        f"CASE WHEN {known} THEN departement END",
        f"CASE WHEN {known} THEN departement_nom END",
        "NULL",
    ]
    cells = [
        *_person(exercise=True),
        *_profession(),
        *_know_how(),
        "nullif(mode, '')",
        _case("mode", _MODES),
        *site,
        "CASE WHEN profession = '10' THEN 'CNOM/CNOM/CNOM' ELSE 'ARS/ARS/ARS' END",
        _case("mode", {k: code for k, (code, _) in _SECTORS.items()}),
        _case("mode", {k: label for k, (_, label) in _SECTORS.items()}),
        "CASE WHEN profession = '21' AND mode = 'L' THEN 'A' END",
        "CASE WHEN profession = '21' AND mode = 'L' THEN 'Section A : Pharmaciens titulaires d''officine' END",
    ]
    if annee < 2022:
        return cells
    locum = f"{private} AND (q >> 33) % 12 = 0"
    return [
        *cells,
        *("NULL", "NULL"),
        f"CASE WHEN {locum} THEN 'GENR02' WHEN {working} THEN 'GENR01' END",
        f"CASE WHEN {locum} THEN 'Activité de soins ou de pharmacien en tant que remplaçant' "
        f"WHEN {working} THEN 'Activité de soin et de pharmacie' END",
    ]


def _lists(connection: duckdb.DuckDBPyConnection, territoire: Territoire, parc: Parc) -> dict[str, int]:
    """Loads what people are drawn from; returns the length of each list."""
    professions = [r for r in rows("rpps_professions.csv") for _ in range(int(r["pour_1000"]))]
    connection.register(
        "les_professions",
        pa.table(
            {
                "rang": pa.array(range(len(professions)), pa.uint64()),
                "code": [r["code"] for r in professions],
                "libelle": [r["libelle"] for r in professions],
                "liberaux": pa.array([int(r["liberaux"]) for r in professions], pa.uint64()),
            }
        ),
    )
    drawn = [(r["profession"], r) for r in rows("rpps_savoir_faire.csv") for _ in range(int(r["pour_200"]))]
    ranks: dict[str, int] = {}
    kept = []
    for profession, row in drawn:
        kept.append((profession, ranks.setdefault(profession, 0), row["code"], row["libelle"]))
        ranks[profession] += 1
    connection.register(
        "les_specialites",
        pa.table(
            {
                "profession": [r[0] for r in kept],
                "rang": pa.array([r[1] for r in kept], pa.uint64()),
                "code": [r[2] for r in kept],
                "libelle": [r[3] for r in kept],
            }
        ),
    )
    # A commune stands there as often as it weighs; the last rank is a commune that has since gone.
    communes = [c for c in territoire.communes for _ in range(max(1, int(c.poids + 0.5)))]
    rank = {c.code: i for i, c in enumerate(communes)}
    connection.register(
        "les_communes",
        pa.table(
            {
                "rang": pa.array(range(len(communes)), pa.uint64()),
                "commune": [c.code for c in communes],
                "nom": [capitals(c.nom).title() for c in communes],
                "code_postal": [c.codes_postaux[0] for c in communes],
                "departement": [c.departement.code for c in communes],
                "departement_nom": [c.departement.nom for c in communes],
            }
        ),
    )
    sites = parc.sites
    connection.register(
        "les_sites",
        pa.table(
            {
                "rang": pa.array(range(len(sites)), pa.uint64()),
                "finess": [s.finess for s in sites],
                "finess_ej": [s.entite.finess for s in sites],
                "raison_sociale": [s.nom for s in sites],
                "commune_rang": pa.array([rank[s.commune.code] for s in sites], pa.uint64()),
            }
        ),
    )
    for name in ("professions", "specialites", "communes", "sites"):
        connection.execute(f"CREATE TABLE {name} AS FROM les_{name}")
        connection.unregister(f"les_{name}")
    return {"professions": len(professions), "communes": len(communes), "sites": len(sites)}


def _lines(cells: list[str], *, trailing: bool) -> str:
    """One text a line, its cells between bars; a missing cell is empty."""
    return "concat(" + ", '|', ".join(cells) + (", '|'" if trailing else "") + ")"


def write_vintage(
    root: Path, territoire: Territoire, parc: Parc, seed: int, annee: int, persons: int = PERSONNES
) -> list[Path]:
    """Writes the three files of one extract to `root/rpps/<annee>/`; `persons` are those of the register."""
    folder = root / "rpps" / str(annee)
    folder.mkdir(parents=True, exist_ok=True)
    trailing = annee <= 2024
    with duckdb.connect() as connection:
        lengths = _lists(connection, territoire, parc)
        connection.execute(
            "CREATE TABLE personnes AS "
            + _DESCRIBED.format(persons=_PERSONS.format(renewal=RENEWAL), **lengths)
            + " ORDER BY i",
            {"graine": seed, "annee": annee, "personnes": persons},
        )
        connection.execute(
            "CREATE VIEW activites AS "
            + _PLACED.format(
                activities=_ACTIVITIES.format(described="FROM personnes", removal=REMOVAL)
                .replace("$graine", str(seed))
                .replace("$annee", str(annee)),
                **lengths,
            )
        )
        tables = {
            "Personne_activite": ("(FROM activites ORDER BY i, k)", _activity(annee)),
            "SavoirFaire": (
                "(FROM personnes WHERE savoir_faire IS NOT NULL ORDER BY i)",
                [*_person(exercise=False), *_profession(), *_know_how()],
            ),
            "Dipl_AutExerc": (
                "(SELECT *, unnest(CASE WHEN p2 % 33 = 0 THEN ['D', 'A'] ELSE ['D'] END) AS sorte FROM personnes "
                "ORDER BY i, sorte DESC)",
                [
                    *_person(exercise=False),
                    "CASE sorte WHEN 'D' THEN 'DE' END",
                    "CASE sorte WHEN 'D' THEN 'Diplôme d''Etat français' END",
                    "CASE sorte WHEN 'D' THEN 'DE' || profession END",
                    "CASE sorte WHEN 'D' THEN 'Diplôme fictif : ' || profession_libelle END",
                    "CASE sorte WHEN 'A' THEN 'AUT' END",
                    "CASE sorte WHEN 'A' THEN 'Autorisation d''exercice' END",
                    *("NULL", "NULL"),
                ],
            ),
        }
        made = []
        for name, (rows_, cells) in tables.items():
            header = headings(f"PS_LibreAcces_{name}.txt", "|")[: len(cells)]
            if annee >= 2025:  # the case of two headings moves from one extract to the next
                header = [h.replace("Département (structure)", "département (structure)") for h in header]
            path = folder / f"PS_LibreAcces_{name}_{annee}{STAMP}.txt"
            writers.query(
                connection,
                path,
                "|".join(header) + ("|" if trailing else ""),
                f"SELECT {_lines(cells, trailing=trailing)} FROM {rows_}",
            )
            made.append(path)
    return made


def write(
    root: Path,
    territoire: Territoire,
    parc: Parc,
    seed: int,
    scale: float,
    vintages: int = len(ANNEES),
    *,
    national: bool = False,
) -> None:
    """Writes `rpps`, the last yearly extracts of about 1,700 × scale persons; the newest of all if `national`."""
    for annee in range(ANNEES[-1] - vintages + 1, ANNEES[-1] + 1):
        large = national and annee == ANNEES[-1]
        persons = NATIONAL if large else max(200, int(PERSONNES * scale))
        write_vintage(root, territoire, parc, seed, annee, persons)
