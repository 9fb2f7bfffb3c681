"""Lists of codes whose codes are words: a code and its name say one thing, and two of them can't change places."""

import duckdb
import pytest
from fixtures_entrepots import rows

# List, its codes, their names.
LISTS = [
    ("diplomes", "diplome", "libelle"),
    ("disciplines_internes", "discipline", "libelle"),
    ("groupes_tension", "groupe", "libelle"),
    ("internat_specialites", "specialite", "libelle"),
    ("internat_subdivisions", "subdivision", "libelle"),
    ("populations_cibles", "cible", "libelle"),
    ("professions", "profession", "libelle"),
    ("publics_esms", "public", "libelle"),
    ("specialites_cnam", "specialite", "libelle"),
    ("specialites_rpps", "specialite_groupe", "groupe_libelle"),
]
# Codes that aren't the beginning of a word of their name.
OTHERS = {
    ("orl", "Oto-rhino-laryngologie et chirurgie cervico-faciale"),
    ("orl", "Oto-rhino-laryngologistes"),
    ("anatomie_pathologique", "Médecins pathologistes"),
    ("dentaire", "Chirurgiens-dentistes (hors spécialistes d'orthopédie dento-faciale - ODF)"),
    (
        "cafdes",
        "Certificat d'aptitude aux fonctions de directeur d'établissement ou de service d'intervention sociale",
    ),
    (
        "caferuis",
        "Certificat d'aptitude aux fonctions d'encadrement et de responsable d'unité d'intervention sociale",
    ),
}


@pytest.mark.parametrize(("name", "code", "label"), LISTS, ids=[name for name, *_ in LISTS])
def test_a_code_begins_a_word_of_its_name(
    sample_db: duckdb.DuckDBPyConnection, name: str, code: str, label: str
) -> None:
    odd = rows(
        sample_db,
        f"SELECT DISTINCT {code}, {label} FROM reference.{name} WHERE NOT contains(regexp_replace(lower(strip_accents("
        f"{label})), '[^a-z]+', ' ', 'g'), left(split_part({code}, '_', 1), 5))",
    )
    assert set(odd) <= OTHERS
    # One name for a code, one code for a name, or the two could change places.
    for one, other in ((code, label), (label, code)):
        assert not rows(
            sample_db, f"SELECT {one} FROM reference.{name} GROUP BY {one} HAVING count(DISTINCT {other}) > 1"
        ) or name in ("specialites_cnam", "populations_cibles")
