"""The package of a release: what machines and people need to find, cite, check and reuse it.

`datapackage.json` (Data Package 2.0), `dcat.jsonld` (DCAT-AP, for data.gouv.fr), `LICENCE.md`, `LISEZMOI.txt` (their
words: gabarits/), and `CHANGELOG.md`. Addresses are relative to the folder, or under the one that the agency sets
(ATLAS_ADRESSE).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from pipelines import catalogue
from pipelines.catalogue import registers
from pipelines.edition import models
from pipelines.publish import tables, workbooks
from pipelines.publish.differences import ADDED, REMOVED, REVISED, WITHOUT, Diff
from pipelines.publish.public import FICTIF, FICTIF_COLUMN, WrittenTable
from pipelines.publish.rows import text_of, whole_of
from pipelines.publish.site import TEMPLATES
from pipelines.publish.views import Views
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
VOCABULARIES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
FORMATS = {
    ".csv": ("text/csv", "CSV"),
    ".parquet": ("application/vnd.apache.parquet", "PARQUET"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
}


@dataclass(frozen=True)
class About:
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
    about: About,
    folder: Path,
    written: list[WrittenTable],
    books: list[Workbook],
    diff: Diff,
    listed: list[dict[str, Any]],
    past: Path | None,
) -> None:
    """Writes the package into a release's folder; `listed` are its files, `past` the changelog of the one before."""
    before = past.read_text(encoding="utf-8") if past is not None and past.is_file() else ""
    views = Views(connection)
    keys = tables.keys(connection, written)
    (described,) = views.view("periode").rows
    said = {
        DESCRIPTOR: _json(descriptor(about, written, listed, keys, views)),
        DCAT: _json(dcat(about, listed, (whole_of(described, "premiere"), whole_of(described, "derniere")))),
        LICENCE: licence(about, written),
        CHANGELOG: changelog(about, diff, before),
    }
    for name, text in said.items():
        (folder / name).write_text(text, encoding="utf-8")
    # Old text editors of Windows need both.
    (folder / README).write_text(readme(about, books, diff, written, views), encoding="utf-8-sig", newline="\r\n")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def descriptor(
    about: About, written: list[WrittenTable], listed: list[dict[str, Any]], keys: dict[str, tables.Keys], views: Views
) -> dict[str, Any]:
    """The Data Package: each table as CSV with its schema; every other file beside them, with sizes and hashes.

    Tables without a line have no file: `tables_vides` names them, each with its reason.
    """
    by_file = {tables.file_name(w.model, fictif=about.fictif): w for w in written if w.rows}
    resources: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for file in _described(listed):
        path = Path(file["path"])
        if path.suffix != ".csv" or path.stem.endswith("-fr") or path.parent.name == "csv-fr":
            others.append(file)
            continue
        resource = {
            "name": path.stem.removeprefix("FICTIF-").lower(),
            "type": "table",
            "encoding": "utf-8",
            **file,
        }
        if path.stem in by_file:
            resource |= _resource(by_file[path.stem], keys, about)
        resources.append(resource)
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atlas-sante-{about.region}",
        "title": about.title,
        "description": f"{TITLE} : {about.region_libelle}. {FICTIF + '. ' if about.fictif else ''}"
        f"Nombres vides : voir le statut de la ligne ({', '.join(_signs(views))} dans les classeurs).",
        "version": about.version,
        "licenses": [ETALAB],
        "contributors": [{"title": about.publisher, "roles": ["publisher"]}],
        "keywords": ["santé", "démographie médicale", "professions de santé", about.region_libelle],
        "commit": about.commit,
        "fictif": about.fictif,
        "resources": resources,
        # The same tables for people and in Parquet: a validator would guess at their types.
        "autres_fichiers": others,
        "tables_vides": [
            {"name": model.name, "title": model.title.rstrip("."), "motif": why}
            for model, why in workbooks.empty(written, views)
        ],
    }


def _signs(views: Views) -> dict[str, str]:
    """What stands in place of a number, with what it means."""
    return {text_of(row, "signe"): text_of(row, "sens") for row in views.rows("signes", {"liste": "signe"})}


