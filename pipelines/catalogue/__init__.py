"""The catalogue: what each source is, and how each range of its vintages is laid out.

`<source>.yml` says who produces it, under which licence, how often, what its label means, and per
table where the cells are. `<source>.columns.csv` says, for each table, our column name, its type, unit and
description, and the producer's name for it in each vintage. The columns of a survey follow from its `questionnaire`.
"""

import csv
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from pipelines.catalogue.fetch import Fetch, Named, Written
from pipelines.catalogue.layouts import Layout
from pipelines.catalogue.tables import Domain, Table
from pipelines.cells import notation
from pipelines.errors import AtlasError, Place, UsageError
from pipelines.questionnaires import RESPONDENT, Questionnaire
from pipelines.strict import Strict

FOLDER = Path(__file__).parent

# Cells of the column map that are not a header of the extract.
CAPTURED = re.compile(r"<(\w+)>")  # taken from the name of the file, the sheet or the heading
VALUE = "<valeur>"  # the cell of a heading that was turned into a key
ABSENT = "<absente>"  # beside the accepted names: the column may be missing, and is then empty
ACCEPTED = re.compile(r"/[^/]+/|[^|]+")  # each accepted name of a cell; a pattern may have bars of its own
NOWHERE = "-"  # alone: the producer has no such column in that vintage
IGNORED = "ignoré"
# Type of a column that identifies a person: staged as a keyed hash (pipelines/arrival/personnes.py).
PERSON = "personne"
# How a column of the map shows its marks of thousands and of decimals.
EXAMPLE = re.compile(r"1([ .,]?)234(?:([.,])5)?")
# Key of a table to whose lines the producer gives none.
LINE = "_ligne"

Sens = Literal["situation", "exercice", "session", "enquête", "géographie", "nomenclature", "base"]


class Millesime(Strict):
    """What a label of this source means, and how old the vintage of reference may be.

    `date_reference` is the date described, with `{millesime}`; `age_max` counts the years from the
    label to the edition.
    """

    sens: Sens
    periode: str
    date_reference: str
    age_max: int = Field(ge=0)


class Confidentialite(Strict):
    """What of a restricted source can't be shown, and why.

    A number of persons from 1 to `seuil` - 1; where respondents are establishments, a sum of which one makes
    the share `dominance` or more, that fewer than `contributeurs` make (who answered zero makes none of it), or in
    which the second respondent knows the first within the share `precision`: the others make less than that of it.
    """

    seuil: int = Field(ge=2)
    dominance: float | None = Field(default=None, gt=0.5, lt=1)
    contributeurs: int = Field(default=1, ge=1)
    precision: float | None = Field(default=None, gt=0, lt=1)
    raison: str


