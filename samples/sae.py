"""The fictitious SAE: questionnaires, the synthesis that follows from them, and the GHT totals.

SYGEN is computed from the questionnaires by the formulas of the producer, and the GHT totals from
SYGEN, so that the pipeline's own reconciliations must come out even.
ETP are whole numbers of hundredths until they are written.
"""

from dataclasses import dataclass
from pathlib import Path

from samples import writers
from samples.draws import Draw, split
from samples.etablissements import ANNEES, CHU, EPSM, HAD, Parc, Site
from samples.geographie import capitals
from samples.nomenclatures import NORMANDIE, headings
from samples.writers import Cell

Row = dict[str, Cell]
# Amounts by heading: people, or hundredths of ETP where the heading starts with ETP.
Amounts = dict[str, int]

# Mean salaried staff of an ordinary hospital by PERSO code of Q20.
SPECIALITES = {
    **{"M1010": 14.0, "M1020": 0.6, "M1030": 6.0, "M1031": 1.5, "M1040": 5.0, "M1050": 1.5, "M1070": 3.0},
    **{"M1090": 4.0, "M1100": 1.5, "M1110": 4.0, "M1120": 2.5, "M1130": 2.0, "M1140": 3.0, "M1150": 4.0},
    **{"M1160": 4.0, "M1170": 0.8, "M1180": 4.0, "M1190": 1.5, "M1200": 5.0, "M1210": 0.6, "M1310": 0.4},
    **{"M1320": 7.0, "M1330": 0.7, "M1340": 12.0, "M2010": 0.8, "M2020": 1.5, "M2030": 4.0, "M2040": 1.5},
    **{"M2050": 6.0, "M2060": 0.4, "M2070": 3.0, "M2080": 2.0, "M2100": 1.5, "M2120": 1.5, "M2130": 1.2},
    **{"M2140": 0.5, "M2150": 0.4, "M3011": 1.5, "M3012": 1.0, "M3020": 5.0, "M3030": 0.7, "M3040": 1.5},
    **{"M3050": 6.0, "M3060": 0.8, "M3070": 1.0},
}
TOTAL = "M9999"
SEULES = {"M3020": 6.0}  # a hospital of few specialties has more of this one

INTERNES = {
    **{"INTMED": 8.0, "DOCJU_MED": 1.6, "INTPHA": 0.8, "DOCJU_PHA": 0.2, "INTODO": 0.3, "DOCJU_ODO": 0.1},
    **{"INTGEN": 5.0, "INTURG": 0.8, "DOCJU_URG": 0.3, "FFI": 1.2},
}

# Shares of the non-medical ETP; 2023 has one column for both kinds of care directors.
FONCTIONS = {
    **{"DIREC": 0.006, "DIRSI": 0.002, "DRSNI": 0.0006, "ADMIN": 0.12, "CADRE": 0.022, "INFNS": 0.26},
    **{"INFSP": 0.035, "AIDES": 0.25, "ASHAU": 0.09, "PSYCH": 0.012, "SAGFE": 0.015, "REEDU": 0.022},
    **{"EDUCS": 0.004, "ASSIS": 0.008, "PHLAB": 0.055, "TECHN": 0.10},
}
ADMINISTRATIFS = ("DIREC", "DIRSI", "DRSNI", "ADMIN")
SOIGNANTS = ("CADRE", "INFNS", "INFSP", "AIDES", "ASHAU", "PSYCH", "SAGFE", "REEDU")
PARTAGE_1000 = {"DIREC": 1.0, "DIRSI": 1.0, "DRSNI": 1.0, "ADMIN": 0.5, "TECHN": 0.85, "SAGFE": 0.0}
# SYGEN's name of each function, in the order of its sums.
SYGEN_SOINS = {
    **{"SAG": "SAGFE", "CAD": "CADRE", "INFAVECSPE": "INFSP", "INFSANSSPE": "INFNS", "AID": "AIDES"},
    **{"ASH": "ASHAU", "PSYCHO": "PSYCH", "REEDU": "REEDU"},
}
MEDICO_TECHNIQUES = ("PERSPHARMA", "PERSLABO", "PERSRADIO", "AUTMEDTEC")


