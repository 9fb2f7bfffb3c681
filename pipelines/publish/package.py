"""The package of a release: what machines and people need to find, cite, check and reuse it.

`datapackage.json` (Data Package 2.0), `dcat.jsonld` (DCAT-AP, for data.gouv.fr), `LICENCE.md`, `LISEZMOI.txt`, and
`CHANGELOG.md`. Addresses are relative to the folder, or under the one that the agency sets (ATLAS_ADRESSE).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines import catalogue
from pipelines.catalogue import registers
from pipelines.edition import models
from pipelines.publish import signes, tables
from pipelines.publish.differences import ADDED, REMOVED, REVISED, WITHOUT, Diff
from pipelines.publish.public import FICTIF, FICTIF_COLUMN, Written
from pipelines.publish.workbooks import Workbook

DESCRIPTOR, DCAT, LICENCE, README, CHANGELOG = (
    "datapackage.json",
    "dcat.jsonld",
    "LICENCE.md",
    "LISEZMOI.txt",
    "CHANGELOG.md",
)

FILES = (DESCRIPTOR, DCAT, LICENCE, README, CHANGELOG)

TITLE = "Atlas des professions et des spécialités médicales"
ETALAB = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte / Open Licence 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
EU = "http://publications.europa.eu/resource/authority"
FORMATS = {
    ".csv": ("text/csv", "CSV"),
    ".parquet": ("application/vnd.apache.parquet", "PARQUET"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
}

# Where a column names something that a table of reference lists: a foreign key, where all its values are there.
REFERENCES = {
    ("source",): "reference.sources",
    ("profession",): "reference.professions",
    ("variable",): "reference.variables_sae",
    ("commune",): "reference.communes",
    ("niveau", "code"): "reference.territoires",
    ("indicateur",): "reference.indicateurs",
    ("millesime", "finess"): "fiches.etablissements",
}


@dataclass(frozen=True)
class Release:
    """What a release says of itself; `adresse` is where it will stand on line, or empty."""

    version: str
    edition: int
    region: str
    region_libelle: str
    commit: str
    fictif: bool
    editeur: str
    adresse: str

    @property
    def title(self) -> str:
        """Title of the release, for a catalogue."""
        fiction = f" [{FICTIF}]" if self.fictif else ""
        return f"{TITLE}, {self.region_libelle}, édition {self.edition}{fiction}"

    @property
    def publisher(self) -> str:
        """Who publishes it (ATLAS_EDITEUR)."""
        return self.editeur or f"Agence régionale de santé, {self.region_libelle}"

    def at(self, path: str) -> str:
        """Address of a file of the release."""
        return f"{self.adresse.rstrip('/')}/{self.version}/{path}" if self.adresse else path


def write(
    connection: duckdb.DuckDBPyConnection,
    about: Release,
    folder: Path,
    written: list[Written],
    books: list[Workbook],
    diff: Diff,
    listed: list[dict[str, Any]],
    past: Path | None,
) -> None:
    """Writes the package into a release's folder; `listed` are its files, `past` the changelog of the one before."""
    before = past.read_text(encoding="utf-8") if past is not None and past.is_file() else ""
    said = {
        DESCRIPTOR: _json(descriptor(connection, about, written, listed)),
        DCAT: _json(dcat(about, listed, years(connection, written))),
        LICENCE: licence(about, written),
        CHANGELOG: changelog(about, diff, before),
    }
    for name, text in said.items():
        (folder / name).write_text(text, encoding="utf-8")
    # Old text editors of Windows need both.
    (folder / README).write_text(readme(about, books, diff), encoding="utf-8-sig", newline="\r\n")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def descriptor(
    connection: duckdb.DuckDBPyConnection, about: Release, written: list[Written], listed: list[dict[str, Any]]
) -> dict[str, Any]:
    """The Data Package: each table as CSV with its schema; every other file beside them, with sizes and hashes."""
    schemas = {
        tables.file_name(w.model, fictif=about.fictif): (w, _schema(connection, w, written, about)) for w in written
    }
    resources: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for file in listed:
        path = Path(file["nom"])
        if path.suffix not in FORMATS or path.parts[0] == "figures":
            continue
        described = {
            "path": file["nom"],
            "format": path.suffix[1:],
            "mediatype": FORMATS[path.suffix][0],
            "bytes": file["octets"],
            "hash": f"sha256:{file['sha256']}",
        }
        if path.suffix != ".csv" or path.stem.endswith("-fr") or path.parent.name == "csv-fr":
            others.append(described)
            continue
        resource = {
            "name": path.stem.removeprefix("FICTIF-").lower(),
            "type": "table",
            "encoding": "utf-8",
            **described,
        }
        if path.stem in schemas:
            w, schema = schemas[path.stem]
            resource |= {"title": w.model.title.rstrip("."), "schema": schema}
            resource |= {"description": w.model.notes} if w.model.notes else {}
            resource |= {"sources": found} if (found := _sources(w)) else {}
        resources.append(resource)
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atlas-sante-{about.region}",
        "title": about.title,
        "description": f"{TITLE} : {about.region_libelle}. {FICTIF + '. ' if about.fictif else ''}"
        f"Nombres vides : voir le statut de la ligne ({', '.join(signes.EMPTY)} dans les classeurs).",
        "version": about.version,
        "licenses": [ETALAB],
        "contributors": [{"title": about.publisher, "roles": ["publisher"]}],
        "keywords": ["santé", "démographie médicale", "professions de santé", about.region_libelle],
        "commit": about.commit,
        "fictif": about.fictif,
        "resources": resources,
        # The same tables for people and in Parquet: a validator would guess at their types.
        "autres_fichiers": others,
    }


