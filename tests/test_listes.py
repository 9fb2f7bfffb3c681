"""Lists of codes whose codes are words: a code and its name say one thing, and two of them can't change places."""

import csv
import re
import unicodedata
from pathlib import Path

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
# Codes whose words don't all begin a word of their name.
OTHERS = {
    ("manipulateur_erm", "Diplôme d'État de manipulateur d'électroradiologie médicale"),
    ("manipulateur_erm", "Manipulateurs d'électroradiologie médicale"),
    ("difficultes_sociales", "Adultes et familles en difficulté, addictions"),
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
def test_the_words_of_a_code_are_those_of_its_name(
    sample_db: duckdb.DuckDBPyConnection, name: str, code: str, label: str
) -> None:
    plain = f"regexp_replace(lower(strip_accents({label})), '[^a-z]+', ' ', 'g')"
    odd = rows(
        sample_db,
        f"SELECT DISTINCT {code}, {label} FROM reference.{name}, unnest(regexp_extract_all({code}, '[a-z]+')) AS w (m) "
        f"WHERE NOT contains({plain}, left(m, 5))",
    )
    assert set(odd) <= OTHERS
    # One name for a code, one code for a name, or the two could change places.
    for one, other in ((code, label), (label, code)):
        assert not rows(
            sample_db, f"SELECT {one} FROM reference.{name} GROUP BY {one} HAVING count(DISTINCT {other}) > 1"
        ) or name in ("specialites_cnam", "populations_cibles")


def words(name: str) -> str:
    """A name without accents, capitals, punctuation, and what the directory adds of the kind of skill."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z]+", " ", re.sub(r"\((sm|sco|scd)\)", "", plain)).split())


# The list says « Gynéco-obstétrique et Gynéco-médicale » of what the directory names in full.
SHORT = {"SM51", "SM52"}


@pytest.mark.lent
def test_a_skill_has_the_name_that_the_directory_gives_it(
    mirror_root: Path, sample_db: duckdb.DuckDBPyConnection
) -> None:
    theirs: dict[str, set[str]] = {}
    with (mirror_root / "nomenclatures" / "rpps_profession_savoir_faire.csv").open(encoding="utf-8-sig") as handle:
        for row in csv.DictReader(handle):
            theirs.setdefault(row["Code savoir-faire"], set()).add(words(row["codeprofession"]))
    ours = dict(rows(sample_db, "SELECT savoir_faire, libelle FROM reference.specialites_rpps"))
    told = {code for code in ours if code in theirs} - SHORT
    assert len(told) > 70
    assert [(code, ours[code], theirs[code]) for code in sorted(told) if words(ours[code]) not in theirs[code]] == []
