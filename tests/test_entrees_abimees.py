"""What becomes of damaged extracts: refused with a message that names the place, set aside, or accepted.

Each case takes a good fictitious extract that was accepted as revision 1, damages one file, and receives
the folder again. Nothing is ever lost: the bytes stay in the archive, revision 1 stays the accepted one
where the new one is refused, and where it is accepted all undamaged rows are there.
"""

import io
import json
import random
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import python_calamine
import xlsxwriter
from rooms import Damage, Room

from pipelines.arrival import landing, outcomes
from pipelines.arrival.outcomes import Outcome
from pipelines.connectors import mirror
from pipelines.edition import builder, lockfile
from pipelines.errors import RefusedError
from pipelines.settings import Settings

SYGEN, ID, Q24 = "SYGEN_2022r.csv", "ID_2022r.csv", "Q24_2022r.csv"
BMO, CNAM_XLS = "Base_open_data_BMO_2024.xlsx", "Effectif_et_densite_par_departement_en_2018.xls"
CNAM_CSV, ZONAGE, DREES = "toutes_specialites_departement.csv", "zonmed.csv", "medecin_tranche_age.csv"
GHT, POSTE = "ght_membership_inferred_2022.csv", "codes_postaux_communes.csv"
PARCOURSUP, TENSIONS = "fr-esr-parcoursup_2025_normandie_sante.csv", "tensions.csv"
METIERS, COMMUNES = "dares_metiers_2030.json", "table-appartenance-geo-communes-2024.csv"


# --- ways to damage a file -----------------------------------------------------------------------------


def text(change: Callable[[str], str], encoding: str = "cp1252", into: str | None = None) -> Damage:
    return lambda data: change(data.decode(encoding)).encode(into or encoding)


def lines(change: Callable[[list[str]], list[str]], encoding: str = "cp1252") -> Damage:
    return text(lambda t: "".join(change(t.splitlines(keepends=True))), encoding)


def cells(
    change: Callable[[list[list[str]]], list[list[str]]], delimiter: str = ";", encoding: str = "cp1252"
) -> Damage:
    """Changes the file as a table, header included; for files without quoted cells."""

    def damage(data: bytes) -> bytes:
        rows = [line.split(delimiter) for line in data.decode(encoding).splitlines()]
        return "".join(delimiter.join(row) + "\n" for row in change(rows)).encode(encoding)

    return damage


def cell(column: str, row: int, value: str, **options: str) -> Damage:
    """Puts a value in one cell; `row` counts the lines of the file from 1."""

    def change(rows: list[list[str]]) -> list[list[str]]:
        rows[row - 1][rows[0].index(column)] = value
        return rows

    return cells(change, **options)


def without(column: str) -> Damage:
    def change(rows: list[list[str]]) -> list[list[str]]:
        index = rows[0].index(column)
        return [row[:index] + row[index + 1 :] for row in rows]

    return cells(change)


def twice(column: str) -> Damage:
    return cells(lambda rows: [[*row, row[rows[0].index(column)]] for row in rows])


def first(share: float) -> Damage:
    """The first lines only, cut between two lines."""
    return lines(lambda all_: all_[: int(len(all_) * share)])


def only(*departements: str, column: str = "FI") -> Damage:
    """An extract of one region: the header and its establishments."""
    return cells(
        lambda rows: [rows[0]] + [row for row in rows[1:] if row[rows[0].index(column)].startswith(departements)]
    )


def workbook(change: Callable[[str, list[list[Any]]], tuple[str, list[list[Any]]]]) -> Damage:
    """Rewrites a workbook, sheet by sheet."""

    def damage(data: bytes) -> bytes:
        book, target = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)), io.BytesIO()
        with xlsxwriter.Workbook(target, {"in_memory": True}) as written:
            for name in book.sheet_names:
                sheet, rows = change(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
                page = written.add_worksheet(sheet)
                for i, row in enumerate(rows):
                    page.write_row(i, 0, row)
        return target.getvalue()

    return damage


def _garbage(_: bytes) -> bytes:
    return random.Random(7).randbytes(4000)  # noqa: S311


PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>503 Service indisponible</title></head>"
    b"<body>Le portail est en maintenance.</body></html>\n"
)


