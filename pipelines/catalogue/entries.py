"""What one record of sql/*.yml may say: an indicator, a break of series, a published figure, an assumption.

Fields are in French: they are what the public reads.
"""

from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from pipelines import catalogue
from pipelines.settings import ROOT
from pipelines.strict import Strict

FOLDER = ROOT / "sql"

Text = Field(min_length=1)
Dimension = Literal[
    "offre",
    "accès",
    "vieillissement",
    "flux",
    "recrutement",
    "besoins",
    "formation",
    "ressources humaines",
    "synthèse",
]
READ = {
    "favorable": "une valeur haute est favorable",
    "défavorable": "une valeur haute est défavorable",
    "neutre": "ni favorable ni défavorable par elle-même",
}
METHODS = {
    "mouvements": "à 95 %, calé sur les mouvements observés",
    "Byar": "à 95 %, méthode de Byar",
    "tirages": "à 95 %, par tirages",
    "erreurs passées": "à 95 %, d'après les erreurs passées",
    "aucun": "aucun",
}


class _Record(Strict):
    model_config = ConfigDict(str_strip_whitespace=True)


class Bounds(_Record):
    """Values that are plausible; without one of the two, the reason why.

    A value out of bounds is told, and stays: what a producer publishes may be rare and true. `severite: critical` is
    for bounds that hold by construction (a share of a whole): beyond them it is our arithmetic that is wrong.
    """

    min: Decimal | None = None
    max: Decimal | None = None
    severite: Literal["critical", "warning"] = "warning"
    raison: str = ""

    @model_validator(mode="after")
    def _whole(self) -> "Bounds":
        if (self.min is None or self.max is None) and not self.raison:
            raise ValueError("une borne qui manque a sa `raison`")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError("`min` est sous `max`")
        return self


class Interval(_Record):
    """How an interval is drawn, or why there is none."""

    methode: Literal["mouvements", "Byar", "tirages", "erreurs passées", "aucun"]
    raison: str = Text


class Indicator(_Record):
    """One indicator. `lectures` are the columns that hold it, `schema.table.colonne`, the first one to read."""

    libelle: str = Text
    libelle_court: str = ""
    definition: str = Text
    formule: str = Text
    unite: str = Text
    numerateur: str = Text
    denominateur: str = ""
    sources: tuple[str, ...] = Field(min_length=1)
    date_decrite: str = Text
    sens: Literal["favorable", "défavorable", "neutre"]
    dimension: Dimension
    confidentialite: str = Text
    limites: str = Text
    exemple: str = ""  # one value worked out from raw cells
    epreuve: str = ""  # the view of sql/vues that holds the method's back-test
    defaillance: str = ""  # where the method is known to go wrong
    bornes: Bounds
    intervalle: Interval
    lectures: tuple[str, ...] = Field(min_length=1)

    @field_validator("sources")
    @classmethod
    def _known(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(sources) - set(catalogue.sources())):
            raise ValueError(f"source absente du catalogue : {', '.join(unknown)}")
        return sources

    @field_validator("epreuve")
    @classmethod
    def _tested(cls, view: str) -> str:
        if view and not (FOLDER / "vues" / f"{view}.sql").exists():
            raise ValueError(f"vue absente de sql/vues : {view}")
        return view

    @field_validator("lectures")
    @classmethod
    def _columns(cls, lectures: tuple[str, ...]) -> tuple[str, ...]:
        if odd := [name for name in lectures if name.count(".") != 2]:
            raise ValueError(f"une lecture s'écrit schema.table.colonne : {', '.join(odd)}")
        return lectures


class Break(_Record):
    """A year in which a producer changed source, method or nomenclature; the first of the new series.

    Across a break that is not `comparable`, no change is computed.
    """

    source: str = Text
    annee: int
    profession: str = ""
    rupture: str = Text
    effet: str = Text
    comparable: bool


class PublishedFigure(_Record):
    """A published figure, and where the edition finds its own: a measure, a year, a territory.

    A gap has its `explication`, as long as the edition finds what was found (`constate`) when it was written. Without
    `millesime` or `annee`, the newest is meant. `document` is the regional roadmap, whose figures have a page;
    `lecture` is what a reader must know to compare, whatever the edition finds.
    """

    chiffre: str = Text
    libelle: str = Text
    source: str = Text
    millesime: int | None = None
    mesure: str = Text
    annee: int | None = None
    niveau: str = Text
    code: str = Text
    attendu: Decimal
    tolerance: Decimal = Decimal(0)
    publication: str = Text
    definition: str = Text
    constate: Decimal | None = None
    explication: str | None = None
    document: Literal["", "feuille_de_route"] = ""
    unite: str = ""
    lecture: str = ""

    @model_validator(mode="after")
    def _explained(self) -> "PublishedFigure":
        if (self.constate is None) != (self.explication is None):
            raise ValueError("une `explication` va avec ce qui a été `constate`")
        return self


class Hypothesis(_Record):
    """What the balance of posts and trainees assumes of a diploma, as a range; `source` empty: the atlas's own guess.

    `reussite`: share of entrants who get the diploma; `reste`: share of graduates who practise in the region.
    """

    hypothese: Literal["reussite", "reste"]
    diplome: str = ""  # empty: of every diploma that has no record of its own
    libelle: str = Text
    bas: Decimal = Field(ge=0, le=1)
    central: Decimal = Field(ge=0, le=1)
    haut: Decimal = Field(ge=0, le=1)
    source: str = ""
    raison: str = Text

    @model_validator(mode="after")
    def _ordered(self) -> "Hypothesis":
        if not self.bas <= self.central <= self.haut:
            raise ValueError("une hypothèse va de `bas` à `haut`, `central` entre les deux")
        return self
