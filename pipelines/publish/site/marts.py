"""What the pages read of the public file: rows as dictionaries, and the choices that several pages share."""

import functools
import re
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.publish import maps, public
from pipelines.publish.charts import Row
from pipelines.publish.numbers import interval

MODES = {
    "ensemble": "tous modes d’exercice",
    "libéral": "libéral",
    "salarié": "salarié",
    "mixte": "libéral et salarié",
}

DENSITIES = """
SELECT d.annee, d.date_reference, d.source, d.profession, d.specialite, d.feuille, d.mode_exercice, d.niveau, d.code,
    d.effectif, d.population, d.annee_population, d.valeur, d.statut, d.avertissement,
    i.bas, i.haut, i.petit_nombre, i.reserve, i.face_a_region, i.face_a_france
FROM atlas.densites AS d LEFT JOIN atlas.indicateurs AS i
ON i.indicateur = 'densite' AND i.annee = d.annee AND i.source = d.source AND i.profession = d.profession
    AND i.specialite = d.specialite AND i.mode_exercice = d.mode_exercice AND i.niveau = d.niveau AND i.code = d.code
    AND coalesce(i.modalite, '') = coalesce(d.feuille, '')
WHERE d.niveau IN ('departement', 'france') OR (d.niveau = 'region' AND d.code = $region)
ORDER BY ALL
"""


