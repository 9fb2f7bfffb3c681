"""Pages of a release: the tables that it holds, a page per source, its definitions, and what the checks said."""

from pathlib import Path
from typing import Any

import duckdb
import jinja2

from pipelines import catalogue
from pipelines.catalogue import registers
from pipelines.edition import models
from pipelines.publish import numbers, public, site, tables
from pipelines.publish.public import Written

# What a reader came for stands first.
READING_ORDER = ("vues", "atlas", "fiches", "qualite", "reference", "core")


def nombre(value: Any) -> str:
    """A number in French, with hundredths where it has some; any other value as it is."""
    if value is None:
        return ""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        return str(value)
    return numbers.nombre(value, 0 if value == int(value) else 2)


def date(value: Any) -> str:
    """A date in French order; empty where there is none."""
    return value.strftime("%d/%m/%Y") if value else ""


def environment() -> jinja2.Environment:
    """How these pages are rendered: as those of the site, with their own numbers and dates."""
    made = site.environment()
    made.filters.update(nombre=nombre, date=date)
    return made


def write(
    connection: duckdb.DuckDBPyConnection,
    region: str,
    folder: Path,
    written: list[Written],
    *,
    fictif: bool,
) -> None:
    """Writes `donnees.html` (tables with sources, vintages, dates), `sources/<source>.html`, `methodologie.html` (a
    card per indicator) and `qualite.html` (all checks).

    What concerns restricted sources alone is left out; `donnees.html` lists the tables held back, and why.
    """
    vintages = public.rows(
        connection,
        "SELECT m.*, s.producteur, s.titre, s.licence, s.adresse, s.limites FROM reference.millesimes AS m "
        "JOIN reference.sources AS s USING (source) ORDER BY source, millesime, revision",
    )
    of_reference = {v["source"]: v for v in vintages if v["reference"]}
    edition = public.rows(connection, "SELECT * FROM reference.edition")[0]
    label = connection.execute(
        "SELECT libelle FROM reference.territoires WHERE niveau = 'region' AND code = ?", [region]
    ).fetchall()
    common = {
        "edition": edition,
        "region": region,
        "region_libelle": label[0][0] if label else region,
        "fictif": fictif,
        "retenues": public.held_back(),
        "avertissements": public.rows(
            connection,
            f"SELECT * FROM qualite.avertissements WHERE sujet <> 'appartenance aux GHT' "
            f"OR objet NOT LIKE 'région %' OR objet = 'région {region}' ORDER BY sujet, source, objet",
        ),
        "rapprochements": public.rows(
            connection,
            "SELECT nature, rapprochement, source, millesime, resultat, count(*) AS nombre, "
            "CASE WHEN resultat = 'écart expliqué' OR rapprochement = 'chiffre_publie' THEN explication END "
            "AS explication "
            "FROM qualite.rapprochements GROUP BY ALL ORDER BY ALL",
        ),
        "bilan": public.rows(
            connection,
            "SELECT severite, count(*) FILTER (reussi) AS reussis, count(*) FILTER (NOT reussi) AS echecs "
            "FROM qualite.controles GROUP BY severite ORDER BY severite",
        ),
    }
    templates = environment()
    ordered = sorted(written, key=lambda w: (READING_ORDER.index(w.model.schema), w.model.table))
    listed = [
        {
            "model": w.model,
            "rows": w.rows,
            "columns": [(n, k, models.column_words(w.model, n)) for n, k in w.columns],
            "file": tables.file_name(w.model, fictif=fictif),
            "sources": [of_reference.get(s, {"source": s}) for s in sorted(models.sources_of(w.model.name))],
        }
        for w in ordered
    ]
    pages = {
        "donnees.html": templates.get_template("donnees.html.j2").render(
            **common,
            tables=listed,
            vintages=vintages,
            absentes=[s for s in catalogue.sources() if s not in {v["source"] for v in vintages}],
        ),
        "methodologie.html": templates.get_template("methodologie.html.j2").render(
            **common,
            themes=_cards(connection, written),
            signes=numbers.LEGEND,
            mots=numbers.WORDS,
            ruptures=public.rows(connection, "SELECT * FROM reference.ruptures ORDER BY source, annee, profession"),
        ),
        "qualite.html": templates.get_template("qualite.html.j2").render(
            **common,
            vintages=vintages,
            alertes=public.rows(
                connection,
                "SELECT * FROM qualite.alertes ORDER BY nature, severite = 'information', niveau, source, objet, "
                "abs(ecart_relatif) DESC, code, profession",
            ),
            controles=public.rows(
                connection,
                "SELECT * FROM qualite.controles ORDER BY etape DESC, source, millesime, revision, objet, controle",
            ),
            ecarts=public.rows(
                connection,
                "SELECT * FROM qualite.rapprochements WHERE resultat <> 'égal' ORDER BY ALL",
            ),
            inconnus=public.rows(connection, "SELECT * FROM qualite.territoires_inconnus ORDER BY ALL LIMIT 500"),
            quarantaine=public.rows(
                connection,
                "SELECT source, millesime, table_source, controle, motif, count(*) AS lignes, "
                "min(fichier || ', ligne ' || ligne) AS exemple FROM qualite.quarantaine GROUP BY ALL ORDER BY ALL",
            ),
        ),
    }
    (folder / "sources").mkdir()
    names = frozenset(w.model.name for w in written)
    for source in catalogue.load_all():
        mine = [v for v in vintages if v["source"] == source.id]
        pages[f"sources/{source.id}.html"] = templates.get_template("source.html.j2").render(
            **common,
            racine="../",
            source=source,
            vintages=mine,
            tables=_tables(source, [v["millesime"] for v in mine]),
            emplois=[w.model for w in ordered if models.reads(w.model.name, source, names)],
        )
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def _tables(source: catalogue.Source, vintages: list[int]) -> list[dict[str, Any]]:
    """The tables of a source and their columns, each with the producer's names in the edition's vintages."""
    return [
        {
            "nom": f"staging.{source.staged_name(name)}",
            "titre": table.title,
            "cle": [] if table.key == [catalogue.LINE] else table.key,
            "colonnes": [
                {
                    "nom": column.name,
                    "producteur": _theirs(column, vintages or [max(column.theirs)]),
                    "type": column.sql,
                    "unite": column.unit,
                    "description": column.description,
                }
                for column in source.of_table(name)
            ],
        }
        for name, table in source.tables.items()
    ]


