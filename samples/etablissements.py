"""Fictitious hospitals: entities, sites, their kind and size, and the GHT they belong to."""

from collections import Counter
from dataclasses import dataclass, replace

from samples.draws import Draw
from samples.nomenclatures import NORMANDIE, NORMANDS, Departement, departements, regions
from samples.territoires import Commune, Territoire

ANNEES = (2022, 2023)


@dataclass(frozen=True)
class Genre:
    """A kind of site: its SAE codes, its mean staff, its beds, and the disciplines it works in.

    `medecins` and `liberaux` scale the table of specialties; `soignants` is its mean non-medical ETP.
    """

    nom: str
    categorie: str
    regroupee: str
    groupe: str
    stj: str
    stjr: str
    medecins: float
    liberaux: float
    soignants: int
    lits: dict[str, int]
    disciplines: dict[str, float]
    specialites: str = "M"
    internes: float = 0.0


CHU = Genre(
    *("CHU FICTIF", "101", "PUB1", "03", "11", "1", 2.6, 0.01, 2600),
    {
        "LIT_MED": 420,
        "LIT_CHI": 190,
        "LIT_OBS": 60,
        "PLA_MCO": 90,
        "LIT_SSR": 80,
        "PLA_SSR": 20,
        "LIT_USLD": 60,
    },
    {"1000": 0.16, "2100": 0.70, "2300": 0.02, "2400": 0.08, "2500": 0.04},
    internes=9.0,
)
CH = Genre(
    *("CH FICTIF", "355", "PUB2", "04", "13", "1", 0.8, 0.05, 780),
    {"LIT_MED": 150, "LIT_CHI": 45, "LIT_OBS": 18, "PLA_MCO": 22, "LIT_SSR": 40, "LIT_USLD": 30},
    {"1000": 0.16, "2100": 0.68, "2400": 0.11, "2500": 0.05},
    internes=1.5,
)
EPSM = Genre(
    *("EPSM FICTIF", "292", "PUB3", "05", "13", "1", 0.7, 0.0, 760),
    {"CAP_COMPLET_TOT": 210},
    {"1000": 0.14, "2200": 0.86},
    specialites="M1010 M1040 M3020 M3050",
    internes=1.0,
)
HOPITAL = Genre(
    *("HOPITAL FICTIF", "106", "PUB2", "04", "14", "1", 0.12, 0.0, 85),
    {"LIT_MED": 14, "LIT_SSR": 25},
    {"1000": 0.10, "2100": 0.30, "2400": 0.60},
    specialites="M1010 M1320 M3050",
)
SITE = Genre(
    *("SSR FICTIF", "355", "PUB2", "04", "13", "1", 0.16, 0.0, 110),
    {"LIT_SSR": 45},
    {"2400": 1.0},
    specialites="M1010 M1320 M1340 M3050 M1120",
)
USLD = Genre(
    *("USLD FICTIVE", "362", "PUB9", "04", "13", "1", 0.05, 0.0, 55),
    {"LIT_USLD": 50},
    {"2500": 1.0},
    specialites="M1010 M1320",
)
HAD = Genre(
    *("HAD FICTIVE", "127", "PUB10", "04", "13", "1", 0.06, 0.0, 30),
    {"PLATOT_HAD": 35},
    {"2300": 1.0},
    specialites="M1010 M3050",
)
CLINIQUE = Genre(
    *("CLINIQUE FICTIVE", "365", "PLU4", "09", "95", "2", 0.06, 0.75, 230),
    {"LIT_MED": 30, "LIT_CHI": 70, "PLA_MCO": 35},
    {"2100": 0.9, "2400": 0.1},
)
SSR_LUCRATIF = Genre(
    *("CENTRE SSR FICTIF", "109", "PLU8", "09", "73", "2", 0.14, 0.05, 80),
    {"LIT_SSR": 80},
    {"2400": 1.0},
    specialites="M1010 M1120 M1320 M3050",
)
PSY_LUCRATIF = Genre(
    *("CLINIQUE PSY FICTIVE", "161", "PLU7", "09", "95", "2", 0.12, 0.12, 70),
    {"CAP_COMPLET_TOT": 90},
    {"2200": 1.0},
    specialites="M1010 M3020 M3050",
)
SSR_ASSOCIATIF = Genre(
    *("SSR ASSOCIATIF FICTIF", "109", "PNL8", "07", "60", "3", 0.16, 0.0, 95),
    {"LIT_SSR": 75, "PLA_SSR": 15},
    {"2400": 1.0},
    specialites="M1010 M1120 M1320 M3050",
)
DIALYSE = Genre(
    *("UNITE DE DIALYSE FICTIVE", "146", "PNL5", "07", "61", "3", 0.5, 0.0, 12),
    {},
    {"2100": 1.0},
    specialites="M1150",
)
ESPIC = Genre(
    *("HOPITAL ASSOCIATIF FICTIF", "365", "PNL4", "07", "60", "3", 0.5, 0.15, 400),
    {"LIT_MED": 80, "LIT_CHI": 30, "PLA_MCO": 20},
    {"1000": 0.12, "2100": 0.8, "2400": 0.08},
    internes=0.6,
)
CLCC = Genre(
    *("CLCC FICTIF", "131", "PNL6", "18", "40", "3", 0.9, 0.0, 650),
    {"LIT_MED": 80, "LIT_CHI": 40, "PLA_MCO": 30},
    {"1000": 0.12, "2100": 0.88},
    internes=3.0,
)
GCS = Genre(
    *("GCS FICTIF", "697", "PNL10", "10", "89", "3", 0.08, 0.0, 35),
    {"LIT_MED": 12},
    {"2100": 1.0},
    specialites="M1010 M1320 M3050",
)

