"""Reading extracts by other means than the pipeline's: `csv`, `json` and calamine only.

What tests compare the marts with. The same figures on real extracts and on fictitious ones.
"""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import python_calamine

NORMANDS = ("14", "27", "50", "61", "76")
Row = dict[str, str]


@cache
def read(path: Path, encoding: str, delimiter: str) -> list[Row]:
    """Rows of a delimited file, headings in capitals; a record cut in two by a stray line break is mended."""
    header, *lines = path.read_bytes().decode(encoding).splitlines()
    width = header.count(delimiter)
    whole: list[str] = []
    for line in lines:
        if whole and whole[-1].count(delimiter) < width and '"' not in whole[-1]:
            whole[-1] += " " + line
        else:
            whole.append(line)
    headings = next(csv.reader([header.upper()], delimiter=delimiter))
    return [
        dict(zip(headings, r, strict=False)) for r in csv.reader(io.StringIO("\n".join(whole)), delimiter=delimiter)
    ]


def sae(root: Path, name: str, year: int) -> list[Row]:
    return read(root / "sae" / str(year) / f"{name}_{year}r.csv", "cp1252", ";")


def number(text: str | None) -> Decimal:
    """A blank counts as 0 here: both sides of a comparison read it so."""
    return Decimal((text or "0").replace(",", ".").strip() or "0")


def add(values: Iterable[str | None]) -> Decimal:
    return sum(map(number, values), Decimal(0))


def staff(row: Row) -> list[str]:
    return [
        name for name in row if name.startswith(("EFFSAL_", "EFFLIB_", "ETPSAL_", "EFF_", "ETP_")) or name == "ETPINT"
    ]


@cache
def population(root: Path, year: int) -> dict[str, int]:
    """Inhabitants on 1 January by département, all ages, both sexes."""
    book = python_calamine.CalamineWorkbook.from_path(
        str(root / "insee_population" / "2022" / "estim-pop-dep-sexe-gca-1975-2022.xlsx")
    )
    cells = book.get_sheet_by_name(str(year)).to_python()
    total = cells[4].index("Total")
    found = {}
    for line in cells[5:]:
        code = str(int(line[0])) if isinstance(line[0], float) else str(line[0]).strip()
        inhabitants = line[total]
        if line[1] and code[:2].strip().isalnum() and len(code) in (2, 3) and isinstance(inhabitants, float):
            found[code.zfill(2)] = int(inhabitants)
    return found


@cache
def doctors(root: Path, year: int) -> dict[str, int]:
    """Doctors by département on 1 January, from DREES's series."""
    text = (
        (root / "drees_demographie" / "2020" / "Medecin_departement_annee.csv").read_bytes().decode("cp1252", "replace")
    )
    header, *lines = list(csv.reader(io.StringIO(text)))
    column = header.index(str(year))
    found = {}
    for line in lines:
        if line[0][:1].isdigit():
            code = line[0].split("-")[0].strip()
            found[code[1:] if code.startswith("0") else code] = int(line[column].replace(" ", ""))
    return found


@cache
def ages_of_doctors(root: Path) -> dict[str, dict[int, list[int]]]:
    """Doctors by band, the youngest first, by year: France (« F ») from 2012 on, départements in 2022."""

    def lines(*path: str) -> Iterator[list[str]]:
        text = root.joinpath("drees_demographie", *path).read_bytes().decode("cp1252", "replace")
        return csv.reader(io.StringIO(text))

    def rank(band: str) -> int:
        name = re.sub("^ *[0-9]+ ?- ?", "", band)
        return 0 if name.startswith("Moins") else int(re.findall("[0-9]+", name)[0])

    header, *bands = list(lines("2020", "Medecin_age_annee.csv"))
    known = sorted((b for b in bands if re.search("[0-9] ans", b[0]) and b[1]), key=lambda line: rank(line[0]))
    found: dict[str, dict[int, list[int]]] = {"F": {}}
    for column in range(1, len(header)):
        if header[column].strip().isdigit():
            found["F"][int(header[column])] = [int(line[column].replace(" ", "")) for line in known]
    header, *places = list(lines("2022", "medecin_tranche_age.csv"))
    order = sorted((c for c, name in enumerate(header) if re.search("[0-9]+ ans", name)), key=lambda c: rank(header[c]))
    for line in places:
        if line[0][:1].isdigit():
            code = line[0].split("-")[0].strip()
            found[code[1:] if code.startswith("0") else code] = {2022: [int(line[c].replace(" ", "")) for c in order]}
    found["F"][2022] = [sum(each) for each in zip(*(found[c][2022] for c in found if c != "F"), strict=True)]
    return found


