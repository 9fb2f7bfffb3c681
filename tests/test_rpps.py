"""The health directory: persons as keyed hashes, headcounts counted by hand, nothing personal published."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from fixtures_entrepots import (
    EDITION,
    REGION,
    ROOT,
    Publication,
    Warehouse,
    a_copy,
    build_edition,
    environment,
    none,
    one,
    rows,
    tables_only,
)

from pipelines import catalogue, steps
from pipelines.arrival import landing, outcomes, personnes, retention, staging
from pipelines.connectors.mirror import FICTIF
from pipelines.edition import lockfile
from pipelines.errors import BuildError, RefusedError, UsageError
from pipelines.publish import public
from pipelines.releases import components
from pipelines.runtime import locks
from pipelines.settings import Settings
from samples.nomenclatures import headings

KEY = b"une cle d'essai de plus de trente-deux caracteres"
RPPS = catalogue.load("rpps")
HEADER = headings("PS_LibreAcces_Personne_activite.txt", "|")
KNOW_HOW = headings("PS_LibreAcces_SavoirFaire.txt", "|")


# --- The key ----------------------------------------------------------------------------------------


def test_a_hash_is_keyed_stable_and_keeps_what_is_missing() -> None:
    cells = pa.chunked_array([["810000000001", None, "810000000001", "é"]])
    found = personnes.hashed(cells, KEY).to_pylist()
    expected = hashlib.blake2b(b"810000000001", key=KEY, digest_size=16).hexdigest()
    assert found == [expected, None, expected, hashlib.blake2b("é".encode(), key=KEY, digest_size=16).hexdigest()]
    assert personnes.hashed(cells, KEY + b"!").to_pylist()[0] != expected
    assert personnes.key_id(KEY) != personnes.key_id(KEY + b"!")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without a key, neither in the environment nor in a file."""
    monkeypatch.delenv(personnes.VARIABLE)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "atlas-sante" / "cle-personnes"


def test_the_key_is_made_once_in_a_file_of_its_own(home: Path) -> None:
    first = personnes.key(fictif=False)
    assert personnes.key(fictif=False) == first
    assert len(first) == 64
    assert home.stat().st_mode & 0o777 == 0o600
    home.chmod(0o640)
    with pytest.raises(UsageError, match="lue par d'autres"):
        personnes.key(fictif=False)