def _sources(table: Written) -> list[dict[str, str]]:
    found = (catalogue.load(source) for source in sorted(models.sources_of(table.model.name)))
    return [{"title": f"{s.producteur} : {s.titre}", "path": s.adresse, "licence": s.licence} for s in found]


def _type(kind: str) -> str:
    if kind.startswith("DECIMAL"):
        return "number"
    return {"BOOLEAN": "boolean", "DATE": "date", "VARCHAR": "string"}.get(kind, "integer")


def _schema(
    connection: duckdb.DuckDBPyConnection, table: Written, written: list[Written], about: Release
) -> dict[str, Any]:
    """The Table Schema of a table: columns, key, and the references that the file itself holds."""
    fields: list[dict[str, Any]] = []
    tests = ", ".join(f'count(*) = count("{k}")' for k in table.model.grain)
    filled = connection.execute(f"SELECT {tests} FROM {table.model.name}").fetchall()[0]
    full = dict(zip(table.model.grain, filled, strict=True))
    for name, kind in table.columns:
        words = models.column_words(table.model, name)
        told = registers.package_field(table.model.name, name)
        limits = told.pop("constraints", {}) | ({"required": True} if full.get(name) else {})
        unit = {"unit": words.unit} if words.unit else {}
        field = {"name": name, "type": _type(kind), "description": words.description} | unit | told
        # An empty text of a key is a value: CSV doesn't tell it from a missing one.
        value: dict[str, Any] = {"missingValues": []} if full.get(name) and kind == "VARCHAR" else {}
        fields.append(field | value | ({"constraints": limits} if limits else {}))
    if about.fictif:
        fields.append({"name": FICTIF_COLUMN, "type": "string", "description": FICTIF})
    schema: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": fields,
        "missingValues": [""],
    }
    if all(filled):
        schema["primaryKey"] = list(table.model.grain)
    keys = _references(connection, table, {w.model.name for w in written})
    return schema | ({"foreignKeys": keys} if keys else {})


def _references(connection: duckdb.DuckDBPyConnection, table: Written, released: set[str]) -> list[dict[str, Any]]:
    here = {name for name, _ in table.columns}
    keys = []
    for columns, other in REFERENCES.items():
        if not set(columns) <= here or other == table.model.name or other not in released:
            continue
        joined = " AND ".join(f"o.{c} = t.{c}" for c in columns)
        asked = " OR ".join(f"t.{c} IS NOT NULL" for c in columns)
        orphans = (
            f"SELECT 1 FROM {table.model.name} AS t WHERE ({asked}) AND NOT EXISTS (FROM {other} AS o WHERE {joined})"
        )
        if not connection.execute(f"{orphans} LIMIT 1").fetchall():
            listed = list(columns) if len(columns) > 1 else columns[0]
            keys.append({"fields": listed, "reference": {"resource": other, "fields": listed}})
    return keys