FROM_Q24 = {
    "ETP_SAG": ["SAGFE"],
    "ETP_CAD": ["CADRE"],
    "ETP_INFAVECSPE": ["INFSP"],
    "ETP_INFSANSSPE": ["INFNS"],
    "ETP_AID": ["AIDES"],
    "ETP_ASH": ["ASHAU"],
    "ETP_PSYCHO": ["PSYCH"],
    "ETP_REEDU": ["REEDU"],
    "ETP_SOINS": ["SOITO"],
    "ETP_DIR": ["DIREC"],
    "ETP_DIRSOI": ["DIRSI", "DRSNI", "DIRSOIN"],
    "ETP_AUTADM": ["ADMIN"],
    "ETP_EDU": ["EDUTO"],
    "ETP_DTSOC": ["ASSIS"],
    "ETP_TEC": ["TECHN"],
    "ETP_TOT_HORS_SOINS": ["ADMTO", "EDUTO", "PHLAB", "TECHN"],
    "ETP_TOT_PNM": ["ETPPNM"],
}
FROM_Q20 = {
    "TOT": ("M9999",),
    "SPEMED": ("M1",),
    "SPECHI": ("M2",),
    "DT_MEDGEN": ("M1010",),
    "DT_URG": ("M1340",),
    "DT_ANESTREA": ("M1030", "M1031"),
    "DT_GYNOBS": ("M2050",),
    "PSY": ("M3020",),
    "ODON": ("M3030",),
    "PHARMA": ("M3012", "M3050"),
    "AUT": ("M3011", "M3040", "M3060", "M3070"),
}


def from_questionnaires(root: Path, year: int) -> dict[tuple[str, str], Decimal]:
    """What the questionnaires say, per establishment and variable of SYGEN."""
    mine: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    # M1000, M2000 and M3000 would be subtotals.
    lines = [r for r in sae(root, "Q20", year) if r["PERSO"] not in ("M1000", "M2000", "M3000")]
    for (suffix, codes), x in product(FROM_Q20.items(), ("EFFSAL", "ETPSAL", "EFFLIB")):
        for r in lines:
            if r["PERSO"].startswith(codes):
                mine[r["FI"], f"{x}_{suffix}"] += number(r[x])
    for r in sae(root, "Q21", year):
        if r["DISCI"] == "9999":
            mine[r["FI"], "ETPINT"] += number(r["ETP_INT"])
    for r in sae(root, "Q22", year):
        mine[r["FI"], "EFF_INT"] += add([r["INT"], r["DOCJU"], r["FFI"]])
    for r in sae(root, "Q24", year):
        if r["DISCI"] == "9999":
            for variable, columns in FROM_Q24.items():
                mine[r["FI"], variable] += add(r.get(c) for c in columns)
            mine[r["FI"], "ETP_MEDTEC"] += number(r["PHLAB"])
    return mine


def gaps_by_hand(root: Path, year: int) -> dict[tuple[str, str], Decimal]:
    """SYGEN minus the questionnaires, per establishment and variable, where they differ."""
    sygen = {r["FI"]: r for r in sae(root, "SYGEN", year)}
    mine = from_questionnaires(root, year)
    split = ("ETP_PERSPHARMA", "ETP_PERSLABO", "ETP_PERSRADIO", "ETP_AUTMEDTEC")
    names = {variable for _, variable in mine}
    found = {}
    for finess, row in sygen.items():
        for name in names:
            said = add(row[n] for n in split) if name == "ETP_MEDTEC" else number(row[name])
            gap = said - mine.get((finess, name), Decimal(0))
            if gap:
                found[finess, name] = gap
    return found


@cache
def metiers(root: Path) -> list[dict[str, Any]]:
    path = root / "dares_metiers_2030" / "2019" / "dares_metiers_2030.json"
    read: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return read


@cache
def bmo(root: Path) -> list[dict[str, Any]]:
    book = python_calamine.CalamineWorkbook.from_path(str(root / "bmo" / "2024" / "Base_open_data_BMO_2024.xlsx"))
    header, *lines = book.get_sheet_by_name("BMO_2024_open_data").to_python()
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]
