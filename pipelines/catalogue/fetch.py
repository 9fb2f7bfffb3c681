"""The `fetch` block of a catalogue entry: where a source's files are had from, and which of them.

Four kinds, told apart by `type`: a dataset of data.gouv.fr, datasets of an Opendatasoft portal, addresses written
out, or figures that an interface answers one by one, to who has its key. `pipelines/connectors/declared.py` goes and
gets them.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator

from pipelines.strict import Strict

YEAR = "(?P<millesime>"


def compiled(text: str) -> re.Pattern[str]:
    """A pattern of a `fetch` block. Raises ValueError where it doesn't read."""
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"le motif « {text} » ne se lit pas : {error}") from error


def _secure(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError(f"une adresse https:// : {url}")
    if parts.username or parts.password or not parts.hostname:
        raise ValueError("une adresse avec un hôte, et sans mot de passe")
    return url


def _readable(text: str) -> str:
    compiled(text)
    return text


Pattern = Annotated[str, AfterValidator(_readable)]
Address = Annotated[str, AfterValidator(_secure)]
DatasetOds = Annotated[str, Field(pattern=r"^[\w.@-]+$")]
DatasetGouv = Annotated[str, Field(pattern=r"^[\w-]+$")]


class _File(Strict):
    """One file of a vintage.

    `name` is the name to give to the file; `{millesime}` and `{aa}` stand there for the vintage and its last
    two digits. An archive comes as it is: `packed` opens it as it does a deposited one.
    """

    optional: bool = False
    name: str | None = None

    @property
    def dated(self) -> bool:
        """Whether it says of which vintage it is."""
        return YEAR in getattr(self, "pattern", "")


class Named(_File):
    """A file of a portal, known by its name or its title; on data.gouv.fr, also by `<date>-<hour>/<name>`, the end
    of its address, which says when its producer put it there.

    `pattern` matches the whole of it, whatever its case; its group `millesime` takes the year, its
    other groups tell apart the files of one vintage. Without the group, the file is of every vintage.
    `connus` are addresses, by vintage, for what the portal's list doesn't have, or when it can no longer be read.
    """

    pattern: Pattern
    connus: dict[int, Address] = {}

    @property
    def title(self) -> str:
        """What it is, in a message."""
        return f"« {self.pattern} »"


class Hosted(Named):
    """A file of data.gouv.fr; `dataset` where it is in another one than the block's."""

    dataset: DatasetGouv | None = None


class Export(_File):
    """An export of an Opendatasoft dataset: the lines whose facet `field` is the vintage.

    Without a field, the whole dataset is one vintage, that its title or its name tells. `avant` names the datasets to
    which the portal has moved earlier vintages. Pattern and groups as in `Named`; the other fields are parameters of
    the interface.
    """

    kind: Literal["export"]
    dataset: DatasetOds
    avant: list[DatasetOds] = []
    field: str | None = None
    pattern: Pattern = r"(?P<millesime>\d{4})"
    format: Literal["csv", "json", "jsonl", "geojson", "xlsx", "parquet"] = "csv"
    delimiter: str = ";"
    select: str | None = None
    where: str | None = None
    order_by: str | None = None
    use_labels: bool = False

    @property
    def title(self) -> str:
        """What it is, in a message."""
        return f"l'export du jeu « {self.dataset} »" + (f", critère {self.field}" if self.field else "")

    @property
    def parameters(self) -> dict[str, str]:
        """Parameters of the request."""
        given = {"select": self.select, "where": self.where, "order_by": self.order_by}
        labels = {"use_labels": "true"} if self.use_labels else {}
        separator = {"delimiter": self.delimiter} if self.format == "csv" else {}
        return {key: value for key, value in given.items() if value} | labels | separator


class Attachment(Named):
    """A file attached to an Opendatasoft dataset, known by its identifier or its title."""

    kind: Literal["attachment"]
    dataset: DatasetOds


class Written(_File):
    """A file at an address that the catalogue writes out, for the vintages it lists (all, where it lists none)."""

    url: Address
    millesimes: list[int] = []

    @property
    def dated(self) -> bool:
        """Whether it says of which vintage it is."""
        return bool(self.millesimes)

    @property
    def title(self) -> str:
        """What it is, in a message."""
        return self.url


class _Block(Strict):
    """What all blocks say: hosts beside the portal's own, size caps in MB (10⁶ bytes), minutes for each file.

    `since` leaves out the vintages before the first that the catalogue can read. `cle` is how the variables that hold
    the interface's key are named, where it wants one: ATLAS_<cle>_IDENTIFIANT and ATLAS_<cle>_SECRET.
    """

    hosts: list[str] = []
    max_mb: int = Field(default=500, gt=0)
    max_extracted_mb: int = Field(default=4000, gt=0)
    max_minutes: float = Field(default=60, gt=0)
    since: int | None = None
    cle: str = Field(default="", pattern=r"^[A-Z_]*$")
    files: Sequence[_File]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that hold the key; none where none is wanted."""
        return (f"ATLAS_{self.cle}_IDENTIFIANT", f"ATLAS_{self.cle}_SECRET") if self.cle else ()

    @model_validator(mode="after")
    def _vintages(self) -> "_Block":
        if not any(file.dated and not file.optional for file in self.files):
            raise ValueError("un fichier au moins, qui ne soit pas facultatif, dit son millésime")
        return self

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, hosts: list[str]) -> list[str]:
        odd = [host for host in hosts if not re.fullmatch(r"[a-z0-9.-]+", host)]
        if odd:
            raise ValueError(f"un nom d'hôte en minuscules, sans adresse autour : {odd}")
        return hosts


class DataGouv(_Block):
    """A dataset of data.gouv.fr, by its slug or identifier."""

    type: Literal["data_gouv"]
    dataset: DatasetGouv
    api: Address = "https://www.data.gouv.fr/api/1"
    files: list[Hosted] = Field(min_length=1)


class Opendatasoft(_Block):
    """Datasets of one Opendatasoft portal."""

    type: Literal["opendatasoft"]
    portal: Address
    files: list[Annotated[Export | Attachment, Field(discriminator="kind")]] = Field(min_length=1)


class Web(_Block):
    """Files at addresses that the catalogue writes out."""

    type: Literal["web"]
    files: list[Written] = Field(min_length=1)


class Figures(_File):
    """What an interface answers of one code list, place by place, gathered in one file a year.

    `indicateurs` gives its indicators, each with the nomenclature that it is asked in; `liste` is the SELECT of
    sql/reference/ whose codes are asked, `niveaux` the kinds of territories.
    """

    name: str
    liste: str
    indicateurs: dict[str, str] = Field(min_length=1)
    niveaux: list[Literal["NAT", "REG", "DEP"]] = Field(min_length=1)

    @property
    def dated(self) -> bool:
        """Each figure says its quarter."""
        return True

    @property
    def title(self) -> str:
        """What it is, in a message."""
        return f"l'interface, indicateurs {', '.join(self.indicateurs)}"


class MarcheTravail(_Block):
    """France Travail's « Marché du travail » interface; `jetons` gives who has its key the right to ask `portee`."""

    type: Literal["marche_travail"]
    api: Address
    jetons: Address
    portee: str
    cle: str = Field(pattern=r"^[A-Z_]+$")
    files: list[Figures] = Field(min_length=1, max_length=1)


Fetch = Annotated[DataGouv | Opendatasoft | Web | MarcheTravail, Field(discriminator="type")]