def _theirs(column: catalogue.Column, vintages: list[int]) -> str:
    """The producer's names of a column; with the vintages of each, where they differ."""
    named: dict[str, list[int]] = {}
    for vintage in sorted(set(vintages)):
        named.setdefault(" ou ".join(column.headings(vintage)), []).append(vintage)
    if len(named) == 1:
        return next(iter(named))
    return " ; ".join(f"{name or 'absente'} ({', '.join(map(str, years))})" for name, years in named.items())


COUNTED = ("atlas.effectifs", "atlas.ages")  # counts of persons, by the source that may hide them


def small_counts(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """What each source of a table shows of its small counts, in this release."""
    found = public.rows(
        connection,
        "SELECT source, count(*) FILTER (effectif BETWEEN 1 AND 9) AS petits, "
        f"count(*) FILTER (statut = 'secret') AS secrets FROM {table} GROUP BY source ORDER BY source",
    )
    return "cases de 1 à 9, puis cases secrètes, dans cette publication : " + " ; ".join(
        f"{r['source']}, {numbers.french(r['petits'])} et {numbers.french(r['secrets'])}" for r in found
    )


def _cards(connection: duckdb.DuckDBPyConnection, written: list[Written]) -> dict[str, list[dict[str, Any]]]:
    """The cards of all indicators by dimension, with those of their columns that the release shows."""
    shown: dict[str, set[str]] = {}
    for table, names in ((w.model.name, {name for name, _ in w.columns}) for w in written):
        held = registers.read_in(table)
        if "indicateur" in names and held:
            shown[table] = {
                row["indicateur"] for row in public.rows(connection, f"SELECT DISTINCT indicateur FROM {table}")
            }
        else:
            shown[table] = set(held)
    themes: dict[str, list[dict[str, Any]]] = {}
    for name, indicator in registers.indicators().items():
        places = [lecture.rpartition(".") for lecture in indicator.lectures]
        small = [small_counts(connection, table) for table, _, _ in places if table in COUNTED and shown.get(table)]
        themes.setdefault(indicator.dimension, []).append(
            {
                "indicateur": name,
                "libelle": indicator.libelle,
                "fiche": registers.card(name) | ({"Petits nombres": small[0]} if small else {}),
                "lectures": [(table, column) for table, _, column in places if name in shown.get(table, ())],
            }
        )
    return themes