# --- refused -------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, str, int, str, Damage, int | None, list[str]]] = [
    ("colonne-absente", "sae", 2022, SYGEN, without("ETP_AID"), 1, ["Il manque 1 colonne(s) : « ETP_AID »"]),
    (
        "colonne-renommee",
        "sae",
        2022,
        SYGEN,
        text(lambda t: t.replace("ETP_AID;", "ETP_AIDESOIGN;", 1)),
        1,
        ["« ETP_AID » est peut-être devenue « ETP_AIDESOIGN »", "atlas adapter sae 2022"],
    ),
    ("colonne-en-double", "sae", 2022, SYGEN, twice("ETP_AID"), 1, ["deux fois dans l'en-tête : « ETP_AID »"]),
    (
        "separateur",
        "sae",
        2022,
        SYGEN,
        text(lambda t: t.replace(";", ",")),
        1,
        ["Le séparateur n'est pas « ; »", "« , »", "atlas adapter sae 2022"],
    ),
    (
        "utf8-au-lieu-de-cp1252",
        "sae",
        2022,
        ID,
        text(lambda t: t.replace("CH FICTIF", "CENTRE RÉGIONAL FICTIF", 1), into="utf-8"),
        None,
        ["Le fichier est en UTF-8", "Windows-1252", "atlas adapter"],
    ),
    (
        "cp1252-au-lieu-d-utf8",
        "cnam_demographie",
        2024,
        CNAM_CSV,
        text(lambda t: t.removeprefix("\ufeff"), "utf-8", into="cp1252"),
        2,
        ["n'est pas en UTF-8", "Windows-1252", "atlas adapter"],
    ),
    ("utf16", "sae", 2022, SYGEN, text(lambda t: t, into="utf-16"), None, ["UTF-16", "sans l'avoir ouvert"]),
    ("utf16-sans-marque", "sae", 2022, SYGEN, text(lambda t: t, into="utf-16-le"), None, ["UTF-16"]),
    (
        "coupe-dans-une-ligne",
        "sae",
        2022,
        SYGEN,
        lambda data: data[: data.index(b"\n", 90_000) - 20],
        None,
        ["ne finit pas par une fin de ligne", "télécharger de nouveau"],
    ),
    (
        "coupe-en-fin-de-ligne",
        "sae",
        2022,
        SYGEN,
        first(0.6),
        None,
        ["couverture_departements", "prefixes = ", "fichier tronqué", f"fichier {SYGEN}\n"],
    ),
    (
        "quelques-lignes-de-moins",
        "sae",
        2022,
        SYGEN,
        lines(lambda all_: [line for i, line in enumerate(all_) if i % 50 != 7]),
        None,
        ["synthese_complete", "sans_synthese = ", "SYGEN est tronqué"],
    ),
    (
        "communes-tronquees",
        "insee_cog",
        2024,
        COMMUNES,
        lines(lambda all_: [line for i, line in enumerate(all_) if i % 90 != 5], "utf-8"),
        None,
        ["communes_comptees", "attendues = 800"],
    ),
    ("vide", "sae", 2022, SYGEN, lambda _: b"", None, ["Le fichier est vide", "reprendre le fichier d'origine"]),
    ("en-tete-seul", "sae", 2022, SYGEN, lines(lambda all_: all_[:1]), None, ["n'a que son en-tête"]),
    ("page-web-csv", "sae", 2022, SYGEN, lambda _: PAGE, None, ["page web (HTML)", "503 Service indisponible"]),
    ("page-web-xlsx", "bmo", 2024, BMO, lambda _: PAGE, None, ["page web (HTML)", "503 Service indisponible"]),
    (
        "reponse-d-api",
        "zonage_medecins",
        2022,
        ZONAGE,
        lambda _: b'{"error_code": 10002, "message": "quota exceeded"}\n',
        None,
        ["C'est du JSON"],
    ),
    ("classeur-coupe", "bmo", 2024, BMO, lambda data: data[: len(data) // 2], None, ["il est coupé"]),
    ("classeur-xls-abime", "cnam_demographie", 2018, CNAM_XLS, _garbage, None, ["ne s'ouvre pas", "premiers octets"]),
    (
        "feuille-absente",
        "bmo",
        2024,
        BMO,
        workbook(lambda name, rows: (name.replace("BMO_2024_open_data", "Feuil1"), rows)),
        None,
        [
            "Aucune feuille du classeur ne s'appelle « BMO_2024_open_data »",
            "Feuil1",
            "rendre à la feuille le nom attendu",
        ],
    ),
    (
        "secrets-leves",
        "bmo",
        2024,
        BMO,
        workbook(lambda name, rows: (name, [[0 if c == "*" else c for c in row] for row in rows])),
        None,
        ["secrets_gardes", "remplacé l'astérisque"],
    ),
    ("classeur-en-csv", "sae", 2022, SYGEN, lambda _: b"PK\x03\x04" + b"\x00" * 500, None, ["un classeur (xlsx, ods)"]),
    (
        "csv-en-classeur",
        "bmo",
        2024,
        BMO,
        lambda _: b"annee;code\n2024;V1X80\n" * 50,
        None,
        ["c'est du texte (un CSV ?)"],
    ),
    (
        "virgules-decimales",
        "sae",
        2022,
        SYGEN,
        text(lambda t: t.replace(".", ",")),
        2,
        ["colonnes de sae_sygen", "ETP_AID", "n’est pas un nombre", "atlas adapter sae 2022"],
    ),
    (
        "autre-annee",
        "sae",
        2022,
        SYGEN,
        text(lambda t: t.replace(";2022;", ";2021;")),
        2,
        ["annee_du_millesime", "494 ligne(s), la première", "(annee = 2021)", "de 2022 : exercice 2022"],
    ),
    (
        "autre-region-au-perimetre",
        "parcoursup",
        2025,
        PARCOURSUP,
        text(lambda t: t.replace(";Normandie;", ";Bretagne;"), "utf-8"),
        2,
        ["region_annoncee", "d'une autre région"],
    ),
    (
        "autre-region-du-ght",
        "ght",
        2022,
        GHT,
        cells(lambda rows: [rows[0]] + [[*r[:4], "35" + r[4][2:], *r[5:]] for r in rows[1:]], ",", "utf-8"),
        None,
        ["liste_de_la_region", "hors_region = "],
    ),
    (
        "octets-nuls",
        "sae",
        2022,
        SYGEN,
        lines(lambda all_: [*all_[:40], "\x00\x00\x00" + all_[40], *all_[41:]]),
        41,
        ["3 octet(s) nul(s)", "un trou dans le fichier"],
    ),
    (
        "sans-fin-de-ligne",
        "sae",
        2022,
        SYGEN,
        lambda data: data.rstrip(b"\n"),
        495,
        ["ne finit pas par une fin de ligne", "aller à la ligne à la fin de la dernière"],
    ),
    (
        "trop-de-lignes-ecartees",
        "dares_tensions",
        2019,
        TENSIONS,
        cells(
            lambda rows: [[r[0], "beaucoup", *r[2:]] if 0 < i < 101 else r for i, r in enumerate(rows)], ",", "utf-8"
        ),
        2,
        ["la colonne emploi_moyen", "100 cellule(s) sur 6608", "emploi_moyen : « beaucoup » n’est pas un nombre"],
    ),
    (
        "trop-de-lignes-repetees",
        "dares_tensions",
        2019,
        TENSIONS,
        lines(lambda all_: all_ + all_[1000:1100], "utf-8"),
        6610,
        ["Trop de lignes écartées", "ligne_repetee", "en répète une autre"],
    ),
    ("json-coupe", "dares_metiers_2030", 2019, METIERS, lambda data: data[:9000], None, ["JSON est coupé ou abîmé"]),
    (
        "json-nombre-sans-fin",
        "dares_metiers_2030",
        2019,
        METIERS,
        lambda data: data.replace(b"{", b'{"n": ' + b"9" * 5000 + b", ", 1),
        None,
        ["un nombre y a plus de 4 300 chiffres"],
    ),
    (
        "json-emboite",
        "dares_metiers_2030",
        2019,
        METIERS,
        lambda data: data.replace(b"{", b'{"n": ' + b"[" * 3000 + b"]" * 3000 + b", ", 1),
        None,
        ["ses crochets s'emboîtent sans fin"],
    ),
    (
        "json-demi-caractere",
        "dares_metiers_2030",
        2019,
        METIERS,
        lambda data: data.replace(b"{", b'{"n": "\\ud800", ', 1),
        None,
        ["un caractère y est coupé en deux"],
    ),
    (
        "json-demi-caractere-en-titre",
        "dares_metiers_2030",
        2019,
        METIERS,
        lambda data: data.replace(b"{", b'{"\\ud800": "n", ', 1),
        None,
        ["un caractère y est coupé en deux"],
    ),
    ("json-vide", "dares_metiers_2030", 2019, METIERS, lambda _: b"[]\n", None, ["liste d'enregistrements est vide"]),
    (
        "totaux-faux",
        "drees_medecins_ages",
        2022,
        DREES,
        lines(lambda all_: [re.sub(",(?=[0-9 ]+,[0-9 ]+$)", ",1", line.rstrip()) + "\n" for line in all_]),
        None,
        ["cases_d_une_somme_fausse", "la colonne effectif", "elle est fausse, ou peut l'être"],
    ),
    (
        "departement-en-moins",
        "drees_medecins_ages",
        2022,
        DREES,
        lines(lambda all_: [line for line in all_ if "Calvados" not in line]),
        None,
        ["couverture_departements", "departements = 100"],
    ),
]


@pytest.mark.lent
@pytest.mark.parametrize(
    ("source", "millesime", "file", "damage", "line", "said"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_refuse(
    room: Callable[[str, int], Room],
    source: str,
    millesime: int,
    file: str,
    damage: Damage,
    line: int | None,
    said: list[str],
) -> None:
    here = room(source, millesime)
    here.change(file, damage)
    error = here.refused()
    failed = {c.controle for c in here.latest(accepted=False)[1].controls if not c.reussi}
    for words in said:
        # The names of controls are ours, and no message has them.
        ours = re.fullmatch("[a-z]+(_[a-z0-9]+)+", words)
        assert words in failed if ours else words in str(error)
        assert not ours or words not in str(error)
    if line is not None:
        assert error.where.line == line
    names = {f.name for f in here.latest(accepted=False)[0].files}
    assert error.where.file
    assert any(name in error.where.file for name in names)


def test_extrait_d_une_seule_region(room: Callable[[str, int], Room]) -> None:
    here = room("sae", 2022)
    for path in sorted(here.folder.glob("*.csv")):
        if not path.name.startswith("GHT"):
            column = "fi" if path.name == ID else "FI"
            here.change(path.name, only("14", "27", "50", "61", "76", column=column))
    error = here.refused()
    assert error.what.startswith("Un contrôle de sae_id échoue : ")
    assert "Observé : 5" in error.what
    assert "101 départements" in error.expected


def test_deux_fichiers_pour_une_table(room: Callable[[str, int], Room]) -> None:
    here = room("sae", 2022)
    shutil.copy(here.folder / SYGEN, here.folder / "sygen_2022R.CSV")
    error = here.refused()
    assert "Deux fichiers se disent la même partie de la table « sygen »" in error.what
    assert SYGEN in str(error)
    assert "sygen_2022R.CSV" in str(error)


def test_fichier_nomme_pour_une_autre_annee(room: Callable[[str, int], Room]) -> None:
    # Nothing is archived: the file that the vintage needs isn't there.
    here = room("sae", 2022)
    (here.folder / SYGEN).rename(here.folder / "SYGEN_2021r.csv")
    with pytest.raises(RefusedError) as caught:
        here.receive()
    error = caught.value
    assert "Il manque le fichier de la table « sygen »" in error.what
    assert "« SYGEN_2021r.csv » porte le nom du millésime 2021" in error.what
    assert "SYGEN_2022r.csv" in error.expected
    assert error.todo
    assert here.latest(accepted=True)[0].revision == 1


def test_fichier_dans_un_sous_dossier(room: Callable[[str, int], Room]) -> None:
    here = room("sae", 2022)
    (here.folder / "Bases CSV").mkdir()
    (here.folder / SYGEN).rename(here.folder / "Bases CSV" / SYGEN)
    with pytest.raises(RefusedError, match="sous-dossiers qui ne sont pas lus : Bases CSV"):
        here.receive()


# --- set aside -----------------------------------------------------------------------------------------

# Most cases use the source whose checks are quickest among those with many rows.
TABLE = ("dares_tensions", 2019, "dares_tensions", TENSIONS)
UTF8 = {"delimiter": ",", "encoding": "utf-8"}

ASIDE: list[tuple[str, str, int, str, str, Damage, str, int, int, str]] = [
    # id, source, millesime, table, file, damage, control, rows set aside, rows of revision 1 lost, reason
    (
        "ligne-repetee",
        *(*TABLE, lines(lambda all_: [*all_, all_[9]], "utf-8"), "ligne_repetee", 1, 0),
        "une seule est gardée",
    ),
    (
        "lignes-contradictoires",
        *(*TABLE, cells(lambda rows: [*rows, [rows[9][0], "7", *rows[9][2:]]], **UTF8)),
        *("cle_unique", 2, 1, "se contredisent : aucune n'est gardée"),
    ),
    (
        "ligne-trop-longue",
        *(*TABLE, lines(lambda all_: [*all_[:9], all_[9].rstrip("\n") + ",de trop\n", *all_[10:]], "utf-8")),
        *("ligne_irreguliere", 1, 1, "16 cellule(s) au lieu de 15"),
    ),
    (
        "note-sous-le-tableau",
        *(*TABLE, lines(lambda all_: [*all_, "Source : Dares et France Travail.\n"], "utf-8")),
        *("ligne_irreguliere", 1, 0, "1 cellule(s) au lieu de 15"),
    ),
    (
        "note-a-cellules-vides",
        *(*TABLE, lines(lambda all_: [*all_, "Source : Dares" + "," * 14 + "\n"], "utf-8")),
        *("cle_renseignee", 1, 0, "n'est pas renseignée"),
    ),
    (
        "note-a-cellules-vides-sae",
        *("sae", 2022, "sygen", SYGEN),
        lines(lambda all_: [*all_, "Source : DREES" + ";" * all_[0].count(";") + "\n"]),
        *("finess_forme", 1, 0, "le numéro FINESS"),
    ),
    (
        "guillemet-egare",
        *(*TABLE, lines(lambda all_: [*all_[:9], '"' + all_[9], *all_[10:]], "utf-8")),
        *("ligne_irreguliere", 1, 1, "guillemet jamais fermé"),
    ),
    (
        "ligne-sans-cle",
        *("cnam_demographie", 2024, "cnam_demographie", CNAM_CSV),
        lines(lambda all_: [*all_, ",,,,,,,,,12,3.4,,,\r\n"], "utf-8"),
        *("cle_renseignee", 1, 0, "n'est pas renseignée"),
    ),
    (
        "zone-inconnue",
        *("zonage_medecins", 2022, "zonage_medecins", ZONAGE),
        text(lambda t: t.replace("2_ZAC", "5_NOUVELLE", 1), "utf-8"),
        *("zone_connue", 1, 1, "une autre ne se classe pas"),
    ),
]


@pytest.mark.parametrize(
    ("source", "millesime", "table", "file", "damage", "control", "count", "lost", "said"),
    [case[1:] for case in ASIDE],
    ids=[case[0] for case in ASIDE],
)
def test_ecarte_la_ligne_et_garde_les_autres(
    room: Callable[[str, int], Room],
    source: str,
    millesime: int,
    table: str,
    file: str,
    damage: Damage,
    control: str,
    count: int,
    lost: int,
    said: str,
) -> None:
    here = room(source, millesime)
    before = here.aside(revision=1)
    here.change(file, damage)
    outcome = here.receive()
    assert outcome.accepte
    here.keeps_all(refused=False)
    assert len(here.lost(table)) == lost
    other = [row for row in here.aside() if row["controle"] == control and row not in before]
    known = [(r["controle"], r["contenu"]) for r in before]
    new = [row for row in here.aside() if (row["controle"], row["contenu"]) not in known]
    assert len(new) == count
    assert {row["controle"] for row in new} == {control}
    assert all(row["table"] == table and row["fichier"] == file and row["ligne"] for row in other)
    assert all(said in row["motif"] for row in new)
    assert outcome.quarantined[table] == len([r for r in here.aside() if r["table"] == table])


CELLS: list[tuple[str, str, int, str, str, Damage, str, str]] = [
    # id, source, millesime, table, file, damage, control, reason
    (
        "texte-dans-un-nombre",
        *(*TABLE, cell("Emploi moyen", 10, "environ 12", **UTF8), "type"),
        "colonne emploi_moyen : « environ 12 » n’est pas un nombre",
    ),
    (
        "virgule-decimale",
        *("sae", 2022, "sygen", SYGEN, cell("ETP_AID", 10, "12,5"), "type"),
        "colonne ETP_AID : « 12,5 » n’est pas un nombre",
    ),
    (
        "points-des-milliers",
        *(*TABLE, cell("Catégorie Tension", 10, "1.000", **UTF8), "type"),
        "« 1.000 » a deux lectures : écrire 1000, sans séparateur de milliers, ou 1",
    ),
    (
        "espaces-egares",
        *(*TABLE, cell("Emploi moyen", 10, "12 34", **UTF8), "type"),
        "« 12 34 » n’est pas un nombre",
    ),
    (
        "nombre-a-virgule-dans-un-entier",
        *(*TABLE, cell("Catégorie Tension", 10, "3.5", **UTF8), "type"),
        "« 3.5 » n’est pas un nombre entier",
    ),
    (
        "nombre-negatif",
        *(*TABLE, cell("Emploi moyen", 10, "-500", **UTF8), "nombres_positifs"),
        "n'est pas négatif",
    ),
    (
        "note-hors-bornes",
        *(*TABLE, cell("Catégorie Tension", 10, "9.0", **UTF8), "notes_de_1_a_5"),
        "notes de 1 à 5",
    ),
    (
        "total-faux",
        *("drees_medecins_ages", 2022, "drees_medecins_ages", DREES),
        *(text(lambda t: t.replace("200 410", "200 411", 1)), "cases_d_une_somme_fausse"),
        "« 200411 » ; un total publié dont cette case fait partie",
    ),
]


@pytest.mark.parametrize(
    ("source", "millesime", "table", "file", "damage", "control", "said"),
    [case[1:] for case in CELLS],
    ids=[case[0] for case in CELLS],
)
def test_vide_la_cellule_et_garde_la_ligne(
    room: Callable[[str, int], Room],
    source: str,
    millesime: int,
    table: str,
    file: str,
    damage: Damage,
    control: str,
    said: str,
) -> None:
    here = room(source, millesime)
    here.change(file, damage)
    outcome = here.receive()
    assert outcome.accepte
    here.keeps_all(refused=False)
    before, after = Counter(here.rows(1, table)), Counter(here.rows(2, table))
    ((was, _),) = (before - after).items()
    ((now, _),) = (after - before).items()
    changed = {(old is not None, new) for old, new in zip(was, now, strict=True) if old != new}
    assert changed <= {(True, None), (True, "nd"), (False, "nd")}
    known = [(r["controle"], r["contenu"]) for r in here.aside(revision=1)]
    (row,) = [r for r in here.aside() if (r["controle"], r["contenu"]) not in known]
    assert (row["table"], row["fichier"], row["controle"]) == (table, file, control)
    assert row["colonne"]
    assert row["ligne"]
    assert said in row["motif"]
    assert outcome.quarantined[table] == len([r for r in here.aside() if r["table"] == table and not r["colonne"]])
    told = [c for c in outcome.controls if c.controle == f"cellules_ecartees_{row['colonne']}"]
    assert [(c.severite, c.lignes) for c in told] == [("avertissement", 1)]


def test_le_numero_de_ligne_est_celui_du_fichier(room: Callable[[str, int], Room]) -> None:
    here = room("dares_tensions", 2019)
    here.change(TENSIONS, lines(lambda all_: [*all_[:4], "\n", "\n", *all_[4:]], "utf-8"))
    here.change(TENSIONS, lines(lambda all_: [*all_[:30], "une note\n", *all_[30:]], "utf-8"))
    here.receive()
    (row,) = here.aside()
    assert (row["ligne"], row["contenu"]) == (31, "une note")


# --- accepted ------------------------------------------------------------------------------------------

SAME: list[tuple[str, str, int, str, Damage]] = [
    (
        "colonnes-en-ordre-inverse",
        "dares_tensions",
        2019,
        TENSIONS,
        cells(lambda rows: [r[::-1] for r in rows], **UTF8),
    ),
    (
        "casse-de-l-en-tete",
        *("dares_tensions", 2019, TENSIONS),
        lines(lambda all_: [all_[0].upper(), *all_[1:]], "utf-8"),
    ),
    (
        "blancs-de-l-en-tete",
        *("dares_tensions", 2019, TENSIONS),
        lines(lambda all_: [all_[0].replace(",Emploi moyen,", ", Emploi  moyen ,"), *all_[1:]], "utf-8"),
    ),
    ("fins-de-ligne-crlf", "dares_tensions", 2019, TENSIONS, lambda data: data.replace(b"\n", b"\r\n")),
    ("fins-de-ligne-cr", "dares_tensions", 2019, TENSIONS, lambda data: data.replace(b"\n", b"\r")),
    ("fins-de-ligne-lf", "zonage_medecins", 2022, ZONAGE, lambda data: data.replace(b"\r\n", b"\n")),
    ("marque-utf8", "zonage_medecins", 2022, ZONAGE, lambda data: b"\xef\xbb\xbf" + data),
    ("sans-marque-utf8", "cnam_demographie", 2024, CNAM_CSV, lambda data: data.removeprefix(b"\xef\xbb\xbf")),
    ("fin-de-ligne-ajoutee", "laposte_codes_postaux", 2024, POSTE, lambda data: data + b"\r\n"),
    (
        "lignes-vides",
        *("dares_tensions", 2019, TENSIONS),
        lines(lambda all_: [*all_[:50], "\n", *all_[50:], "," * 14 + "\n", "\n"], "utf-8"),
    ),
    (
        "notes-apres-l-arret",
        *("drees_medecins_ages", 2022, DREES),
        lines(lambda all_: [*all_, "Note de lecture : au 1er janvier, 12 médecins.\n", "Source,RPPS\n"]),
    ),
    (
        "espace-des-milliers",
        *("drees_medecins_ages", 2022, DREES),
        text(lambda t: t.replace("200 410", "200410")),
    ),
    (
        "espaces-insecables",
        *("drees_medecins_ages", 2022, DREES),
        text(lambda t: t.replace("200 410", "200\u00a0410")),
    ),
]


@pytest.mark.parametrize(
    ("source", "millesime", "file", "damage"), [case[1:] for case in SAME], ids=[case[0] for case in SAME]
)
def test_accepte_avec_le_meme_contenu(
    room: Callable[[str, int], Room], source: str, millesime: int, file: str, damage: Damage
) -> None:
    here = room(source, millesime)
    before = (here.folder / file).read_bytes()
    here.change(file, damage)
    assert (here.folder / file).read_bytes() != before
    outcome = here.receive()
    assert outcome.accepte
    here.keeps_all(refused=False)
    first_ = outcomes.load(here.settings, source, millesime, 1)
    assert first_ is not None
    assert outcome.rows == first_.rows
    assert outcome.quarantined == first_.quarantined
    for table in outcome.rows:
        assert sorted(map(repr, here.rows(2, table))) == sorted(map(repr, here.rows(1, table)))


def _warned(outcome: Outcome, name: str) -> str:
    (control,) = [c for c in outcome.controls if c.controle == name and not c.reussi]
    assert control.severite == "avertissement"
    return f"{control.observe} : {control.motif}"


def test_colonne_en_plus(room: Callable[[str, int], Room]) -> None:
    here = room("dares_tensions", 2019)
    here.change(TENSIONS, cells(lambda rows: [[*r, "NOUVELLE" if i == 0 else "1"] for i, r in enumerate(rows)], **UTF8))
    outcome = here.receive()
    assert outcome.accepte
    assert here.lost("dares_tensions") == []
    assert _warned(outcome, "colonnes_connues").startswith("NOUVELLE :")


def test_fichier_inconnu(room: Callable[[str, int], Room]) -> None:
    # The bytes of the table are those of revision 1: something in them must change for a new one.
    here = room("ght", 2022)
    here.change(GHT, lambda data: data.replace(b"\n", b"\r\n"))
    (here.folder / "lisez-moi.pdf").write_bytes(b"%PDF-1.7")
    outcome = here.receive()
    assert outcome.accepte
    said = _warned(outcome, "fichiers_reconnus")
    assert "lisez-moi.pdf" in said
    assert "ni lus, ni archivés" in said
    archived = here.latest(accepted=True)[0].folder(here.settings.landing)
    assert not (archived / "lisez-moi.pdf").exists()


def test_ce_que_personne_ne_lit_est_nomme(room: Callable[[str, int], Room]) -> None:
    here = room("ght", 2022)
    root = here.settings.sources
    for folder in ("ailleurs", "ght/2022 bis", "nomenclatures"):
        (root / folder).mkdir()
    (root / "ght" / "ght_2022.csv").write_bytes(b"annee\n")
    (root / "nomenclatures" / "fap2021.csv").write_bytes(b"")
    assert mirror.unclaimed(root) == ["ailleurs", "ght/2022 bis", "ght/ght_2022.csv"]


def test_total_de_bordereau_faux(room: Callable[[str, int], Room]) -> None:
    # Q24 only recalculates SYGEN: the gap is listed, nothing is published from it.
    here = room("sae", 2022)

    def total(rows: list[list[str]]) -> list[list[str]]:
        disci, administrative, whole = (rows[0].index(name) for name in ("DISCI", "TECHN", "ETPPNM"))
        row = next(r for r in rows if r[disci] == "9999")
        row[administrative] = str(float(row[administrative] or 0) + 10)
        row[whole] = str(float(row[whole]) + 10)
        return rows

    here.change(Q24, cells(total))
    outcome = here.receive()
    assert outcome.accepte
    said = _warned(outcome, "disciplines_additives")
    assert "finess = 019000025" in said


def test_millesime_sans_colonne_a_lui(
    sample_extracts: Path, tmp_path: Path, accepted: Callable[[str, int], Path]
) -> None:
    folder = tmp_path / "extraits" / "ght" / "2024"
    folder.mkdir(parents=True)
    for path in (sample_extracts / "ght" / "2023").iterdir():
        (folder / path.name.replace("2023", "2024")).write_bytes(path.read_bytes().replace(b"2023,", b"2024,"))
    shutil.copy(sample_extracts / mirror.FICTIF, tmp_path / "extraits")
    here = Room(Settings(tmp_path / "extraits", tmp_path / "entrepot"), "ght", 2024)
    outcome = here.receive()
    assert outcome.accepte
    said = _warned(outcome, "millesime_declare")
    assert said.startswith("2024 :")
    assert "ajouter une colonne 2024" in said
    before = Room(Settings(tmp_path, accepted("ght", 2023) / "entrepot"), "ght", 2023)
    assert len(here.rows(1, "ght")) == len(before.rows(1, "ght"))


def test_commune_inconnue_n_est_pas_perdue(
    room: Callable[[str, int], Room], sample_extracts: Path, tmp_path: Path
) -> None:
    here = room("sae", 2022)
    here.change(ID, cell("COMINSEE", 10, "99999"))
    here.change(ID, cell("NOMCOM", 10, "NULLE PART"))
    finess = (here.folder / ID).read_text("cp1252").splitlines()[9].split(";")[2]
    outcome = here.receive()
    assert outcome.accepte
    assert outcome.quarantined["id"] == 0
    shutil.copytree(sample_extracts / "insee_cog" / "2024", here.settings.sources / "insee_cog" / "2024")
    Room(here.settings, "insee_cog", 2024).receive()
    target = builder.build(here.settings, lockfile.lock(here.settings, 2025))
    with duckdb.connect(str(target), read_only=True) as connection:
        site = connection.execute(
            "SELECT commune, commune_publiee, departement, region FROM fiches.etablissements WHERE finess = ?", [finess]
        ).fetchall()
        unknown = connection.execute(
            "SELECT source, niveau, code_publie, fichier, premiere_ligne FROM qualite.territoires_inconnus "
            "WHERE code_publie = '99999'"
        ).fetchall()
    assert site == [(None, "99999", "03", "84")]
    assert unknown == [("sae", "commune", "99999", ID, 10)]


def test_une_revision_refusee_ne_touche_pas_au_verrou(room: Callable[[str, int], Room]) -> None:
    here = room("ght", 2022)
    made = lockfile.lock(here.settings, 2025)
    here.change(GHT, lambda _: b"")
    here.refused()
    again = lockfile.lock(here.settings, 2025)
    assert again == made
    drafted = lockfile.draft(here.settings, 2025)
    assert [(p.source, p.revision) for p in drafted.pins] == [("ght", 1)]
    assert [(r.source, r.revision) for r in drafted.refus] == [("ght", 2)]


def test_le_bon_fichier_revenu_est_reconnu(room: Callable[[str, int], Room]) -> None:
    # The same bytes again are the same revision, whatever came in between.
    here = room("ght", 2022)
    good = (here.folder / GHT).read_bytes()
    here.change(GHT, lambda _: b"")
    here.refused()
    here.change(GHT, lambda _: good)
    here.receive()
    assert here.latest(accepted=True)[0].revision == 1
    assert len(landing.revisions(here.settings.landing, "ght", 2022)) == 2


def test_un_classeur_qui_epuise_la_memoire_est_refuse(room: Callable[[str, int], Room]) -> None:
    """One stray value in the last cell makes the library ask for more memory than there is."""
    here = room("bmo", 2024)

    def stray(name: str, rows: list[list[Any]]) -> tuple[str, list[list[Any]]]:
        return name, rows[:50]

    here.change(BMO, workbook(stray))
    data = (here.folder / BMO).read_bytes()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as written:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", far)
            written.writestr(name, content)
    (here.folder / BMO).write_bytes(target.getvalue())
    error = here.refused()
    assert "ne se lit pas : une cellule y est remplie loin du tableau, ou le classeur est abîmé" in error.what


def test_le_motif_d_un_refus_se_relit_en_json(room: Callable[[str, int], Room]) -> None:
    here = room("ght", 2022)
    here.change(GHT, lambda _: b"")
    error = here.refused()
    path = outcomes.folder(here.settings, "ght", 2022, 2) / outcomes.OUTCOME
    told = json.loads(path.read_text(encoding="utf-8"))["refus"]
    assert (told["what"], told["where"]["file"], told["expected"], told["todo"]) == (
        error.what,
        error.where.file,
        error.expected,
        error.todo,
    )