SITES_PUBLICS = (SITE, USLD, HAD, SITE)
SITES_PAR_ENTITE = (4, 2, 2, 1, 1, 1, 1)
PRIVES = (CLINIQUE, SSR_LUCRATIF, CLINIQUE, PSY_LUCRATIF)
ASSOCIATIFS = (SSR_ASSOCIATIF, DIALYSE, ESPIC, DIALYSE)

# The eleven Norman GHT: code in SAE's numbering -> fictitious name, and who has members where.
GHT_NORMANDS = {
    "28101": "GHT FICTIF DES COLLINES",
    "28102": "GHT FICTIF DU PERCHE",
    "28103": "GHT FICTIF DE LA PRESQU'ILE",
    "28104": "GHT FICTIF DU LITTORAL",
    "28105": "GHT FICTIF DU BOCAGE",
    "28106": "GHT FICTIF DE LA PLAINE",
    "28107": "GHT FICTIF CŒUR DE SEINE",
    "28108": "GHT FICTIF DE L'ESTUAIRE",
    "28109": "GHT FICTIF DES PLATEAUX",
    "28110": "GHT FICTIF DU PAYS D'OUCHE",
    "28111": "GHT FICTIF DE LA BAIE",
}
GHT_PAR_DEPARTEMENT = {
    "14": ("28106", "28101"),
    "27": ("28109", "28110"),
    "50": ("28103", "28105", "28111"),
    "61": ("28102", "28101"),
    "76": ("28107", "28104", "28108"),
}


@dataclass(frozen=True)
class Entite:
    """An entité juridique; `ght` gives its group per year, empty where it has none."""

    finess: str
    departement: Departement
    ght: dict[int, str]


@dataclass(frozen=True)
class Site:
    """An establishment: what answers the survey. `annees` are those in which it exists."""

    finess: str
    entite: Entite
    genre: Genre
    nom: str
    commune: Commune
    taille: float
    annees: tuple[int, ...] = ANNEES
    repond: bool = True
    dans_sygen: bool = True


@dataclass
class Parc:
    """All sites of the country, and the names of the GHT."""

    sites: list[Site]
    ght: dict[str, tuple[str, str]]

    def en(self, annee: int) -> list[Site]:
        """The sites of one year, by number."""
        return [site for site in self.sites if annee in site.annees]


class _Numbers:
    """FINESS-like numbers, `<département>9…`, which the real register does not use."""

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()

    def next(self, departement: Departement) -> str:
        start = prefix(departement)
        self.used[start] += 1
        body = f"{start}{self.used[start]:0{8 - len(start)}d}"
        return body + luhn(body)


def prefix(departement: Departement) -> str:
    """How the fictitious numbers of a département start."""
    overseas = {"971": "9701", "972": "9702", "973": "9703", "974": "9704", "976": "9805"}
    return overseas.get(departement.code, departement.code) + "9"


def luhn(body: str) -> str:
    """The control digit of a FINESS number (Luhn; a letter counts as its rank)."""
    total = 0
    for rank, char in enumerate(reversed(body)):
        digit = int(char) if char.isdigit() else ord(char) - ord("A") + 1
        if rank % 2 == 0:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return str(-total % 10)


def _genre_public(departement: Departement, rank: int) -> Genre:
    if rank == 0:
        large = departement.code in ("14", "76") or int(departement.latitude * 10) % 4 == 0
        return CHU if large else CH
    if rank == 3 and departement.code in NORMANDS:
        return EPSM
    return CH if rank in (1, 2) else HOPITAL


def _at_least(least: int, mean: float) -> int:
    return max(least, int(mean + 0.5))