def test_a_key_beside_the_data_is_refused(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_WAREHOUSE", str(tmp_path))
    with pytest.raises(UsageError, match="à côté des données"):
        personnes.key(fictif=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(ROOT / "conf"))
    with pytest.raises(UsageError, match="à côté des données"):
        personnes.key(fictif=False)
    assert not home.exists()


def test_the_environment_gives_the_key_and_a_short_one_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(personnes.VARIABLE, KEY.decode())
    assert personnes.key(fictif=False) == KEY
    monkeypatch.setenv(personnes.VARIABLE, "courte")
    with pytest.raises(UsageError, match="trop courte") as told:
        personnes.key(fictif=False)
    assert "courte " not in str(told.value).replace("trop courte :", "")
    assert not home.exists()


# --- Reading ----------------------------------------------------------------------------------------


def line(number: int, **cells: str) -> dict[str, str]:
    """One line of Personne_activite; every cell that could identify someone is planted, to be looked for."""
    rpps = f"107777{number:05d}"
    return {
        "Type d'identifiant PP": "8",
        "Identifiant PP": rpps,
        "Identification nationale PP": f"8{rpps}",
        "Nom d'exercice": f"PLANTENOM{number}",
        "Prénom d'exercice": f"Planteprénom{number}",
        "Code profession": "10",
        "Libellé profession": "Médecin",
        "Code catégorie professionnelle": "C",
        "Code mode exercice": "L",
        "Numéro SIRET site": f"5555555{number:05d}11",
        "Numéro SIREN site": f"5555{number:05d}",
        "Identifiant technique de la structure": f"R777{number:09d}",
        "Raison sociale site": f'CABINET "PLANTENOM" {number}',
        "Numéro Voie (coord. structure)": "3",
        "Libellé Voie (coord. structure)": "RUEPLANTEE",
        "Code pays (coord. structure)": "99000",
        "Téléphone (coord. structure)": f"02977{number:05d}",
        "Adresse e-mail (coord. structure)": f"plante{number}@courriel.invalid",
        **cells,
    }


PLANTED = ("PLANTENOM", "PLANTEPRÉNOM", "107777", "5555555", "R777", "RUEPLANTEE", "02977", "@COURRIEL.INVALID")


def speciality(code: str) -> dict[str, str]:
    return {"Code type savoir-faire": "S", "Code savoir-faire": code, "Libellé savoir-faire": code} if code else {}


def at(commune: str, finess: str = "", mode: str = "L") -> dict[str, str]:
    return {
        "Code commune (coord. structure)": commune,
        "Numéro FINESS site": finess,
        "Code mode exercice": mode,
    }


def text(lines: list[dict[str, str]], header: list[str] = HEADER, *, trailing: bool = True) -> str:
    end = "|\n" if trailing else "\n"
    return "".join("|".join(cells) + end for cells in [header, *([c.get(h, "") for h in header] for c in lines)])


def write(folder: Path, content: str, name: str = "PS_LibreAcces_Personne_activite_202501020805.txt") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


def staged(
    path: Path, folder: Path, table: str = "activites", millesime: int = 2025
) -> tuple[staging.Staged, list[dict[str, object]]]:
    with duckdb.connect() as connection:
        return staging.stage(connection, RPPS, table, millesime, [path], folder, key=KEY)


def read(result: staging.Staged) -> list[dict[str, object]]:
    with duckdb.connect() as connection:
        found: list[dict[str, object]] = connection.execute(f"FROM '{result.path}'").to_arrow_table().to_pylist()
    return found


def test_real_rows_are_read(mirror_root: Path, tmp_path: Path) -> None:
    path = mirror_root / "rpps" / "2021" / "PS_LibreAcces_Personne_activite_sample.txt"
    result, aside = staged(path, tmp_path, millesime=2021)
    found = read(result)
    assert (len(found), aside, result.unknown_headings) == (22, [], [])
    assert [r["_ligne"] for r in found] == list(range(2, 24))
    midwife = found[-1]
    assert (midwife["profession"], midwife["savoir_faire"], midwife["mode_exercice"]) == ("10", "SM20", "S")
    assert midwife["personne"] == hashlib.blake2b(b"810000000021", key=KEY, digest_size=16).hexdigest()
    assert {r["commune"] for r in found} >= {None, "01004", "01053"}


def test_a_key_is_required(tmp_path: Path) -> None:
    path = write(tmp_path, text([line(1)]))
    with duckdb.connect() as connection, pytest.raises(ValueError, match="key"):
        staging.stage(connection, RPPS, "activites", 2025, [path], tmp_path)


def test_columns_may_move_and_change_case(tmp_path: Path) -> None:
    lines = [line(1, **at("14001", "140000001", "S")), line(2)]
    plain = read(staged(write(tmp_path / "a", text(lines)), tmp_path)[0])
    moved = text(lines, HEADER[::-1], trailing=False).replace("Code Département", "Code département", 1)
    assert read(staged(write(tmp_path / "b", moved), tmp_path)[0]) == plain
    older = text(lines, HEADER[:52])
    path = write(tmp_path / "c", older, "PS_LibreAcces_Personne_activite_202101020805.txt")
    assert [r["commune"] for r in read(staged(path, tmp_path, millesime=2021)[0])] == ["14001", None]


def test_columns_added_renamed_or_missing(tmp_path: Path) -> None:
    added, _ = staged(write(tmp_path / "a", text([line(1)], [*HEADER, "Code nouveau"])), tmp_path)
    assert added.unknown_headings == ["Code nouveau"]
    renamed = [h.replace("Code commune (coord. structure)", "Code commune INSEE") for h in HEADER]
    with pytest.raises(RefusedError, match="Code commune INSEE"):
        staged(write(tmp_path / "b", text([line(1)], renamed)), tmp_path)
    with pytest.raises(RefusedError, match="Code profession"):
        staged(write(tmp_path / "c", text([line(1)], [h for h in HEADER if h != "Code profession"])), tmp_path)


def test_ragged_lines_keep_their_number_and_lose_their_text(tmp_path: Path) -> None:
    content = text([line(n) for n in range(1, 30_001)]).splitlines(keepends=True)
    content[10] = "8|10777700010|PLANTENOM10\n"
    content[20_000] = content[20_000].replace("|", "||", 1)
    content[25_000] = "\n"
    result, aside = staged(write(tmp_path, "".join(content)), tmp_path)
    assert [(r["ligne"], r["contenu"]) for r in aside] == [(11, None), (20_001, None)]
    assert "PLANTE" not in json.dumps(aside)
    numbers = [r["_ligne"] for r in read(result)]
    assert numbers == [n for n in range(2, 30_002) if n not in (11, 20_001, 25_001)]


def test_a_file_without_header_names_nobody(tmp_path: Path) -> None:
    path = write(tmp_path, "".join(text([line(1), line(2)]).splitlines(keepends=True)[1:]))
    with pytest.raises(RefusedError) as told:
        staged(path, tmp_path)
    assert not [word for word in PLANTED if word in str(told.value).upper()]


@pytest.mark.parametrize("content", ["", text([]), text([line(1)])[:-20]], ids=["empty", "header", "cut"])
def test_a_file_that_is_no_extract_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError):
        staged(write(tmp_path, content), tmp_path)