def _described(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tables among the files of a release: the data of a figure are beside it, and are those of a table."""
    found = []
    for file in listed:
        path = Path(file["nom"])
        if path.suffix in FORMATS and path.parts[0] != "figures":
            found.append(
                {
                    "path": file["nom"],
                    "format": path.suffix[1:],
                    "mediatype": FORMATS[path.suffix][0],
                    "bytes": file["octets"],
                    "hash": f"sha256:{file['sha256']}",
                }
            )
    return found


def _resource(table: WrittenTable, keys: dict[str, tables.Keys], about: About) -> dict[str, Any]:
    """What is said of a table: title, schema, note, sources."""
    found = (catalogue.load(source) for source in sorted(models.sources_of(table.model.name)))
    sources = [{"title": f"{s.producteur} : {s.titre}", "path": s.adresse, "licence": s.licence} for s in found]
    return {
        "title": table.model.title.rstrip("."),
        "schema": _schema(table, keys[table.model.name], about),
        **({"description": table.model.notes} if table.model.notes else {}),
        **({"sources": sources} if sources else {}),
    }


def _type(kind: str) -> str:
    if kind.endswith("INT") or kind == "INTEGER":
        return "integer"
    return {"BOOLEAN": "boolean", "DATE": "date", "VARCHAR": "string"}.get(kind, "number")


def _schema(table: WrittenTable, keys: tables.Keys, about: About) -> dict[str, Any]:
    """The Table Schema of a table: columns, key, and the references that the file itself holds."""
    fields: list[dict[str, Any]] = []
    for name, kind in table.columns:
        words = models.column_words(table.model, name)
        told = registers.package_field(table.model.name, name)
        limits = told.pop("constraints", {}) | ({"required": True} if name in keys.filled else {})
        unit = {"unit": words.unit} if words.unit else {}
        field = {"name": name, "type": _type(kind), "description": words.description} | unit | told
        # An empty text of a key is a value: CSV doesn't tell it from a missing one.
        value: dict[str, Any] = {"missingValues": []} if name in keys.filled and kind == "VARCHAR" else {}
        fields.append(field | value | ({"constraints": limits} if limits else {}))
    if about.fictif:
        fields.append({"name": FICTIF_COLUMN, "type": "string", "description": FICTIF})
    schema: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": fields,
        "missingValues": [""],
    }
    if keys.filled.issuperset(table.model.grain):
        schema["primaryKey"] = list(table.model.grain)
    named = [(list(columns) if len(columns) > 1 else columns[0], other) for columns, other in keys.foreign]
    foreign = [{"fields": fields, "reference": {"resource": other, "fields": fields}} for fields, other in named]
    return schema | ({"foreignKeys": foreign} if foreign else {})


def dcat(about: About, listed: list[dict[str, Any]], years: tuple[int, int]) -> dict[str, Any]:
    """The record for data.gouv.fr, in DCAT-AP; `years`, the first and the last that its tables describe."""
    return {
        "@context": VOCABULARIES,
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
        "dcat:distribution": [_distribution(about, file) for file in _described(listed)],
    }


def _distribution(about: About, file: dict[str, Any]) -> dict[str, Any]:
    """One file of the record."""
    path = Path(file["path"])
    media, form = FORMATS[path.suffix]
    return {
        "@type": "dcat:Distribution",
        "dct:title": path.name,
        "dcat:accessURL": {"@id": about.at(file["path"])},
        "dcat:downloadURL": {"@id": about.at(file["path"])},
        "dct:format": {"@id": f"{EU}/file-type/{form}"},
        "dcat:mediaType": {"@id": f"http://www.iana.org/assignments/media-types/{media}"},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file["bytes"])},
        "dct:license": {"@id": ETALAB["path"]},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": file["hash"].removeprefix("sha256:")},
        },
    }


# --- For people ---------------------------------------------------------------------------------------


def licence(about: About, written: list[WrittenTable]) -> str:
    """What may be done with the release, and the licences of what it is made from."""
    used = sorted({source for w in written for source in models.sources_of(w.model.name)})
    by_licence: dict[str, list[catalogue.Source]] = {}
    for entry in map(catalogue.load, used):
        by_licence.setdefault(entry.licence, []).append(entry)
    return _render(f"{LICENCE}.j2", about=about, licence=ETALAB, sources=sorted(by_licence.items()))


def readme(about: About, books: list[Workbook], diff: Diff, written: list[WrittenTable], views: Views) -> str:
    """What is where, for the person who opens the folder."""
    released = {w.model.name: w.rows for w in written}
    reasons: dict[str, list[str]] = {}
    for model, why in workbooks.empty(written, views):
        reasons.setdefault(why, []).append(model.name)
    return _render(
        f"{README}.j2",
        about=about,
        prefixe="FICTIF-" if about.fictif else "",
        classeurs=[(book.file.partition("/")[2], book.title) for book in books],
        commencer=[(table, name) for table, name in workbooks.start().items() if released.get(table)],
        vides=sorted(reasons.items()),
        signes=[(text_of(row, "signe"), text_of(row, "sens")) for row in views.signs_told],
        avant=diff.before,
    )


def _render(name: str, **values: Any) -> str:
    """A plain text of gabarits/: nothing in it is markup, and a line ends where its template ends it."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template(name).render(**values, avertissement=FICTIF)


def _fiction(about: About) -> str:
    return f"\n**{FICTIF} : aucun de ces nombres ne décrit la réalité.**\n" if about.fictif else ""


def changelog(about: About, diff: Diff, before: str) -> str:
    """The release's entry above those of the releases before it; `before` is the changelog of the previous one."""
    head = f"# Publications de l'atlas, édition {about.edition}, région {about.region}\n{_fiction(about)}"
    entry = "".join(f"{line}\n" for line in _told(diff))
    if diff.before is not None:
        entry += "".join(f"\n- source {line}" for line in diff.sources)
        entry += "".join(f"\n- {table} : {sum(counts.values())} différences" for table, counts in diff.counts.items())
    past = before.partition("\n## ")
    return f"{head}\n## {about.version}\n\n{entry.rstrip()}\n" + (f"\n## {past[2]}" if past[1] else "")


def told(diff: Diff) -> str:
    """What a release changes, in a few sentences."""
    return " ".join(_told(diff))


def _told(diff: Diff) -> list[str]:
    if diff.before is None:
        return ["Première publication."]
    counted = {ADDED: "lignes ajoutées", REMOVED: "lignes retirées", REVISED: "valeurs révisées"}
    said = [f"Par rapport à {diff.before} : " + ", ".join(f"{diff.total(k)} {v}" for k, v in counted.items()) + "."]
    causes = diff.causes()
    if causes:
        said.append("Causes : " + ", ".join(f"{c or WITHOUT} {number}" for c, number in causes.items()) + ".")
    if diff.files:
        files = ", ".join(f"{number} {kind}" for kind, number in diff.files.items())
        only = "" if "tables" in diff.files else "Aucune table n'a changé : seulement des mots, ou des images. "
        said.append(f"{only}Fichiers différents : {files}.")
    return said
