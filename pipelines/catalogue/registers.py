"""What sql/*.yml declare beside the tables: indicators, breaks of series, published figures, assumptions.

One record per indicator: the suites' bounds, the columns' words, `reference.indicateurs` and the
methodology cards all come from it. Fields are in French: they are what the public reads.
"""

import functools
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from pipelines import catalogue
from pipelines.catalogue.entries import FOLDER, METHODS, READ, Bounds, Break, Hypothesis, Indicator, PublishedFigure
from pipelines.errors import BuildError, Place

Record = TypeVar("Record", Indicator, Break, PublishedFigure, Hypothesis)


def _refused(path: Path, what: str) -> BuildError:
    return BuildError(
        what,
        where=Place(file=f"sql/{path.name}"),
        expected="les champs que portent les enregistrements voisins",
        todo="corriger l'enregistrement",
    )


def read(path: Path, kind: type[Record]) -> Iterator[tuple[str, Record]]:
    """The records of a register, with their names. Raises BuildError, naming the record, where one is wrong."""
    data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    named = data.items() if isinstance(data, dict) else ((f"n° {rank}", entry) for rank, entry in enumerate(data, 1))
    for name, entry in named:
        if str(name).startswith("_"):  # what several records share
            continue
        try:
            record = kind.model_validate(entry)
        except ValidationError as error:
            wrong = " ; ".join(f"{'.'.join(map(str, e['loc']))} : {e['msg']}" for e in error.errors())
            raise _refused(path, f"L'enregistrement « {name} » n'est pas valable : {wrong}.") from error
        if isinstance(record, Break | PublishedFigure) and record.source not in catalogue.sources():
            raise _refused(path, f"L'enregistrement « {name} » cite une source absente du catalogue : {record.source}.")
        yield str(name), record


@functools.cache
def indicators() -> dict[str, Indicator]:
    """All indicators by identifier, in the order of the file."""
    return dict(read(FOLDER / "indicateurs.yml", Indicator))


@functools.cache
def breaks() -> tuple[Break, ...]:
    """The register of breaks."""
    return tuple(record for _, record in read(FOLDER / "ruptures.yml", Break))


@functools.cache
def figures() -> tuple[PublishedFigure, ...]:
    """The published figures that an edition must find again."""
    return tuple(record for _, record in read(FOLDER / "chiffres_publies.yml", PublishedFigure))


@functools.cache
def hypotheses() -> tuple[Hypothesis, ...]:
    """What the balance of posts and trainees assumes."""
    return tuple(record for _, record in read(FOLDER / "hypotheses.yml", Hypothesis))


def crossed(source: str, first: int, last: int, profession: str = "") -> list[Break]:
    """The breaks that a series of a source meets after its year `first`, up to `last`.

    Without a profession, those of all of them.
    """
    return [
        b
        for b in breaks()
        if b.source == source and first < b.annee <= last and (not profession or b.profession in ("", profession))
    ]


@functools.cache
def _places() -> dict[str, dict[str, str]]:
    """Table -> indicator -> column: asked for each column of each table."""
    found: dict[str, dict[str, str]] = {}
    for name, indicator in indicators().items():
        for lecture in indicator.lectures:
            table, _, held = lecture.rpartition(".")
            found.setdefault(table, {})[name] = held
    return found


def read_in(mart: str, column: str | None = None) -> dict[str, str]:
    """Indicator -> column, for those that a table (`schema.table`) holds, or one column of it."""
    return {name: held for name, held in _places().get(mart, {}).items() if column in (None, held)}


INDICATOR = {
    **dict.fromkeys(("indicateur", "libelle", "libelle_court", "definition", "formule", "unite"), str),
    **dict.fromkeys(
        ("numerateur", "denominateur", "sources", "date_decrite", "sens", "dimension", "confidentialite", "limites"),
        str,
    ),
    **dict.fromkeys(("exemple", "epreuve", "defaillance"), str),
    **dict.fromkeys(("borne_min", "borne_max"), Decimal),
    **dict.fromkeys(("raison_bornes", "intervalle", "raison_intervalle", "mart", "colonne", "autres_lectures"), str),
}
BREAK = {"source": str, "annee": int, "profession": str, "rupture": str, "effet": str, "comparable": bool}
FIGURE = {
    **dict.fromkeys(("chiffre", "libelle", "source", "mesure", "niveau", "code"), str),
    **{"millesime": int, "annee": int, "attendu": Decimal, "tolerance": Decimal, "constate": Decimal},
    **dict.fromkeys(("publication", "definition", "explication", "document", "unite", "lecture"), str),
}
HYPOTHESIS = {
    **dict.fromkeys(("hypothese", "diplome", "libelle"), str),
    **dict.fromkeys(("bas", "central", "haut"), Decimal),
    **dict.fromkeys(("source", "raison"), str),
}


def records() -> dict[str, tuple[dict[str, type], list[dict[str, Any]]]]:
    """Columns with their types, and rows, of the tables of `staging` that hold the registers."""
    told = [
        {
            **{k: v for k, v in i if isinstance(v, str)},
            "indicateur": name,
            "libelle_court": i.libelle_court or i.libelle,
            "sources": " ".join(i.sources),
            "borne_min": i.bornes.min,
            "borne_max": i.bornes.max,
            "raison_bornes": i.bornes.raison,
            "intervalle": i.intervalle.methode,
            "raison_intervalle": i.intervalle.raison,
            "mart": i.lectures[0].rpartition(".")[0],
            "colonne": i.lectures[0].rpartition(".")[2],
            "autres_lectures": " ".join(i.lectures[1:]),
        }
        for name, i in indicators().items()
    ]
    return {
        "indicateurs": (INDICATOR, told),
        "ruptures": (BREAK, [b.model_dump() for b in breaks()]),
        "chiffres_publies": (FIGURE, [f.model_dump() for f in figures()]),
        "hypotheses": (HYPOTHESIS, [h.model_dump() for h in hypotheses()]),
    }