def test_a_file_of_another_width_is_refused_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.readers.streamed.RAGGED_MAX", 5)
    content = text([line(n) for n in range(9)]).replace("|\n", "\n").replace("\n", "|\n", 1)
    with pytest.raises(RefusedError, match="autant de cellules"):
        staged(write(tmp_path, content), tmp_path)


# --- What could be a name -----------------------------------------------------------------------------

CODES = [
    (table, column.name, column.headings(2025)[0])
    for table in RPPS.tables
    for column in RPPS.of_table(table)
    if column.may_be_anything
]
FILES = {"activites": "Personne_activite", "savoir_faire": "SavoirFaire", "diplomes": "Dipl_AutExerc"}


def swapped(content: str, one: str, other: str) -> str:
    """An extract whose header gives each of two columns the other's name."""
    header, rest = content.split("\n", 1)
    names = {one: other, other: one}
    cells = [names.get(h, h) for h in header.replace("département", "Département").split("|")]
    assert one in cells
    assert other in cells
    return "|".join(cells) + "\n" + rest


def outside(now: Settings, *words: str) -> list[str]:
    """Files of a warehouse, its archive left out, that hold one of these words in any form."""
    every = [p for p in now.warehouse.rglob("*") if p.is_file() and not p.is_relative_to(now.landing)]
    return sorted(p.name for p in every for said in [cells_of(p).upper()] if any(word in said for word in words))


@pytest.fixture
def register(empty: Settings, tmp_path: Path) -> Iterator[tuple[Settings, Path]]:
    """A new warehouse, and the fictitious register of 2025 in a folder of its own, to be damaged."""
    folder = tmp_path / "extraits" / "rpps" / "2025"
    shutil.copytree(empty.sources / "rpps" / "2025", folder)
    shutil.copy(empty.sources / "FICTIF.txt", tmp_path / "extraits")
    with environment(empty.warehouse, tmp_path / "extraits") as now:
        yield now, folder


def of(folder: Path, table: str) -> Path:
    (path,) = folder.glob(f"*{FILES[table]}*")
    return path


def told_by(error: RefusedError) -> str:
    return str(error).upper()


@pytest.mark.lent
@pytest.mark.parametrize(("table", "column", "heading"), CODES)
def test_no_column_that_is_kept_can_hold_a_name(
    register: tuple[Settings, Path], table: str, column: str, heading: str
) -> None:
    """Two headings swapped: every kept code with the name of the person, by the steps that a person takes."""
    now, folder = register
    path = of(folder, table)
    assert "NOMFICTIF" in path.read_text(encoding="utf-8")
    path.write_text(swapped(path.read_text(encoding="utf-8"), heading, "Nom d'exercice"), encoding="utf-8")
    with pytest.raises(RefusedError, match=f"les cellules de la colonne {column} ont une seule forme") as told:
        steps.ingest("rpps", 2025)
    assert f"{path.name}, ligne 2" in told.value.what
    assert "NOMFICTIF" not in told_by(told.value)
    assert outside(now, "NOMFICTIF") == []


@pytest.mark.parametrize(
    ("heading", "other", "said"),
    [
        ("Numéro FINESS site", "Numéro SIREN site", "un numéro FINESS commence par le département de sa commune"),
        ("Numéro FINESS site", "Téléphone (coord. structure)", "la colonne finess ont une seule forme"),
        (
            "Code Département (structure)",
            "Numéro Voie (coord. structure)",
            "le département publié est celui de la commune",
        ),
        (
            "Code postal (coord. structure)",
            "Numéro Voie (coord. structure)",
            "la colonne code_postal ont une seule forme",
        ),
        (
            "Code commune (coord. structure)",
            "Libellé commune (coord. structure)",
            "la colonne commune ont une seule forme",
        ),
        ("Code catégorie professionnelle", "Code civilité", "la colonne categorie ont une seule forme"),
    ],
)
def test_what_looks_like_a_code_is_held_to_the_others(
    register: tuple[Settings, Path], heading: str, other: str, said: str
) -> None:
    _, folder = register
    path = of(folder, "activites")
    path.write_text(swapped(path.read_text(encoding="utf-8"), heading, other), encoding="utf-8")
    with pytest.raises(RefusedError, match=said):
        steps.ingest("rpps", 2025)