@dataclass
class Answer:
    """What one site answers for one year: rows of the questionnaires, as amounts by heading."""

    q20: dict[str, Amounts]
    q21: dict[str, Amounts]
    q22: Amounts | None
    q24: dict[str, Amounts]


def etp(hundredths: int) -> str:
    """Hundredths as SAE writes an ETP: no trailing zero."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def _cell(heading: str, amount: int | None, zero: str) -> Cell:
    if amount is None:
        return None
    if amount == 0:
        return zero
    return etp(amount) if heading.upper().startswith("ETP") else amount


def _add(rows: list[Amounts]) -> Amounts:
    total: Amounts = {}
    for row in rows:
        for heading, amount in row.items():
            total[heading] = total.get(heading, 0) + amount
    return total


def _doctors(own: Draw, year: Draw, site: Site, annee: int) -> dict[str, Amounts]:
    """Q20: one row per specialty that the site has, and their total."""
    genre = site.genre
    chosen = SPECIALITES if genre.specialites == "M" else genre.specialites.split()
    rows: dict[str, Amounts] = {}
    for perso in SPECIALITES:
        if perso not in chosen:
            continue
        mean = SPECIALITES[perso] * site.taille * own.between(0.5, 1.5)
        if genre.specialites != "M":
            mean *= SEULES.get(perso, 1.0)
        salaried, private = year.about(mean * genre.medecins, 0.06), year.about(mean * genre.liberaux, 0.06)
        row = _doctors_row(year, salaried, private)
        if row["EFFSAL"] or row["EFFLIB"]:
            rows[perso] = row
    if not rows:
        rows["M1010"] = _doctors_row(year, 1, 0)
    rows[TOTAL] = _add([*rows.values()])
    if genre.stjr == "1":
        for perso, row in rows.items():
            row.update(_statuts(site, annee, perso, row["ETPSAL"]))
        if annee == 2022:
            rows[TOTAL] = _add([row for perso, row in rows.items() if perso != TOTAL])
    return rows


def _doctors_row(draw: Draw, salaried: int, private: int) -> Amounts:
    """People by sex and working time, and the ETP of the salaried."""
    plh, plf, pah, paf = split(salaried, [draw.between(0.2, 1) for _ in range(4)])
    lib = split(private, [draw.between(0.2, 1) for _ in range(4)])
    men = 100 * plh + sum(draw.whole(20, 80) for _ in range(pah))
    women = 100 * plf + sum(draw.whole(20, 80) for _ in range(paf))
    return {
        **{"EFFSALPLH": plh, "EFFSALPLF": plf, "EFFSALPAH": pah, "EFFSALPAF": paf},
        **dict(zip(("EFFLIBPLH", "EFFLIBPLF", "EFFLIBPAH", "EFFLIBPAF"), lib, strict=True)),
        **{"ETPSALH": men, "ETPSALF": women, "EFFSAL": salaried, "ETPSAL": men + women, "EFFLIB": private},
    }


def _statuts(site: Site, annee: int, perso: str, total: int) -> Amounts:
    """ETP of public sites by status: in 2022 on each row, in 2023 on the total alone."""
    university = 1.0 if site.genre is CHU else 0.0
    if annee == 2022:
        if perso == TOTAL:
            return {}
        weights = {"ETP_PU": 0.06 * university, "ETP_PH": 0.55, "ETP_AS": 0.07, "ETP_HU": 0.06 * university}
        weights |= {"ETP_AT": 0.2, "ETP_AU": 0.12}
    elif perso == TOTAL:
        weights = {"ETP_PU": 0.06 * university, "ETP_PH": 0.55, "ETP_AS": 0.07, "ETP_HU": 0.06 * university}
        weights |= {"ETP_PC": 0.2, "ETP_PC_EXT": 0.0, "ETP_PC_PA_EXT": 0.0, "ETP_PA": 0.06, "ETP_PA_EXT": 0.0}
        weights |= {"ETP_AUTRES": 0.06}
    else:
        return {}
    shares = dict(zip(weights, split(total, list(weights.values())), strict=True))
    return shares if annee == 2022 else {**shares, "ETPSAL_TOT_PUBLIC": total}


def _interns(own: Draw, year: Draw, site: Site) -> Amounts | None:
    """Q22: the sites that train; the totals are sums of the specialties."""
    if not site.genre.internes:
        return None
    size = site.genre.internes * site.taille
    row = {heading: year.about(mean * size * own.between(0.4, 1.6), 0.08) for heading, mean in INTERNES.items()}
    if site.genre is not CHU and own.chance(0.4):
        row["FFI"] = 0
    row["INT"] = sum(row[h] for h in ("INTMED", "INTPHA", "INTODO", "INTGEN", "INTURG"))
    row["DOCJU"] = sum(n for h, n in row.items() if h.startswith("DOCJU_"))
    row["dtSTAG"] = row["FFI"] // 2
    return row if row["INT"] + row["DOCJU"] + row["FFI"] else None


def _by_discipline(site: Site, parts: dict[str, Amounts]) -> dict[str, Amounts]:
    """Adds what the questionnaires add: 2000 = sum of 2100 to 2500, and 9999 = 1000 + 2000."""
    lines = {disci: parts[disci] for disci in sorted(site.genre.disciplines) if any(parts[disci].values())}
    care = _add([row for disci, row in lines.items() if disci != "1000"])
    table = {"1000": lines["1000"]} if "1000" in lines else {}
    table["2000"] = care
    table.update({disci: row for disci, row in lines.items() if disci != "1000"})
    table["9999"] = _add([*([lines["1000"]] if "1000" in lines else []), care])
    return table


def _shared(site: Site, totals: Amounts, partage_1000: dict[str, float], usual: float) -> dict[str, Amounts]:
    """Amounts of a site shared out among its disciplines; 1000 (general services) has its own share."""
    weights = site.genre.disciplines
    parts: dict[str, Amounts] = {disci: {} for disci in weights}
    care = sum(1 for disci in weights if disci != "1000")
    for heading, total in totals.items():
        general = partage_1000.get(heading, usual) if "1000" in weights else 0.0
        shares = [general if d == "1000" else (1 - general) * w for d, w in weights.items()]
        if care and general == 0.0 and "1000" in weights:
            shares = [0.0 if d == "1000" else w for d, w in weights.items()]
        for disci, amount in zip(weights, split(total, shares), strict=True):
            parts[disci][heading] = amount
    return parts


def _functions(own: Draw, year: Draw, site: Site) -> Amounts:
    """Non-medical ETP by function, over all disciplines."""
    small = site.genre.soignants < 150
    means = dict(FONCTIONS)
    if not site.genre.lits.get("LIT_OBS"):
        means["SAGFE"] = 0.0
    if small:
        means |= {"INFSP": 0.0, "DIRSI": 0.0, "DRSNI": 0.0, "PHLAB": 0.02}
    if site.genre.soignants < 40:
        means |= {"DIREC": 0.0, "REEDU": 0.0, "EDUCS": 0.0, "PHLAB": 0.0}
    if site.genre is EPSM:
        means |= {"PSYCH": 0.05, "EDUCS": 0.03, "ASSIS": 0.02, "PHLAB": 0.01}
    # A heading that many leave empty.
    if own.chance(0.7):
        means["DRSNI"] = 0.0
    return {
        f: year.about(100 * site.genre.soignants * site.taille * share * own.between(0.8, 1.2), 0.04)
        for f, share in means.items()
    }


def _sums(row: Amounts, annee: int) -> Amounts:
    """Q24's own totals; in 2023 care directors are one column."""
    row = dict(row)
    row["ADMTO"] = sum(row[f] for f in ADMINISTRATIFS)
    row["SOITO"] = sum(row[f] for f in SOIGNANTS)
    row["EDUTO"] = row["EDUCS"] + row["ASSIS"]
    row["ETPPNM"] = row["ADMTO"] + row["SOITO"] + row["EDUTO"] + row["PHLAB"] + row["TECHN"]
    if annee >= 2023:
        row["DIRSOIN"] = row.pop("DIRSI") + row.pop("DRSNI")
    return row