def dcat(about: Release, listed: list[dict[str, Any]], years: tuple[int, int]) -> dict[str, Any]:
    """The record for data.gouv.fr, in DCAT-AP."""
    distributions = []
    for file in listed:
        path = Path(file["nom"])
        if path.suffix not in FORMATS or path.parts[0] == "figures":
            continue
        media, form = FORMATS[path.suffix]
        distributions.append(
            {
                "@type": "dcat:Distribution",
                "dct:title": path.name,
                "dcat:accessURL": {"@id": about.at(file["nom"])},
                "dcat:downloadURL": {"@id": about.at(file["nom"])},
                "dct:format": {"@id": f"{EU}/file-type/{form}"},
                "dcat:mediaType": {"@id": f"http://www.iana.org/assignments/media-types/{media}"},
                "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file["octets"])},
                "dct:license": {"@id": ETALAB["path"]},
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": file["sha256"]},
                },
            }
        )
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "owl": "http://www.w3.org/2002/07/owl#",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": about.at(DCAT),
        "@type": "dcat:Dataset",
        "dct:title": {"@language": "fr", "@value": about.title},
        "dct:description": {
            "@language": "fr",
            "@value": f"{FICTIF}. " * about.fictif
            + "Effectifs, densités, âges, cessations d'activité attendues, formations, recrutement, accès et tension : "
            + f"{about.region_libelle}, comparée aux autres régions et à la France.",
        },
        "dct:identifier": f"atlas-sante-{about.region}-{about.version}",
        "owl:versionInfo": about.version,
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": about.publisher},
        "dct:license": {"@id": ETALAB["path"]},
        "dct:language": {"@id": f"{EU}/language/FRA"},
        "dcat:theme": {"@id": f"{EU}/data-theme/HEAL"},
        "dct:accrualPeriodicity": {"@id": f"{EU}/frequency/ANNUAL"},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:gYear", "@value": str(years[0])},
            "dcat:endDate": {"@type": "xsd:gYear", "@value": str(years[1])},
        },
        "dct:spatial": {
            "@type": "dct:Location",
            "skos:prefLabel": about.region_libelle,
            "dct:identifier": about.region,
        },
        "dct:source": [{"@id": s.adresse, "dct:title": s.titre} for s in catalogue.load_all() if not s.restreint],
        "foaf:page": {"@id": about.at("index.html")},
        "dcat:distribution": distributions,
    }


def years(connection: duckdb.DuckDBPyConnection, written: list[Written]) -> tuple[int, int]:
    """First and last year that the tables of the atlas describe."""
    asked = [
        f"SELECT min(annee), max(annee) FROM {w.model.name}"
        for w in written
        if w.model.schema == "atlas" and "annee" in dict(w.columns)
    ]
    first, last = connection.execute(f"SELECT min(#1), max(#2) FROM ({' UNION ALL '.join(asked)})").fetchall()[0]
    return int(first), int(last)


# --- For people ---------------------------------------------------------------------------------------


def licence(about: Release, written: list[Written]) -> str:
    """What may be done with the release, and the licences of what it is made from."""
    used: dict[str, list[str]] = {}
    for w in written:
        for source in models.sources_of(w.model.name):
            used.setdefault(source, []).append(w.model.name)
    by_licence: dict[str, list[str]] = {}
    for source in sorted(used):
        entry = catalogue.load(source)
        by_licence.setdefault(entry.licence, []).append(
            f"- {entry.producteur}, « {entry.titre} » ({source}) : <{entry.adresse}>"
        )
    listed = "\n\n".join(f"### {name}\n\n" + "\n".join(lines) for name, lines in sorted(by_licence.items()))
    return f"""# Licence
{_fiction(about)}
{about.title}, publication {about.version}, par {about.publisher}.

Ce que cette publication ajoute aux sources (tables calculées, indicateurs, dictionnaire, pages) est sous
**{ETALAB["title"]}** : <{ETALAB["path"]}>. On peut le copier, le modifier, le rediffuser, y compris à des fins
commerciales, à condition d'en citer la source et la date :
« {about.publisher}, atlas, publication {about.version} ».

Les tables reprennent des données d'autres producteurs, qui gardent leur licence : qui réutilise une table
respecte aussi celles de ses sources. `datapackage.json` les donne table par table. Une base sous ODbL demande le
partage à l'identique de ce qui en est extrait. « Non vérifiée » et « à convenir » : à demander au producteur.

## Licences des sources

{listed}
"""