class Column(Strict):
    """One line of a column map; `theirs` gives the producer's names per vintage, as they are written.

    Several accepted names are separated by `|`; a name between slashes is a pattern of the whole name. An empty
    cell is what the nearest earlier vintage says: a new one is written where it differs, and nowhere else.
    `ecriture` shows how its numbers are written (`1.234,5`) or its dates (`JJ/MM/AAAA`), where the layout doesn't.
    """

    table: str
    name: str
    type: str
    unit: str
    description: str
    theirs: dict[int, str]
    ecriture: str = ""

    @field_validator("ecriture")
    @classmethod
    def _known(cls, text: str) -> str:
        if text and text not in notation.DATES and not EXAMPLE.fullmatch(text):
            raise ValueError(
                f"`ecriture` : « {text} » ne montre ni un nombre (1 234,5 ; 1.234,5 ; 1,234.5 ; 1.234), ni une date "
                f"({', '.join(notation.DATES)})"
            )
        return text

    @property
    def marks(self) -> tuple[str, str]:
        """The marks of thousands and of decimals that its `ecriture` shows; empty where the layout says them."""
        found = EXAMPLE.fullmatch(self.ecriture)
        return (found[1] or "", found[2] or "") if found else ("", "")

    @property
    def sql(self) -> str:
        """Its type once staged: the hash of a person is text."""
        return "VARCHAR" if self.type == PERSON else self.type

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers."""
        return self.type.startswith(("DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"))

    @property
    def may_be_anything(self) -> bool:
        """Whether it keeps the text of a cell as it is."""
        captured = all(CAPTURED.fullmatch(text) for text in self.theirs.values() if text not in ("", NOWHERE))
        return self.type == "VARCHAR" and not captured

    def headings(self, millesime: int) -> list[str]:
        """The producer's accepted names in that vintage; empty where the column doesn't exist."""
        return [name for name in self._names(millesime) if name != ABSENT]

    def said_in(self, year: int) -> int:
        """The column of the map that speaks for this one: itself, or where its cell is empty the nearest before it."""
        return max(y for y, text in self.theirs.items() if y <= year and text)

    def may_lack(self, millesime: int) -> bool:
        """Whether some files of that vintage go without the column."""
        return ABSENT in self._names(millesime)

    def _names(self, millesime: int) -> list[str]:
        text = self.theirs[self.said_in(map_year(self.theirs, millesime))]
        if text == NOWHERE:
            return []
        text = text.replace("{millesime}", str(millesime)).replace("{aa}", f"{millesime % 100:02d}")
        return ACCEPTED.findall(text)


def map_year(years: dict[int, str], millesime: int) -> int:
    """The column of a map that reads a vintage: the newest declared up to it, else the oldest."""
    earlier = [year for year in years if year <= millesime]
    return max(earlier) if earlier else min(years)


class Source(Strict):
    """One dataset with one meaning; its `domaine` is the tag by which its DAG is found among the others.

    A source that is `restreint` enters no release but through tables that `confidentialite` protects
    (pipelines/disclosure/); what a producer publishes openly is never hidden. `conservation` is how many
    years after its label a vintage's bytes may be kept; None: for ever.
    `contrat` says that no official layout exists and that this one is ours (contracts.py).
    `archive` is the pattern of the .7z or .zip that may stand in a vintage's folder in place of its files.
    """

    id: str
    producteur: str
    titre: str
    domaine: Domain
    licence: str
    adresse: str
    cadence: str
    cron: str
    folder: str
    archive: str | None = None
    fetch: Fetch | None = None
    label: int | None = None
    fictif_seulement: bool = False
    restreint: bool = False
    confidentialite: Confidentialite | None = None
    conservation: int | None = Field(default=None, ge=0)
    contrat: bool = False
    quarantine_share_max: float = Field(default=0.01, ge=0, le=1)
    millesime: Millesime
    limits: str = ""
    known_files: dict[str, str] = {}
    questionnaire: Questionnaire | None = None
    tables: dict[str, Table]
    columns: list[Column]

    @model_validator(mode="after")
    def _consistent(self) -> "Source":
        oldest = min(year for column in self.columns for year in column.theirs)
        unsaid = [f"{c.table}.{c.name}" for c in self.columns if not c.theirs[oldest]]
        if unsaid:
            raise ValueError(
                f"la carte n'est remplie que pour {len(self.columns) - len(unsaid)} lignes sur {len(self.columns)} "
                f"en {oldest}, son plus ancien millésime : une case vide reprend celui d'avant, et il n'y en a pas. "
                f"Y écrire le nom que le producteur donnait, ou « {NOWHERE} » s'il n'avait pas la colonne : "
                f"{', '.join(unsaid[:6])}{' …' if len(unsaid) > 6 else ''}"
            )
        for column in self.columns:
            if column.table not in self.tables:
                raise ValueError(f"la colonne {column.name} nomme une table inconnue : {column.table}")
        for name, table in self.tables.items():
            names = [c.name for c in self.of_table(name)]
            missing = [k for k in (*table.key, *table.key_blank) if k not in names and table.key != [LINE]]
            if missing:
                raise ValueError(f"clé de la table {name} absente de la carte des colonnes : {missing}")
            if said := table.named - set(names):
                raise ValueError(f"table {name} : colonnes absentes de la carte : {sorted(said)}")
            loose = [
                c.name
                for c in self.of_table(name)
                if self.personal and c.may_be_anything and c.name not in table.formes
            ]
            if loose:  # a name would enter it by a swap of two headings
                raise ValueError(f"table {name} : textes d'une source personnelle sans `formes` : {loose}")
            double = {n for n in names if names.count(n) > 1}
            if double:
                raise ValueError(f"table {name} : noms deux fois dans la carte : {sorted(double)}")
            self._readable(name, table)
        return self

    def _readable(self, name: str, table: Table) -> None:
        """Raises ValueError where a table could not be read, or mended, though the entry says it is there."""
        columns = self.of_table(name)
        years = sorted({year for column in columns for year in column.theirs if table.exists_in(year)})
        blank = [year for year in years if not any(column.headings(year) for column in columns)]
        if blank:
            raise ValueError(
                f"table {name} : la carte n'a que des « {NOWHERE} » en {blank}, alors que la table existe alors : "
                "laisser vides les cases qui reprennent l'année d'avant, ou dire sous `sauf` pourquoi elle manque"
            )
        for column, repair in table.reparations.items():
            said = [c.name for c in self.of_table(repair.de)] if repair.de else []
            if repair.de and not {column, repair.par} <= set(said):
                raise ValueError(f"table {name} : {repair.de} n'a pas de quoi réparer {column} par {repair.par}")

    def of_table(self, table: str) -> list[Column]:
        """The mapped columns of a table, in the map's order; known but unread ones are left out."""
        return [c for c in self.columns if c.table == table and c.type != IGNORED]

    def cells(self, table: str, millesime: int) -> list[str]:
        """The names of a table's columns that a row says by its own cells: not by its file, its sheet or a heading."""
        return [
            column.name
            for column in self.of_table(table)
            if not any(CAPTURED.fullmatch(h) and h != VALUE for h in column.headings(millesime))
        ]

    @property
    def newest(self) -> int:
        """The newest vintage that the entry knows of: its map, its layouts, or an address written out for it."""
        known = [year for column in self.columns for year in column.theirs]
        known += [layout.since for table in self.tables.values() for layout in table.layouts]
        for file in self.fetch.files if self.fetch else ():
            known += file.millesimes if isinstance(file, Written) else file.connus if isinstance(file, Named) else ()
        return max(known)

    @property
    def personal(self) -> bool:
        """Whether its extracts hold what identifies persons: none of their text is quarantined or told."""
        return any(c.type == PERSON for c in self.columns)

    def ignored(self, table: str) -> list[Column]:
        """Columns that the extract is known to have and that stay in the archive."""
        return [c for c in self.columns if c.table == table and c.type == IGNORED]

    def layout(self, table: str, millesime: int) -> Layout:
        """The layout that reads a vintage of a table: the newest up to it, else the oldest."""
        layouts = self.tables[table].layouts
        earlier = [layout for layout in layouts if layout.since <= millesime]
        return max(earlier, key=lambda x: x.since) if earlier else min(layouts, key=lambda x: x.since)

    def declares(self, millesime: int) -> bool:
        """Whether the map has a column of its own for that vintage; a contract holds until its next column."""
        return self.contrat or any(millesime in column.theirs for column in self.columns)

    def staged_name(self, table: str) -> str:
        """Name of the staged table: `<source>_<table>`, or the source alone when it has one table."""
        return self.id if table == self.id else f"{self.id}_{table}"