def test_one_name_in_one_cell_is_emptied_and_told_by_its_line(register: tuple[Settings, Path]) -> None:
    now, folder = register
    path = of(folder, "activites")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    rank = lines[0].split("|").index("Code commune (coord. structure)")
    cells = lines[40].split("|")
    cells[rank] = "DUPONTFICTIF"
    lines[40] = "|".join(cells)
    path.write_text("".join(lines), encoding="utf-8")
    assert steps.ingest("rpps", 2025)["avertissements"] > 0
    outcome = outcomes.load(now, "rpps", 2025, 1)
    assert outcome
    (control,) = [c for c in outcome.controls if c.controle == "forme_commune"]
    assert (control.severite, control.lignes) == ("avertissement", 1)
    assert control.observe.endswith(f"la première : {path.name}, ligne 41")
    assert outside(now, "DUPONTFICTIF") == []
    with duckdb.connect() as db:
        staged_ = outcomes.folder(now, "rpps", 2025, 1) / "activites.parquet"
        assert rows(db, f"SELECT commune FROM '{staged_}' WHERE _ligne = 41") == [(None,)]


def test_no_control_quotes_a_cell(register: tuple[Settings, Path]) -> None:
    """Codes of their form, unknown to the rules: what fails is told by counts and places."""
    now, folder = register
    path = of(folder, "activites")
    content = path.read_text(encoding="utf-8").replace("|C|Civil|", "|Q|Civil|").replace("|S|Salarié|", "|Z|Salarié|")
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RefusedError) as told:
        steps.ingest("rpps", 2025)
    outcome = outcomes.load(now, "rpps", 2025, 1)
    assert outcome
    (known,) = [c for c in outcome.controls if c.controle == "codes_connus"]
    assert not known.reussi
    others = r"( ; puis ligne\(s\) [\d, ]+ et \d+ de plus)?"
    assert re.fullmatch(rf"\d+ ligne\(s\), la première : {path.name}, ligne \d+{others}", known.observe)
    assert "modes_presents" in {c.controle for c in outcome.controls if c.severite == "critique" and not c.reussi}
    assert not re.search(r"\b[QZ]\b", known.observe + told.value.what)