def _fiction(about: Release) -> str:
    return f"\n**{FICTIF} : aucun de ces nombres ne décrit la réalité.**\n" if about.fictif else ""


def readme(about: Release, books: list[Workbook], diff: Diff) -> str:
    """What is where, for the person who opens the folder."""
    prefix = "FICTIF-" if about.fictif else ""
    listed = "\n".join(f"    {b.file.partition('/')[2]:<28} {b.title}" for b in books)
    signs = "\n".join(f"    {sign:<6}{signes.SIGNS[sign]}" for sign in signes.EMPTY)
    since = f"ce qui a changé depuis {diff.before}" if diff.before else "première publication : rien à comparer"
    return f"""{about.title}
Publication {about.version}, par {about.publisher}
{f"{FICTIF} : aucun de ces nombres ne décrit la réalité.{chr(10)}" if about.fictif else ""}
Pour commencer : ouvrir index.html (il fonctionne sans réseau), ou l'un des classeurs.

classeurs/                      les tables pour être lues (Excel, LibreOffice), un classeur par thème :
{listed}
csv-fr/                         chaque table pour un tableur français (point-virgule, virgule décimale)
csv/                            chaque table pour les machines (RFC 4180, UTF-8, virgule, point décimal)
parquet/                        chaque table, typée, avec ses descriptions (R, Python, DuckDB)
{prefix}atlas_public.duckdb     toutes les tables dans un fichier DuckDB 1.x, avec leurs descriptions
{prefix}dictionnaire.csv        ce que dit chaque colonne (dictionnaire-fr.csv pour un tableur)
donnees.html                    les tables une à une, leurs sources et leurs dates
sources/                        une page par source : millésimes, colonnes, noms du producteur
methodologie.html               ce que mesure chaque indicateur
pages/, figures/, statique/     les pages de l'atlas ; les données et l'image de chaque figure
differences.html                {since} ; le détail dans {prefix}differences.csv et .parquet
fiches/                         une fiche par établissement, entité juridique et GHT (PDF et HTML) : ouvrir index.html
qualite.html                    contrôles et rapprochements
CHANGELOG.md                    ce que chaque publication de l'édition a changé
LICENCE.md                      ce qu'on peut en faire, et les licences des sources
verrou.json                     les extraits exacts dont cette édition est faite
datapackage.json, dcat.jsonld   description pour les machines (Data Package, DCAT-AP)
manifeste.json                  taille et empreinte de chaque fichier

Une case sans nombre dit pourquoi dans les classeurs :
{signs}
Dans les fichiers CSV et Parquet, la case est vide et la colonne « statut » dit pourquoi.

Ouvert d'un double clic, un fichier CSV perd les zéros en tête des codes (01 devient 1) : le classeur les garde, ou bien
Données > À partir d'un fichier texte, en choisissant le type Texte. Dans csv-fr, un texte qui commence par = + - ou @
est précédé d'une apostrophe, pour qu'un tableur ne l'exécute pas ; csv/ et parquet/ le gardent tel quel.
"""


def changelog(about: Release, diff: Diff, before: str) -> str:
    """The release's entry above those of the releases before it; `before` is the changelog of the previous one."""
    head = f"# Publications de l'atlas, édition {about.edition}, région {about.region}\n{_fiction(about)}"
    if diff.before is None:
        entry = "Première publication.\n"
    else:
        counted = {ADDED: "lignes ajoutées", REMOVED: "lignes retirées", REVISED: "valeurs révisées"}
        entry = (
            f"Par rapport à {diff.before} : " + ", ".join(f"{diff.total(k)} {v}" for k, v in counted.items()) + ".\n"
        )
        causes = diff.causes()
        if causes:
            entry += "Causes : " + ", ".join(f"{c or WITHOUT} {number}" for c, number in causes.items()) + ".\n"
        if diff.files:
            told = ", ".join(f"{number} {kind}" for kind, number in diff.files.items())
            only = "" if "tables" in diff.files else "Aucune table n'a changé : seulement des mots, ou des images. "
            entry += f"{only}Fichiers différents : {told}.\n"
        entry += "".join(f"\n- source {line}" for line in diff.sources)
        entry += "".join(f"\n- {table} : {sum(counts.values())} différences" for table, counts in diff.counts.items())
    past = before.partition("\n## ")
    return f"{head}\n## {about.version}\n\n{entry.rstrip()}\n" + (f"\n## {past[2]}" if past[1] else "")