class _Builder:
    def __init__(self, seed: int, scale: float, territoire: Territoire) -> None:
        self.seed, self.scale, self.territoire = seed, scale, territoire
        self.numbers = _Numbers()
        self.sites: list[Site] = []
        self.ght = dict(GHT_NORMANDS)
        self.ranks: Counter[str] = Counter()

    def communes(self, departement: Departement) -> list[Commune]:
        """Communes that may have a hospital: those of every geography and population file."""
        gone = {self.territoire.disparue, self.territoire.sans_population}
        return [c for c in self.territoire.par_departement[departement.code] if c.code not in gone]

    def add(self, entite: Entite, genre: Genre, departement: Departement, suffix: str = "") -> Site:
        self.ranks[departement.code] += 1
        rank = self.ranks[departement.code]
        draw = Draw(self.seed, "site", departement.code, rank)
        places = self.communes(departement)
        central = [c for c in places if c.chef_lieu] if genre.soignants > 300 else places
        nom = f"{genre.nom} {departement.code}-{rank:02d}{suffix}"
        if genre is CLINIQUE and rank % 4 == 1:
            nom = f"CLINIQUE FICTIVE DU SACRÉ-CŒUR {departement.code}-{rank:02d}"
        site = Site(
            finess=self.numbers.next(departement),
            entite=entite,
            genre=genre,
            nom=nom,
            commune=central[(rank - 1) % len(central)],
            taille=draw.between(0.6, 1.4),
        )
        if genre.stjr != "1" or departement.code not in NORMANDS:
            # Some do not answer, some close, some open; a few of the silent are not even in SYGEN.
            if draw.chance(0.07):
                site = replace(site, repond=False, dans_sygen=not draw.chance(0.15))
            elif draw.chance(0.03):
                site = replace(site, annees=(draw.pick(ANNEES),))
        self.sites.append(site)
        return site

    def entity(self, departement: Departement, *ght: str) -> Entite:
        groups = {annee: ght[min(i, len(ght) - 1)] for i, annee in enumerate(ANNEES)} if ght else {}
        return Entite(self.numbers.next(departement), departement, groups)

    def publics(self, departement: Departement, ghts: tuple[str, ...]) -> None:
        norman = departement.code in NORMANDS
        count = _at_least(4, 7 * self.scale) if norman else _at_least(1, self.scale)
        for rank in range(count):
            group = ghts[rank % len(ghts)] if ghts else ""
            # One Norman entity changes group, as L'Aigle did in 2023.
            moves = departement.code == "61" and rank == 2
            entite = self.entity(departement, *([group] if group else []), *(["28110"] if moves else []))
            main = self.add(entite, _genre_public(departement, rank), departement)
            sites = SITES_PAR_ENTITE[rank % len(SITES_PAR_ENTITE)] if norman else 2
            for k in range(sites - 1):
                self.add(entite, SITES_PUBLICS[k % len(SITES_PUBLICS)], departement, f" ({main.nom})")
            if departement.code == "61" and rank == 0:
                # A site outside the region: its group keeps it.
                outside = next(d for d in departements() if d.code == "72")
                self.add(entite, SITE, outside, f" ({main.nom})")
            if departement.code == "50" and rank == 2:
                # A site of a member entity with private status, to be left out of the group.
                site = self.add(entite, GCS, departement)
                self.sites[-1] = replace(site, annees=(2023,), repond=True, dans_sygen=True)

    def groups(self, departement: Departement, counter: Counter[str]) -> tuple[str, ...]:
        """The GHT of a département: named ones in Normandie, one or two elsewhere, none in Mayotte."""
        if departement.region == NORMANDIE:
            return GHT_PAR_DEPARTEMENT[departement.code]
        if departement.code == "976":
            return ()
        count = 2 if self.scale > 1.5 and int(departement.longitude * 10) % 3 == 0 else 1
        codes = []
        for _ in range(count):
            counter[departement.region] += 1
            code = f"{departement.region}1{counter[departement.region]:02d}"
            self.ght[code] = f"GHT FICTIF {code}"
            codes.append(code)
        return tuple(codes)

    def build(self) -> Parc:
        counter: Counter[str] = Counter()
        for departement in departements():
            norman = departement.code in NORMANDS
            self.publics(departement, self.groups(departement, counter))
            for rank in range(_at_least(2, 6 * self.scale) if norman else _at_least(1, self.scale)):
                self.add(self.entity(departement), PRIVES[rank % len(PRIVES)], departement)
            shared = self.entity(departement)
            for rank in range(_at_least(2, 5 * self.scale) if norman else _at_least(1, self.scale)):
                genre = ASSOCIATIFS[rank % len(ASSOCIATIFS)]
                own = shared if genre is DIALYSE else self.entity(departement)
                self.add(own, genre, departement)
            if departement.code == "76":
                self.add(self.entity(departement), CLCC, departement)
        sigles = {r.code: r.sigle for r in regions()}
        names = {code: (f"{sigles[code[:2]]}-{code[3:]}", nom) for code, nom in sorted(self.ght.items())}
        return Parc(sorted(self.sites, key=lambda s: s.finess), names)


def build(seed: int, scale: float, territoire: Territoire) -> Parc:
    """Invents the hospitals: about 4 × scale sites in a département, 20 to 25 in a Norman one."""
    return _Builder(seed, scale, territoire).build()