@pytest.mark.parametrize("where", ["staging.stage", "_judge"])
def test_an_error_that_nobody_foresaw_cites_nobody(
    register: tuple[Settings, Path], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    now, _ = register

    def fail(*_: object, **__: object) -> None:
        raise duckdb.ConversionException("Could not convert string 'NOMFICTIF12' to INT32")

    monkeypatch.setattr(f"pipelines.arrival.acceptance.{where}", fail)
    with pytest.raises(RefusedError, match="ConversionException") as told:
        steps.ingest("rpps", 2025)
    assert told.value.__suppress_context__
    assert "NOMFICTIF" not in told_by(told.value)
    assert outside(now, "NOMFICTIF") == []


def test_a_kept_text_of_a_personal_source_has_a_form() -> None:
    formes = dict(RPPS.tables["activites"].formes)
    del formes["commune"]
    loose = RPPS.tables["activites"].model_copy(update={"formes": formes})
    with pytest.raises(ValueError, match=r"sans `formes` : \['commune'\]"):
        catalogue.Source(**{**dict(RPPS), "tables": {**RPPS.tables, "activites": loose}})


# --- The size of a country ------------------------------------------------------------------------------


def test_a_cut_of_the_national_register_is_refused(register: tuple[Settings, Path]) -> None:
    """A real extract of some thousand lines, under its own name or under that of the mirror's cut."""
    _, folder = register
    (folder.parents[1] / "FICTIF.txt").unlink()
    for path in folder.iterdir():
        if FILES["activites"] not in path.name:
            path.unlink()
    with pytest.raises(RefusedError, match="un extrait entier a au moins") as told:
        steps.ingest("rpps", 2025)
    assert "au moins 1500000 lignes ; celui-ci est tronqué ou partiel" in told.value.expected
    of(folder, "activites").rename(folder / "PS_LibreAcces_Personne_activite_sample.txt")
    with pytest.raises(RefusedError, match="un extrait entier a au moins"):
        steps.ingest("rpps", 2025)


def test_the_cut_of_the_mirror_is_told_as_a_cut(mirror_root: Path, tmp_path: Path) -> None:
    with environment(tmp_path / "entrepot", mirror_root) as now:
        steps.ingest("rpps", 2021)
        outcome = outcomes.load(now, "rpps", 2021, 1)
    assert outcome
    (volume,) = [c for c in outcome.controls if c.controle == "volume"]
    assert (volume.severite, volume.reussi, volume.observe) == ("avertissement", False, "22")
    assert "celui-ci est une coupe, connue comme telle" in volume.motif


# --- Who can open it, and what is left ------------------------------------------------------------------


def test_a_restricted_source_is_its_owners_alone(register: tuple[Settings, Path]) -> None:
    now, _ = register
    steps.ingest("rpps", 2025)
    for room in (now.landing, now.staging):
        for path in (room / "rpps", room / "rpps" / "2025", room / "rpps" / "2025" / "r1"):
            assert path.stat().st_mode & 0o777 == 0o700, path
    for path in (now.landing / "rpps" / "2025" / "r1").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path


def left_behind(now: Settings) -> list[Path]:
    """What runs cut short would have left, a name in each."""
    names = [now.landing / "rpps" / "2025" / f"{kind}-0123" for kind in (".arrivee", ".telechargement")]
    made = [*names, now.landing / "sae" / "2022" / ".arrivee-4", now.staging / "rpps" / "2025" / ".r1-ancien-5"]
    for folder in made:
        folder.mkdir(parents=True)
        (folder / "reste.txt").write_text("NOMFICTIF", encoding="utf-8")
    return made


def test_what_cut_runs_left_goes_at_the_next_one(register: tuple[Settings, Path]) -> None:
    now, _ = register
    *mine, others, staged_ = left_behind(now)
    steps.ingest("rpps", 2025)
    assert [p for p in (*mine, staged_) if p.exists()] == []
    assert others.exists()  # another source's: its own run, or a purge


def test_purge_takes_what_cut_runs_left(register: tuple[Settings, Path]) -> None:
    now, _ = register
    made = left_behind(now)
    assert steps.purge(2025, sure=False) == []
    assert all(p.exists() for p in made)
    assert steps.purge(2025, sure=True) == []
    assert [p for p in made if p.exists()] == []


def test_what_another_process_writes_is_not_taken_from_it(register: tuple[Settings, Path]) -> None:
    now, _ = register
    made = left_behind(now)
    with locks.parts(now.warehouse, "un autre", locks.vintage("rpps", 2025)):
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from pipelines import settings; from pipelines.arrival import retention; "
                "print(len(retention.sweep(settings.load())))",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.strip() == "1"
    assert [p for p in made if not p.exists()] == [made[2]]


# --- Counted by hand --------------------------------------------------------------------------------

DOCTORS_2024 = {"A": "14001", "B": "14001", "C": "61001", "D": "14001", "G": "14002", "I": "14001", "J": "61001"}
DOCTORS_2024 |= {"L": "14001", "N": "14001"}
SPECIALITIES = {"A": "SM54", "B": "SM26", "C": "SM04", "D": "SM73", "G": "SM42", "L": "SM54", "N": "SM54", "O": "SM40"}


def doctor(name: str, place: dict[str, str], **cells: str) -> dict[str, str]:
    return line(ord(name), **speciality(SPECIALITIES.get(name, "")), **place, **cells)


def extract_2024() -> list[dict[str, str]]:
    return [doctor(name, at(commune)) for name, commune in DOCTORS_2024.items()]


def extract_2025() -> list[dict[str, str]]:
    nurse = {"Code profession": "60", "Libellé profession": "Infirmier"}
    return [
        doctor("A", at("14001")),
        # Two places in two départements: once where the last line is; half at each.
        doctor("B", at("14001", "140000001", "S")),
        doctor("B", at("61001")),
        doctor("C", at("61001", "610000001", "S")),  # cardiology, old code
        doctor("D", at("14001", "140000001", "S")),  # cardiology, code of 2017
        doctor("E", at("14001", mode="S"), **{"Code catégorie professionnelle": "E"}),  # a student
        doctor("F", at("14001", mode="B")),  # only a volunteer
        doctor("G", at("14002", mode="S")),  # salaried, and a volunteer elsewhere
        doctor("G", at("61001", mode="B")),
        doctor("H", at("14001", mode="S"), **{"Code catégorie professionnelle": "M"}),  # only military
        doctor("I", at("14001")),  # its speciality is in the other file
        doctor("J", at("61001")),  # no ordinal speciality: general practice
        line(75, **nurse, **at("14001", "140000001", "S")),
        line(75, **nurse, **at("14002", "140000002", "S")),
        line(75, **nurse, **at("", mode="L")),  # a third place, of unknown commune
        doctor("L", at("14001"), **{"Code genre activité": "GENR02"}),  # a locum
        doctor("O", at("14002", mode="S")),  # new in 2025, where N has died
        doctor("P", at(""), **{"Code pays (coord. structure)": "99131"}),  # abroad
        doctor("Q", at("98888")),  # a commune that leads nowhere
    ]


@pytest.fixture(scope="module")
def counted(sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publication]:
    """An edition from two extracts written by hand, on the sample's geography."""
    root = tmp_path_factory.mktemp("compte")
    for name in ("insee_cog", "bmo"):
        shutil.copytree(sample_extracts / name, root / "extraits" / name)
    shutil.copy(sample_extracts / "FICTIF.txt", root / "extraits")
    fillers = [line(900 + n, **{"Code profession": str(code), **at("76001")}) for n, code in enumerate(range(80, 100))]
    for millesime, lines in ((2024, extract_2024()), (2025, extract_2025())):
        folder = root / "extraits" / "rpps" / str(millesime)
        stamp = f"{millesime}01020805.txt"
        content = text([*lines, *fillers])
        write(folder, content, f"PS_LibreAcces_Personne_activite_{stamp}")
        known = [
            {**line(73), **speciality("SM53")},
            {**line(73), "Code type savoir-faire": "CEX", "Code savoir-faire": "CEX24"},
            *({**line(900 + n), **speciality("SM54")} for n in range(20)),
        ]
        write(folder, text(known, KNOW_HOW), f"PS_LibreAcces_SavoirFaire_{stamp}")
    with environment(root / "entrepot", root / "extraits") as now:
        for source in ("insee_cog", "bmo", "rpps"):
            for millesime in steps.vintages(source):
                steps.ingest(source, millesime)
        build_edition()
        with tables_only():  # pages, sheets and workbooks are made from the same public file
            release = Path(steps.publish(EDITION, REGION))
        yield Publication(now, release)


@pytest.fixture
def counts(counted: Publication) -> Iterator[duckdb.DuckDBPyConnection]:
    with counted.connect() as connection:
        yield connection


def headcounts(
    db: duckdb.DuckDBPyConnection, methode: str, niveau: str, *, by: str = "code", **wanted: str
) -> dict[str, float]:
    asked = {"profession": "medecin", "specialite_groupe": "ensemble", "mode_exercice": "ensemble", **wanted}
    asked.pop(by, None)
    where = " AND ".join(f"{k} = '{v}'" for k, v in asked.items())
    query = f"SELECT {by}, effectif FROM atlas.effectifs_rpps WHERE annee = 2025 AND methode = ? AND niveau = ? AND "
    return {k: float(v) for k, v in rows(db, query + where, methode, niveau)}


@pytest.mark.lent
def test_each_person_counts_once(counts: duckdb.DuckDBPyConnection) -> None:
    assert headcounts(counts, "personne", "france") == {"F": 10}
    assert headcounts(counts, "personne", "departement") == {"14": 6, "61": 3}
    assert headcounts(counts, "personne", "commune") == {"14001": 4, "14002": 2, "61001": 3}
    assert headcounts(counts, "personne", "departement", profession="infirmier") == {"14": 1}


@pytest.mark.lent
def test_or_by_shares_of_its_places(counts: duckdb.DuckDBPyConnection) -> None:
    assert headcounts(counts, "prorata", "france") == {"F": 10}
    assert headcounts(counts, "prorata", "departement") == {"14": 6.5, "61": 2.5}
    nurse = headcounts(counts, "prorata", "commune", profession="infirmier")
    assert nurse == {"14001": 0.333333, "14002": 0.333334}
    assert headcounts(counts, "prorata", "france", profession="infirmier") == {"F": 1}


def test_specialities_unite_old_and_new_codes(counts: duckdb.DuckDBPyConnection) -> None:
    groups = {"ensemble": 10, "medecine_generale": 6, "cardiologie": 2, "psychiatrie": 1, "pediatrie": 1}
    assert headcounts(counts, "personne", "france", by="specialite_groupe") == groups
    # I is found in the file of know-hows, and counts once though it has two lines there.
    personne = personnes.hashed(pa.array(["810777700073"]), personnes.SAMPLE_KEY)[0].as_py()
    query = "SELECT savoir_faire, specialite_groupe FROM core.rpps_personnes WHERE millesime = 2025 AND personne = ?"
    assert rows(counts, query, personne) == [("SM53", "medecine_generale")]


def test_modes_are_of_all_activities(counts: duckdb.DuckDBPyConnection) -> None:
    modes = {"ensemble": 10, "libéral": 5, "mixte": 1, "salarié": 4}
    assert headcounts(counts, "personne", "france", by="mode_exercice") == modes


def test_who_is_not_counted_is_kept_with_the_reason(counts: duckdb.DuckDBPyConnection) -> None:
    found = dict(rows(counts, "SELECT exclusion, count(*) FROM core.rpps_activites WHERE millesime = 2025 GROUP BY 1"))
    found.pop(None)
    assert found == {"étudiant": 1, "bénévole": 2, "militaire": 1, "à l'étranger": 1}
    unknown = "SELECT code_publie, lignes FROM qualite.territoires_inconnus WHERE source = 'rpps'"
    listed = rows(counts, unknown + " AND millesime = 2025 ORDER BY ALL")
    assert listed == [
        ("98888", 1),
        ("aucun code", 1),
        ("commune 98888", 1),
    ]


def test_entries_and_exits(counts: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT code, presents_avant, presents, entrees, arrivees, sorties, departs FROM atlas.mouvements_rpps "
        "WHERE annee = 2025 AND annee_precedente = 2024 AND profession = 'medecin' AND niveau = ? ORDER BY code"
    )
    assert rows(counts, query, "france") == [("F", 9, 10, 2, 0, 1, 0)]
    assert rows(counts, query, "departement") == [("14", 7, 6, 1, 0, 1, 1), ("61", 2, 3, 0, 1, 0, 0)]


def test_a_series_takes_each_year_once(sample_db: duckdb.DuckDBPyConnection) -> None:
    none(sample_db, "SELECT annee FROM atlas.effectifs_rpps WHERE annee <> millesime")
    assert one(sample_db, "SELECT count(DISTINCT annee) FROM atlas.effectifs_rpps") == 2


# --- Nothing personal, nothing restricted -----------------------------------------------------------


def cells_of(path: Path) -> str:
    """All that a file says, as text: compressed formats are opened."""
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            return str(connection.execute(f"FROM '{path}'").fetchall())
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            named = connection.execute(
                "SELECT table_schema || '.' || table_name FROM information_schema.tables "
                "WHERE table_type = 'BASE TABLE'"
            ).fetchall()
            return "".join(str(connection.execute(f"FROM {name}").fetchall()) for (name,) in named)
    return path.read_bytes().decode("utf-8", "replace")


@pytest.mark.lent
def test_no_planted_identifier_leaves_the_archive(counted: Publication, tmp_path: Path) -> None:
    now = a_copy(counted.settings, tmp_path / "entrepot", database=True)
    shutil.copytree(counted.settings.releases, now.releases)
    # A vintage that is refused, with ragged lines: its quarantine, its outcome and its message.
    content = text([line(n) for n in range(1, 60)]) + "8|10777700010|PLANTENOM|ligne courte\n"
    name = "PS_LibreAcces_Personne_activite_202301020805.txt"
    write(tmp_path / "extraits" / "rpps" / "2023", content, name)
    (tmp_path / "extraits" / FICTIF).touch()
    with environment(now.warehouse, tmp_path / "extraits"), pytest.raises(RefusedError) as told:
        steps.ingest("rpps", 2023)
    assert not [word for word in PLANTED if word in str(told.value).upper()]
    every = [p for p in now.warehouse.rglob("*") if p.is_file()]
    # The hashes of the program's libraries hold any digits.
    outside = [p for p in every if not p.is_relative_to(now.landing) and p.name != components.NAME]
    assert {p.suffix for p in outside} >= {".parquet", ".duckdb", ".csv", ".html", ".json", ".jsonl"}
    assert any("PLANTENOM" in cells_of(p) for p in every if p.is_relative_to(now.landing))
    found = {
        (p.relative_to(now.warehouse).as_posix(), word)
        for p in outside
        # A hash holds any digits.
        for said in [re.sub(r"\b[0-9A-F]{32,}\b", "", cells_of(p).upper())]
        for word in PLANTED
        if word in said
    }
    assert found == set()


@pytest.mark.lent
def test_what_descends_from_a_restricted_source_is_not_released(counted: Publication) -> None:
    assert RPPS.restreint
    held = {"core.rpps_activites", "core.rpps_personnes"}
    assert held <= public.held_back().keys()
    with counted.connect() as db:
        hashes = {r[0] for r in rows(db, "SELECT DISTINCT personne FROM core.rpps_personnes")}
    assert len(hashes) > 20
    for path in (p for p in counted.release.rglob("*") if p.is_file()):
        assert not [name for name in public.held_back() if name in path.name], path.name
        said = cells_of(path)
        assert not [h for h in hashes if h in said], path.name
        if "dictionnaire" in path.name or "qualite." in path.name:
            assert "rpps_personnes" not in said, path.name
    page = (counted.release / "donnees.html").read_text(encoding="utf-8")
    assert "Ce qui n’est pas publié" in page
    for name, sources in public.held_back().items():
        assert f"<code>{name}</code> (source : {', '.join(sources)})" in page


def test_an_open_source_would_be_released(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = [s.model_copy(update={"restreint": False}) for s in catalogue.load_all()]
    monkeypatch.setattr(catalogue, "load_all", lambda: opened)
    assert public.held_back() == {}


# --- Retention --------------------------------------------------------------------------------------


@pytest.fixture
def kept(counted: Publication, tmp_path: Path) -> Iterator[Warehouse]:
    """A copy of the counted warehouse, to be purged."""
    made = a_copy(counted.settings, tmp_path / "entrepot", database=True)
    with environment(made.warehouse, made.sources):
        yield Warehouse(made)


def test_purge_only_says_unless_told(kept: Warehouse) -> None:
    assert steps.purge(2029, sure=False) == []
    found = steps.purge(2030, sure=False)
    assert [(d.landed.source, d.landed.millesime, d.until) for d in found] == [("rpps", 2024, 2029)]
    landed = found[0].landed
    assert lockfile.pinning(kept.settings, landed) == [EDITION]
    assert all((landed.folder(kept.settings.landing) / f.name).is_file() for f in landed.files)


@pytest.mark.lent
def test_a_vintage_past_its_retention_goes_and_its_record_stays(kept: Warehouse) -> None:
    now = kept.settings
    before = landing.revision(now.landing, "rpps", 2024, 1)
    steps.purge(2030, sure=True)
    after = landing.revision(now.landing, "rpps", 2024, 1)
    assert after.files == before.files
    assert after.efface_le
    assert [p.name for p in after.folder(now.landing).iterdir()] == [landing.PROVENANCE]
    assert not list((outcomes.folder(now, "rpps", 2024, 1)).glob("activites*"))
    assert steps.purge(2030, sure=True) == []
    # The lock says it, rather than a missing file.
    made = lockfile.load(now, EDITION)
    assert made is not None
    assert made.effaces == ("rpps 2024, révision 1",)
    with pytest.raises(BuildError, match="ne peut plus être refaite à l'identique"):
        steps.build(EDITION)
    # The same bytes are not taken again.
    with pytest.raises(RefusedError, match="durée de conservation"):
        steps.ingest("rpps", 2024)
    # The edition can be made again from what is still kept: who was there only in 2024 is nowhere any more.
    steps.lock(EDITION, update=True)
    target = steps.build(EDITION)
    steps.check_marts(target)
    gone = personnes.hashed(pa.array([f"8107777{ord('N'):05d}"]), personnes.SAMPLE_KEY)[0].as_py()
    with duckdb.connect(target, read_only=True) as db:
        assert rows(db, "SELECT DISTINCT millesime FROM core.rpps_activites") == [(2025,)]
        assert rows(db, "SELECT 1 FROM core.rpps_activites WHERE personne = ?", gone) == []
        assert "conservation" in str(one(db, "SELECT motif FROM reference.millesimes WHERE statut = 'refusé'"))


def test_only_sources_that_say_so_are_purged(kept: Warehouse) -> None:
    found = retention.due(kept.settings, 2100)
    assert {d.landed.source for d in found} == {s.id for s in catalogue.load_all() if s.conservation is not None} & {
        "rpps"
    }
    assert all(isinstance(d, retention.Due) for d in found)