@dataclass
class Marts:
    """The public file, for one region."""

    connection: duckdb.DuckDBPyConnection
    region: str

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        """The rows of a query; `$region` is the region's code."""
        needed = {**parameters, **({"region": self.region} if "$region" in query else {})}
        return public.rows(self.connection, query, needed)

    @functools.cached_property
    def labels(self) -> dict[tuple[str, str], str]:
        """Names of territories, but communes."""
        found = self.rows("SELECT niveau, code, libelle FROM reference.territoires WHERE niveau <> 'commune'")
        return {(r["niveau"], r["code"]): r["libelle"] for r in found} | {("france", "F"): "France"}

    def label(self, niveau: str, code: str) -> str:
        """The name of a territory, or its code where it has none."""
        return self.labels.get((niveau, code), code)

    @functools.cached_property
    def edition(self) -> int:
        """The edition's year."""
        return int(self.rows("SELECT edition FROM reference.edition")[0]["edition"])

    @functools.cached_property
    def name(self) -> str:
        """The region's name."""
        return self.label("region", self.region)

    @functools.cached_property
    def departements(self) -> list[str]:
        """Codes of the region's départements."""
        return [
            r["code"]
            for r in self.rows(
                "SELECT code FROM reference.territoires WHERE niveau = 'departement' AND regions = $region ORDER "
                "BY code"
            )
        ]

    @functools.cached_property
    def arrondissements(self) -> list[Row]:
        """The region's arrondissements, with their département."""
        return self.rows(
            "SELECT code, libelle, departement, communes FROM reference.territoires "
            "WHERE niveau = 'arrondissement' AND list_contains(string_split(regions, ' '), $region) ORDER BY code"
        )

    @functools.cached_property
    def professions(self) -> dict[str, str]:
        """Names of professions."""
        return {r["profession"]: r["libelle"] for r in self.rows("FROM reference.professions ORDER BY profession")}

    def doctors(self, profession: str) -> str:
        """The name of a profession in what concerns access: among doctors, general practitioners alone."""
        return "Médecins généralistes" if profession == "medecin" else self.professions.get(profession, profession)

    @functools.cached_property
    def statuses(self) -> dict[str, str]:
        """What the legal statuses of establishments are called, in the order of tables."""
        found = self.rows("SELECT code, libelle FROM reference.codes WHERE liste = 'secteur' ORDER BY ordre")
        return {r["code"]: r["libelle"] for r in found}

    def status(self, code: str | None) -> str:
        """What the legal status of an establishment is called; its code where it has no words."""
        code = code or "inconnu"
        return self.statuses.get(code, code)

    @functools.cached_property
    def sources(self) -> dict[str, str]:
        """« producer, title » of each source; the producer by its initials where it has some."""
        named = {}
        for r in self.rows("SELECT source, producteur, titre FROM reference.sources ORDER BY source"):
            initials = re.search(r"\(([A-Z][\w' -]{1,14})\)", r["producteur"])
            named[r["source"]] = f"{initials[1] if initials else r['producteur']}, {r['titre']}"
        return named

    @functools.cached_property
    def held(self) -> set[str]:
        """The sources that the edition holds."""
        return {r["source"] for r in self.rows("SELECT DISTINCT source FROM reference.millesimes")}

    def source(self, *names: str | None) -> str:
        """The sources of a figure, of those that the edition holds."""
        return " ; ".join(dict.fromkeys(self.sources[n] for n in names if n in self.held))

    def zoning(self, origins: set[str]) -> str:
        """The sources of a zoning: decrees, the national list, or both."""
        said = " ".join(sorted(origins))
        names = [n for word, n in (("arrêté", "zonage_arretes"), ("liste", "zonage_medecins")) if word in said]
        return self.source(*names, "insee_population_communes")

    @functools.cached_property
    def breaks(self) -> list[Row]:
        """Known breaks of series."""
        return self.rows("FROM reference.ruptures ORDER BY source, annee, profession")

    def breaks_of(self, sources: set[str], profession: str, years: list[int]) -> list[Row]:
        """Breaks that a series of those years goes through."""
        return [
            b
            for b in self.breaks
            if b["source"] in sources
            and b["profession"] in (None, "", profession)
            and years
            and min(years) < b["annee"] <= max(years)
        ]

    @functools.cached_property
    def densities(self) -> list[Row]:
        """Densities of the region, its départements and France, with their intervals."""
        found = self.rows(DENSITIES)
        for r in found:
            r["libelle"] = self.label(r["niveau"], r["code"])
            r["intervalle"] = interval(r["bas"], r["haut"], "n1")
            r["face"] = r["face_a_france"]
            if r["reserve"]:
                r["face_statut"] = "sans objet"
        return found

    @functools.cached_property
    def of_reference(self) -> list[Row]:
        """Densities of each profession and specialty for its last year, one source per mode of practice."""
        best: dict[tuple[str, str, str], tuple[int, str]] = {}
        for r in self.densities:
            key = (r["profession"], r["specialite"], r["mode_exercice"])
            best[key] = max(best.get(key, (0, "")), (r["annee"], r["source"]))
        return [
            r
            for r in self.densities
            if best[(r["profession"], r["specialite"], r["mode_exercice"])] == (r["annee"], r["source"])
        ]

    def density(self, profession: str, specialite: str = "ensemble", mode: str | None = None) -> list[Row]:
        """The lines of reference of one profession: of all modes together where they are known, else private."""
        found = [r for r in self.of_reference if r["profession"] == profession and r["specialite"] == specialite]
        modes = {r["mode_exercice"] for r in found}
        kept = mode or next((m for m in MODES if m in modes), None)
        return [r for r in found if r["mode_exercice"] == kept]

    def practised(self, row: Row) -> str:
        """« au 1er janvier 2022, tous modes d’exercice »."""
        date = row["date_reference"]
        day = "1er" if date.day == 1 else str(date.day)
        month = {1: "janvier", 12: "décembre"}.get(date.month, f"mois {date.month}")
        return f"{MODES.get(row['mode_exercice'], row['mode_exercice'])}, au {day} {month} {date.year}"

    @functools.cached_property
    def outlines(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Outlines by level then code, on a coarser grid; the simplified file first, where a territory has several."""
        found = self.rows(
            "SELECT niveau, code, geometry FROM reference.contours "
            "ORDER BY niveau, code, perimetre = 'version-simplifiee' DESC, perimetre"
        )
        kept: dict[str, dict[str, dict[str, Any]]] = {}
        for r in found:
            level = kept.setdefault(r["niveau"], {})
            if r["code"] and r["code"] not in level:
                level[r["code"]] = maps.outline(r["geometry"])
        return kept

    def covered(self, niveau: str) -> bool:
        """Every territory of that level has an outline: the map would have no hole."""
        codes = self.departements if niveau == "departement" else [a["code"] for a in self.arrondissements]
        return bool(codes) and set(codes) <= set(self.outlines.get(niveau, {}))