def bound_rules(mart: str, *, long: bool) -> list[dict[str, Any]]:
    """One expectation per severity for all indicators of a table: each is in its bounds.

    A `long` table has an `indicateur` column: one that the dictionary does not read there fails too.
    """
    held = read_in(mart)
    rules = []
    for severity in ("critical", "warning"):
        out = {n: _outside(c, b) for n, c in held.items() if (b := indicators()[n].bornes).severite == severity}
        if long and out:
            cases = " ".join(f"WHEN '{n}' THEN {test}" for n, test in out.items())
            tests = [f"CASE indicateur {cases} END"]
        else:
            tests = list(out.values())
        if long and held and severity == "critical":
            tests.append(f"indicateur NOT IN ({', '.join(map(repr, held))})")
        if tests:
            rules.append(
                {
                    "type": "unexpected_rows_expectation",
                    "kwargs": {"unexpected_rows_query": f"SELECT * FROM {{batch}} WHERE {' OR '.join(tests)}"},
                    "severity": severity,
                    "notes": "chaque indicateur est au dictionnaire, et dans ses bornes (reference.indicateurs)",
                    "meta": {"controle": "dans_ses_bornes" if severity == "critical" else "bornes_plausibles"},
                    "casse": _broken({n: held[n] for n in out}, long=long),
                }
            )
    return rules


def _outside(column: str, bounds: Bounds) -> str:
    tests = [f"{column} {sign} {bound}" for sign, bound in (("<", bounds.min), (">", bounds.max)) if bound is not None]
    return " OR ".join(tests) or "false"


def _broken(held: dict[str, str], *, long: bool) -> dict[str, str]:
    """Cells of one line that are out of bounds, in SQL; where nothing is bounded, an indicator that nobody defined."""
    for name, column in held.items():
        bounds = indicators()[name].bornes
        if bounds.max is not None or bounds.min is not None:
            value = bounds.max + 1 if bounds.max is not None else (bounds.min or 0) - 1
            return {**({"indicateur": f"'{name}'"} if long else {}), column: str(value)}
    return {"indicateur": "'age_du_capitaine'"}


def _number(value: Decimal) -> str:
    return f"{value:,f}".replace(",", "\u202f").replace(".", ",")


def _said(bounds: Bounds) -> str:
    if bounds.min is not None and bounds.max is not None:
        return f"de {_number(bounds.min)} à {_number(bounds.max)}"
    low = f"au moins {_number(bounds.min)}" if bounds.min is not None else ""
    high = f"au plus {_number(bounds.max)}" if bounds.max is not None else ""
    return low or high or "sans borne"


def column_words(mart: str, column: str) -> tuple[str, str] | None:
    """Description and unit of a column that holds indicators; None where it holds none."""
    held = read_in(mart)
    if column == "indicateur" and held:
        return f"indicateur, défini dans reference.indicateurs : {', '.join(held)}", ""
    mine = read_in(mart, column)
    if len(mine) == 1:
        one = indicators()[next(iter(mine))]
        return f"{one.libelle} : {one.formule} (reference.indicateurs, {next(iter(mine))})", one.unite
    return ("valeur de l'indicateur, dans l'unité que donne reference.indicateurs", "") if mine else None


def package_field(mart: str, column: str) -> dict[str, Any]:
    """What a data package says of a column that holds indicators: `indicateurs`, and of one alone its bounds.

    Empty where the column holds none.
    """
    mine = read_in(mart, column)
    if not mine:
        return {}
    told: dict[str, Any] = {"indicateurs": list(mine)}
    if len(mine) == 1:
        one = indicators()[next(iter(mine))]
        held = one.bornes.severite == "critical"
        limits = {"minimum": one.bornes.min, "maximum": one.bornes.max} if held else {}
        told |= {"title": one.libelle, "description": f"{one.definition} {one.formule}", "unit": one.unite}
        told["constraints"] = {k: float(v) for k, v in limits.items() if v is not None}
    return told


def card(name: str) -> dict[str, str]:
    """The methodology card of an indicator: French labels and texts, in reading order; empty fields left out.

    Its name is `libelle`, and `lectures` say where it is read: what of that is shown is the page's to say.
    """
    one = indicators()[name]
    titles = [f"{s.producteur}, {s.titre}" for s in map(catalogue.load, one.sources)]
    known = [b for source in one.sources for b in breaks() if b.source == source]
    fields = {
        "Définition": one.definition,
        "Calcul": one.formule,
        "Unité": one.unite,
        "Numérateur": one.numerateur,
        "Dénominateur": one.denominateur,
        "Sources": " ; ".join(titles),
        "Date de référence": one.date_decrite,
        "Lecture": READ[one.sens],
        "Dimension": one.dimension,
        "Intervalle": f"{METHODS[one.intervalle.methode]} : {one.intervalle.raison}",
        "Confidentialité": one.confidentialite,
        "Limites": one.limites,
        "Exemple, sur les extraits qu'il nomme": one.exemple,
        "Défaillance connue": one.defaillance,
        "Ruptures de série": " ; ".join(
            f"{b.annee}, {b.source}{f' ({b.profession})' if b.profession else ''} : {b.rupture}" for b in known
        ),
        "Bornes de contrôle": _said(one.bornes) + (f" ({one.bornes.raison})" if one.bornes.raison else ""),
    }
    return {label: text for label, text in fields.items() if text}