@functools.lru_cache(maxsize=65536)
def normalise(heading: str) -> str:
    """A heading as it is compared: producers change its case and its blanks, not its meaning."""
    return " ".join(heading.replace("\ufeff", "").replace("\u00a0", " ").split()).casefold()


def same_heading(name: str, heading: str) -> bool:
    """Whether a heading is the one that a map names, or matches its pattern."""
    if len(name) > 2 and name.startswith("/") and name.endswith("/"):
        return re.fullmatch(name[1:-1], normalise(heading), re.IGNORECASE) is not None
    return normalise(name) == normalise(heading)


def _read_columns(path: Path) -> Iterator[Column]:
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            years = {int(k): (v or "").strip() for k, v in row.items() if k and k.isdigit()}
            yield Column(
                table=row["table"],
                name=row["name"],
                type=row["type"],
                unit=row["unit"],
                description=row["description"],
                theirs=years,
                ecriture=(row.get("ecriture") or "").strip(),
            )


# What a survey's folder holds: workbooks as establishments save them, but not the locks of open ones.
DEPOSIT = r"(?P<depot>(?!~\$).+)\.(xlsx|xlsm|xls|ods)"


def _of_questionnaire(source_id: str, data: dict[str, Any]) -> tuple[dict[str, Any], list[Column]]:
    """The table and the columns of a survey, from its questions."""
    asked = Questionnaire(**data["questionnaire"])
    layout = {
        "since": min(asked.campagnes),
        "file": DEPOSIT,
        "reader": "questionnaire",
        "isolated": True,
        "questionnaire": asked,
    }
    table = {
        "title": "réponses, une par question et ligne",
        "key": [RESPONDENT, "question", "modalite"],
        "annee": {"toutes": "annee"},
        "layouts": [layout],
    }
    columns = [
        Column(
            table=source_id,
            name=name,
            type=kind,
            unit="",
            description=description,
            theirs=dict.fromkeys(asked.campagnes, name),
        )
        for name, kind, description in asked.columns()
    ]
    return {"tables": {source_id: table}, "known_files": {r"~\$.*": "verrou d'un classeur ouvert"}, **data}, columns


