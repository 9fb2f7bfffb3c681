"""One table of a source: its key, what tells its year, what is mended in it, how it lies."""

import re
from typing import Literal

from pydantic import Field, model_validator

from pipelines.catalogue.layouts import Layout
from pipelines.strict import Strict

# What a source is about: the tag by which its DAG is found among the others.
Domain = Literal[
    "accès aux soins",
    "conditions d'exercice",
    "départs",
    "emploi",
    "établissements",
    "formation",
    "population",
    "professionnels",
    "territoires",
]


class Year(Strict):
    """What tells the year of a line, in SQL on the staged columns: of all of them, or of a series the last alone.

    `de` and `a` are how many years before and after the vintage's label a line may be; `raison`, why.
    """

    toutes: str = ""
    derniere: str = ""
    de: int = Field(default=0, le=0)
    a: int = Field(default=0, ge=0)
    raison: str = ""

    @model_validator(mode="after")
    def _one(self) -> "Year":
        if bool(self.toutes) == bool(self.derniere):
            raise ValueError("`annee` veut `toutes` ou `derniere`, l'un des deux")
        return self


class Repair(Strict):
    """What is mended in a column as it is staged, because the source itself says what belongs there.

    `chiffres`: its codes have that many digits, and one that lost its leading zeros gets them back. `de` and `par`:
    an empty cell takes what that other table of the vintage has in the column, where both say the same `par`.
    `raison` says why it is right; how many cells were mended is told each time.
    """

    chiffres: int | None = Field(default=None, ge=2)
    de: str | None = None
    par: str | None = None
    raison: str

    @model_validator(mode="after")
    def _one(self) -> "Repair":
        if bool(self.chiffres) == bool(self.de) or bool(self.de) != bool(self.par):
            raise ValueError("`reparations` veut `chiffres`, ou `de` et `par`")
        return self


class Sum(Strict):
    """A total that the producer publishes beside its parts, in SQL conditions on the staged columns.

    `mesure` is what is added up, `tout` the lines that say the total, `parties` those that it adds up, `par` the
    columns that a total and its parts share; `since` and `until` the first and the last vintage of which it is true.
    """

    mesure: str
    tout: str
    parties: str
    par: list[str]
    since: int | None = None
    until: int | None = None

    def holds_in(self, millesime: int) -> bool:
        """Whether the producer publishes this total in that vintage."""
        return (self.since or millesime) <= millesime <= (self.until or millesime)


class Table(Strict):
    """One table of a source: its key, its least plausible size on real extracts, its layouts.

    `key_blank` lists the columns of the key that may be empty (a region's code on a national line).
    The key is `_ligne` where the producer gives none: then each line stands for itself.
    `annee` is what its lines say of their year, which is held against the vintage's label.
    `listes` gives the codes that a column may hold: written out, or the name of a table of sql/reference/.
    `obligatoires` are the columns that no row may leave empty, `exemple` the rows that a template shows;
    the checks and the template of a contract both come from them. `formes` gives the pattern of a whole cell of a
    text column: a cell of another form is left empty as it is read, and past a small share the vintage is refused.
    `reparations` gives the columns that are mended, and how. `sauf` gives, for each vintage in which the producer did
    not publish it, the reason why.
    `lieux` are the columns of the key that say where: a line set aside that has lost them is still one of France.
    `indispensables` are the columns whose empty cell says something (no end yet): a line goes with one that can't be
    read. `faits` are the texts that are what a line says, as its numbers are (a zone). `signees` are the numbers that
    may be under zero (a balance, an index, a coordinate); no other one is. `parties` is the column that names the parts
    of a whole: a line that leaves it empty says the whole itself.
    `totaux` gives, for a text of the key, the pattern of the totals that the producer lists among the lines, and that
    the models know; another total is set aside. `sommes` says which of them are exactly the sum of which lines.
    `decoule` gives, for a column of the key, the one that tells it (a region, by its département): a line that says
    otherwise than most of its like has one of the two wrong. `nommes` are the columns whose cells give a code and its
    name (« 014 -Calvados »): a line whose name is mostly that of another code has one of the two wrong.
    `synonymes` gives, for a column that the name of the file says, the names that say the same (without accents, words
    parted by one blank): two files of one meaning would be counted twice. `sens` gives, for a column of the key that
    the name of a sheet or of a file says, what is read in it, in SQL (a macro of sql/macros.sql): two names of one
    meaning, for what else is the same key, refuse the vintage.
    """

    title: str
    key: list[str]
    key_blank: list[str] = []
    lieux: list[str] = []
    annee: Year | None = None
    rows_min: int = 1
    since: int | None = None
    until: int | None = None
    sauf: dict[int, str] = {}
    optional: bool = False
    obligatoires: list[str] = []
    listes: dict[str, str | dict[str, str]] = {}
    exemple: list[dict[str, str]] = []
    formes: dict[str, str] = {}
    reparations: dict[str, Repair] = {}
    indispensables: list[str] = []
    faits: list[str] = []
    signees: list[str] = []
    parties: str | None = None
    totaux: dict[str, str] = {}
    sommes: list[Sum] = []
    decoule: dict[str, str] = {}
    nommes: list[str] = []
    synonymes: dict[str, dict[str, str]] = {}
    sens: dict[str, str] = {}
    layouts: list[Layout]

    @model_validator(mode="after")
    def _whole(self) -> "Table":
        if len({somme.mesure for somme in self.sommes}) > 1:
            raise ValueError("les `sommes` d'une table sont d'une seule `mesure`")
        if not set(self.lieux) <= set(self.key) - set(self.key_blank):
            raise ValueError("les `lieux` d'une table sont de sa clé, et ne peuvent y être vides")
        if not set(self.sens) <= set(self.key):
            raise ValueError("les colonnes de `sens` sont de la clé de la table")
        return self

    @property
    def named(self) -> set[str]:
        """The columns that the entry names beside its key; each has its line in the map."""
        return {
            *self.obligatoires,
            *self.listes,
            *self.formes,
            *self.reparations,
            *self.indispensables,
            *self.faits,
            *self.signees,
            *self.totaux,
            *self.synonymes,
            *self.nommes,
            *([self.parties] if self.parties else []),
            *(column for row in self.exemple for column in row),
        }

    def goes_with(self, column: str, *, number: bool) -> bool:
        """Whether a line goes with a cell of that column that can't be read: the cell tells the line, or is its sense.

        A number that is asked for is only unknown.
        """
        year = f"{self.annee.toutes} {self.annee.derniere}" if self.annee else ""
        told = column in (*self.key, *self.indispensables) or re.search(rf"\b{column}\b", year) is not None
        return told or (column in self.obligatoires and not number)

    def exists_in(self, millesime: int) -> bool:
        """Whether the producer publishes this table in that vintage."""
        inside = (self.since is None or millesime >= self.since) and (self.until is None or millesime <= self.until)
        return inside and millesime not in self.sauf
