"""GeoJSON: one feature or a collection; properties become columns, geometry stays GeoJSON text."""

from pathlib import Path

from pipelines.catalogue.layouts import Layout
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, json_records


def read(path: Path, _layout: Layout, where: Place) -> list[Extract]:
    """Reads the features of a file. Raises RefusedError where the document holds none."""
    document = json_records.load(path, where)
    kind = document.get("type") if isinstance(document, dict) else None
    features = document.get("features") if kind == "FeatureCollection" else [document] if kind == "Feature" else None
    if not isinstance(features, list) or not all(map(_is_feature, features)):
        raise RefusedError(
            "Le document n'est pas un GeoJSON de contours.",
            where=where,
            expected="un objet Feature ou FeatureCollection dont chaque élément a une géométrie",
            todo="reprendre le fichier d'origine",
        )
    records = [{**(f.get("properties") or {}), "geometry": f["geometry"]} for f in features]
    return [json_records.table(records, where, path.name)]


def _is_feature(said: object) -> bool:
    """Whether an element has an outline, and words about it or none."""
    return isinstance(said, dict) and bool(said.get("geometry")) and isinstance(said.get("properties") or {}, dict)