def _of_contract(data: dict[str, Any]) -> None:
    """A contract is filled by people: numbers as the French write them, and the usual signs of the missing."""
    for table in data["tables"].values():
        for layout in table["layouts"]:
            layout.setdefault("decimal", ",")
            layout.setdefault("markers", notation.USUAL)


def parse(folder: Path, source_id: str) -> Source:
    """Reads one entry of a catalogue folder.

    Raises AtlasError where the entry is not well formed.
    """
    entry, columns = folder / f"{source_id}.yml", folder / f"{source_id}.columns.csv"
    try:
        data = yaml.load(entry.read_text(encoding="utf-8"), yaml.CSafeLoader)
        if data.get("contrat"):
            _of_contract(data)
        if "questionnaire" in data:
            data, mapped = _of_questionnaire(source_id, data)
            return Source(id=source_id, columns=mapped, **data)
        return Source(id=source_id, columns=list(_read_columns(columns)), **data)
    except (ValidationError, yaml.YAMLError, KeyError, TypeError, OSError, ValueError) as error:
        raise AtlasError(
            f"L'entrée du catalogue « {source_id} » ne se lit pas : {error}",
            where=Place(source=source_id, file=str(entry.relative_to(folder.parent.parent))),
            expected="une entrée comme ses voisines de pipelines/catalogue/",
            todo="corriger le fichier .yml ou la carte .columns.csv",
        ) from error


def files(source_id: str) -> list[Path]:
    """The files of an entry; a survey has no column map."""
    return [path for path in (FOLDER / f"{source_id}.yml", FOLDER / f"{source_id}.columns.csv") if path.is_file()]


@functools.cache
def sources() -> tuple[str, ...]:
    """The identifiers of all sources, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yml")))


@functools.cache
def load(source_id: str) -> Source:
    """One source of the catalogue. Raises UsageError for a name it doesn't have."""
    if source_id not in sources():
        raise UsageError(
            f"Source inconnue : « {source_id} ».",
            expected="l'une de : " + ", ".join(sources()),
            todo="atlas sources en donne la liste",
        )
    return parse(FOLDER, source_id)


def load_all() -> list[Source]:
    """All sources, in alphabetical order."""
    return [load(source_id) for source_id in sources()]