def answer(seed: int, site: Site, annee: int) -> Answer:
    """The questionnaires of one site."""
    # What a site is stays from year to year; the rest varies a little around it.
    own, year = Draw(seed, "sae", site.finess), Draw(seed, "sae", site.finess, annee)
    q20 = _doctors(own, year, site, annee)
    q22 = _interns(own, year, site)
    total = q20[TOTAL]
    medical = {
        "ETP_SAL": total["ETPSAL"],
        "ETP_HU": total.get("ETP_PU", 0) + total.get("ETP_HU", 0),
        "ETP_MAD": total["ETPSAL"] // 50 if site.genre is CHU else 0,
        "ETP_INT": 0 if q22 is None else (q22["INT"] + q22["DOCJU"] + q22["FFI"]) * 93,
        "dtETP_STAG": 0 if q22 is None else q22["dtSTAG"] * 90,
        "EFF_LIB": total["EFFLIB"],
    }
    q21 = _by_discipline(site, _shared(site, medical, {}, 0.05))
    parts = _shared(site, _functions(own, year, site), PARTAGE_1000, 0.08)
    q24 = _by_discipline(site, {disci: _sums(row, annee) for disci, row in parts.items()})
    return Answer(q20, q21, q22, q24)


def sygen(site: Site, annee: int, reply: Answer | None) -> Amounts:
    """The synthesis of one site by the producer's formulas; what is not answered is left out."""
    row: Amounts = {}
    for heading, beds in site.genre.lits.items():
        row[heading] = max(1, int(beds * site.taille))
    if "LIT_MED" in row or "LIT_CHI" in row:
        row["LIT_MCO"] = sum(row.get(h, 0) for h in ("LIT_MED", "LIT_CHI", "LIT_OBS"))
    if reply is None:
        return row
    for x in ("EFFSAL", "EFFLIB", "ETPSAL"):
        row.update(_medical(reply.q20, x))
    row["ETPINT"] = reply.q21["9999"]["ETP_INT"]
    q22 = reply.q22
    # In 2022 the published figure is blank as soon as one of the three is.
    if q22 is not None and (annee >= 2023 or (q22["INT"] and q22["DOCJU"] and q22["FFI"])):
        row["EFF_INT"] = q22["INT"] + q22["DOCJU"] + q22["FFI"]
    row.update(_non_medical(reply.q24["9999"]))
    return row


def _medical(q20: dict[str, Amounts], x: str) -> Amounts:
    def of(*codes: str) -> int:
        return sum(row[x] for perso, row in q20.items() if perso.startswith(codes))

    return {
        f"{x}_SPEMED": of("M1"),
        f"{x}_DT_MEDGEN": of("M1010"),
        f"{x}_DT_URG": of("M1340"),
        f"{x}_DT_ANESTREA": of("M1030", "M1031"),
        f"{x}_SPECHI": of("M2"),
        f"{x}_DT_GYNOBS": of("M2050"),
        f"{x}_PSY": of("M3020"),
        f"{x}_ODON": of("M3030"),
        f"{x}_PHARMA": of("M3012", "M3050"),
        f"{x}_AUT": of("M3011", "M3040", "M3060", "M3070"),
        f"{x}_TOT": of(TOTAL),
    }


def _non_medical(total: Amounts) -> Amounts:
    technical = split(total["PHLAB"], (0.3, 0.28, 0.32, 0.1))
    soins = {name: total[f] for name, f in SYGEN_SOINS.items()}
    others = {
        "DIR": total["DIREC"],
        "DIRSOI": total["DIRSOIN"] if "DIRSOIN" in total else total["DIRSI"] + total["DRSNI"],
        "AUTADM": total["ADMIN"],
        "EDU": total["EDUTO"],
        **dict(zip(MEDICO_TECHNIQUES, technical, strict=True)),
        "TEC": total["TECHN"],
    }
    row: Amounts = {}
    # Headcounts come from a questionnaire that is not published: some 7 % above the ETP.
    people = {name: (n * 107 + 9999) // 10000 for name, n in (soins | others).items()}
    social = (total["ASSIS"] * 107 + 9999) // 10000
    for prefix, values, dont in (
        ("ETP", soins | others, total["ASSIS"]),
        ("EFF", people, min(social, people["EDU"])),
    ):
        row.update({f"{prefix}_{name}": n for name, n in values.items()})
        row[f"{prefix}_DTSOC"] = dont
        row[f"{prefix}_SOINS"] = sum(values[name] for name in soins)
        row[f"{prefix}_TOT_HORS_SOINS"] = sum(values[name] for name in others)
        row[f"{prefix}_TOT_PNM"] = row[f"{prefix}_SOINS"] + row[f"{prefix}_TOT_HORS_SOINS"]
    return row


# --- Files ----------------------------------------------------------------------------------------


def _identity(site: Site, annee: int) -> Row:
    genre, commune = site.genre, site.commune
    departement = commune.departement
    rank = int(site.finess[-4:-1]) if site.finess[-4:-1].isdigit() else 1
    town, hall = capitals(commune.nom), ""
    if commune.arrondissements_municipaux:
        number = rank % len(commune.arrondissements_municipaux)
        hall = commune.arrondissements_municipaux[number]
        town = f"{town} {number + 1}E ARRONDISSEMENT"
    code = departement.code_sae + commune.code[2:] if departement.outre_mer else commune.code
    return {
        **{"bor": "ID", "an": annee, "fi": site.finess, "rs": site.nom, "fi_ej": site.entite.finess},
        **{"grp": genre.groupe, "stj": genre.stj, "stjr": genre.stjr, "cat": genre.categorie},
        **{"catr": genre.regroupee, "espic": {"1": "1", "2": "0", "3": "6"}[genre.stjr]},
        **{"mft": "0" if genre.stjr == "1" else "4", "ccr": {"1": "", "2": "5", "3": "1"}[genre.stjr]},
        **{"nat": "0", "sir": f"999{rank:06d}{rank % 97:05d}", "reg": departement.region},
        **{"dep": departement.code_sae, "reg_diff": departement.region, "dep_diff": departement.code_sae},
        **{"COMINSEE": code, "NOMCOM": town, "ARMT": hall, "CHLEJ0": "0", "VAGUE": "1"},
        **{"ETAT_SAISIE": "6" if site.repond else "5", "PROVENANCE": "1" if site.repond else ""},
        **{
            "NUMVOI": rank % 200 + 1,
            "TYPVOI": "R",
            "NOMVOI": "DE L'EXEMPLE",
            "CPO": commune.codes_postaux[0],
        },
        **{"LIBCOM": capitals(commune.nom), "COMPD": "ADRESSE FICTIVE"},
        **{"RSAUT1": 'GIE "IMAGERIE FICTIVE"' if rank % 15 == 1 else ""},
        **{"DADS_D1": "0", "MODEJ": "0", "VAL": "P" if site.repond else "A"},
        "RESPREG": f"1{departement.region}",
    }


class _Files:
    """Collects the rows of one year by file, in the official column order."""

    def __init__(self, annee: int) -> None:
        self.annee = annee
        self.rows: dict[str, list[list[Cell]]] = {}
        self.headers = {
            name: headings(f"{name}_{max(annee, 2022)}r.csv") for name in ("ID", "Q20", "Q21", "Q22", "Q24", "SYGEN")
        }

    def add(self, name: str, row: Row) -> None:
        self.rows.setdefault(name, []).append([row.get(heading) for heading in self.headers[name]])

    def questionnaires(self, site: Site, reply: Answer) -> None:
        """Zeros are left blank in 2022; in 2023 public sites write them."""
        zero = "0" if self.annee >= 2023 and site.genre.stjr == "1" else ""
        common: Row = {"AN": self.annee, "FI": site.finess, "FI_EJ": site.entite.finess, "RS": site.nom}
        for perso, amounts in reply.q20.items():
            named: Row = {**common, "BOR": "Q20", "PERSO": perso}
            if perso == TOTAL and self.annee == 2022:
                named["RS"] = None
            self.add("Q20", named | {h: _cell(h, n, zero) for h, n in amounts.items()})
        for disci, amounts in reply.q21.items():
            cells = {h: _cell(h.removeprefix("dt"), n, zero) for h, n in amounts.items()}
            self.add("Q21", {**common, "BOR": "Q21", "DISCI": disci, **cells})
        if reply.q22 is not None:
            zero_q22 = zero if reply.q22["DOCJU"] else ""
            cells = {h: _cell(h, n, zero_q22) for h, n in reply.q22.items()}
            self.add("Q22", {**common, "BOR": "Q22", **cells})
        for disci, amounts in reply.q24.items():
            cells = {h: etp(n) if n else "" for h, n in amounts.items()}
            self.add("Q24", {**common, "BOR": "Q24", "DISCI": disci, **cells})

    def write(self, folder: Path) -> None:
        for name, header in self.headers.items():
            writers.delimited(folder / f"{name}_{self.annee}r.csv", header, self.rows.get(name, []), encoding="cp1252")


def _synthesis(site: Site, annee: int, amounts: Amounts) -> Row:
    zero = "0" if annee >= 2023 else ""
    row: Row = {"FI": site.finess, "FI_EJ": site.entite.finess, "AN": annee, "BOR": "SYGEN"}
    return row | {h: _cell(h, n, zero) for h, n in amounts.items()}


def _groups(folder: Path, parc: Parc, annee: int, synthesis: dict[str, Amounts]) -> None:
    """GHT totals: sums of SYGEN over the public sites of member entities; nothing is published as blank."""
    header = headings(f"GHT_{annee}r.csv")
    members: dict[str, list[Site]] = {code: [] for code in parc.ght}
    for site in parc.en(annee):
        group = site.entite.ght.get(annee)
        if group and site.genre.stjr == "1":
            members[group].append(site)
    rows: list[list[Cell]] = []
    for code, (sigle, nom) in parc.ght.items():
        counted = [s for s in members[code] if s.genre is not HAD]
        published = [
            {h: n for h, n in synthesis.get(s.finess, {}).items() if n or annee >= 2023} for s in members[code]
        ]
        row: Row = {h: _cell(h, n, "0") for h, n in _add(published).items()}
        kinds = [s.genre.categorie for s in counted]
        row |= {
            **{"NOM_COURT_GHT": sigle, "CODE_GHT": code, "NOM_COMPLET_GHT": nom, "NB_ETAB": len(counted)},
            **{"NB_CHRCHU": kinds.count("101") or None, "NB_CHS": kinds.count("292") or None},
            "NB_CH": kinds.count("355") + kinds.count("106") or None,
            "NB_AUT": kinds.count("362") or None,
        }
        rows.append([row.get(heading) for heading in header])
    text = writers.delimited_text(header, rows)
    # A stray line break cuts one name in two, and its record over two lines.
    broken = next((nom for code, (_, nom) in parc.ght.items() if code == "76101"), "")
    if broken:
        text = text.replace(f";{broken};", f";{broken.replace(' FICTIF ', f' FICTIF{chr(10)}')};", 1)
    writers.write(folder / f"GHT_{annee}r.csv", text.encode("cp1252"))


def _membership(root: Path, parc: Parc, annee: int) -> None:
    """Members of the Norman GHT, as the mirror infers them; Œ comes out as a control character."""
    sites: dict[str, list[Site]] = {}
    for site in parc.en(annee):
        group = site.entite.ght.get(annee, "")
        if group.startswith(NORMANDIE) and site.genre.stjr == "1":
            sites.setdefault(site.entite.finess, []).append(site)
    rows: list[list[Cell]] = []
    for finess, here in sites.items():
        code = here[0].entite.ght[annee]
        sigle, nom = parc.ght[code]
        label = " + ".join(s.nom for s in here)[:70].rstrip()
        rows.append([annee, sigle, code, nom.replace("Œ", "\x8c"), finess, label.replace("Œ", "\x8c")])
    writers.delimited(
        root / "ght" / str(annee) / f"ght_membership_inferred_{annee}.csv",
        ["annee", "ght", "code_ght", "nom_ght", "finess_ej", "es"],
        sorted(rows, key=lambda row: (str(row[2]), str(row[4]))),
        sep=",",
    )


# Before 2022, under other names (the layouts of those years are not known to the letter).
ANCIENS = {"ETP_DIRSOI": "ETP_DIRINF", "EFF_DIRSOI": "EFF_DIRINF", "ETP_AT": "CF_AT", "ETP_AU": "CF_AU"}
PERSONNEL = ("EFFSAL_", "EFFLIB_", "ETPSAL_", "EFF_", "ETP_", "ETPINT")


def archive(root: Path, parc: Parc, seed: int, annee: int) -> Path:
    """Writes `sae/<annee>` as DREES publishes it, one .7z: 2021 with its questionnaires, 2020 without.

    The year 2020 has neither Q20 to Q24 nor the suffix `r`, nor SYGEN's columns of staff.
    """
    without = annee == 2020
    files = _Files(annee)
    for site in parc.en(2022):
        files.add("ID", _identity(site, annee))
        reply = answer(seed, site, 2022) if site.repond and not without else None
        if reply is not None:
            files.questionnaires(site, reply)
        if site.dans_sygen:
            files.add("SYGEN", _synthesis(site, annee, sygen(site, 2022, reply)))
    folder = f"SAE {annee} Bases statistiques - formats SAS-CSV/Bases statistiques/Bases CSV"
    members = {"Documentation/LISEZ-MOI.txt": "Données fictives.\n".encode()}
    for name, header in files.headers.items():
        if without and name.startswith("Q"):
            continue
        kept = [i for i, h in enumerate(header) if not (without and name == "SYGEN" and h.startswith(PERSONNEL))]
        if name == "Q24":  # one column for the care directors
            kept = [i for i in kept if header[i] != "DRSNI"]
        renamed = {**ANCIENS, **({"DIRSI": "DIRSOIN"} if name == "Q24" else {})}
        lines = [[_joined(row, header, i) if name == "Q24" else row[i] for i in kept] for row in files.rows[name]]
        text = writers.delimited_text([renamed.get(header[i], header[i]) for i in kept], lines)
        members[f"{folder}/{name}_{annee}{'' if without else 'r'}.csv"] = text.encode("cp1252")
    path = root / "sae" / str(annee) / f"SAE {annee} Bases statistiques - formats SAS-CSV.7z"
    writers.seven_zip(path, members)
    return path


def _joined(row: list[Cell], header: list[str], i: int) -> Cell:
    """A cell of Q24 with the two kinds of care directors in one."""
    if header[i] != "DIRSI":
        return row[i]
    hundredths = sum(round(float(row[header.index(h)] or 0) * 100) for h in ("DIRSI", "DRSNI"))
    return etp(hundredths) if hundredths else ""


def write(root: Path, parc: Parc, seed: int) -> None:
    """Writes `sae` (2022 with its GHT totals, 2023 without) and `ght` (both years)."""
    for annee in ANNEES:
        files = _Files(annee)
        synthesis: dict[str, Amounts] = {}
        for site in parc.en(annee):
            files.add("ID", _identity(site, annee))
            reply = answer(seed, site, annee) if site.repond else None
            if reply is not None:
                files.questionnaires(site, reply)
            if site.dans_sygen:
                synthesis[site.finess] = sygen(site, annee, reply)
                files.add("SYGEN", _synthesis(site, annee, synthesis[site.finess]))
        folder = root / "sae" / str(annee)
        files.write(folder)
        if annee == 2022:
            _groups(folder, parc, annee, synthesis)
        _membership(root, parc, annee)
