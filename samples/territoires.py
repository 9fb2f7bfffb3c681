"""The fictitious country: real régions and départements, invented communes, and where each belongs.

All other samples place their people, hospitals and basins in this one territory.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from samples.draws import Draw
from samples.nomenclatures import Departement, departements

ARRONDISSEMENTS = {"14": 4, "27": 3, "50": 4, "61": 3, "76": 3, "75": 1, "976": 0}
BASSINS = {"14": 3, "27": 3, "50": 2, "61": 2, "76": 4}
# Cities that INSEE counts by municipal arrondissement: code of the commune, first arrondissement, number.
VILLES = {"75": ("75056", 75101, 20), "13": ("13055", 13201, 4), "69": ("69123", 69381, 4)}

NO_EPCI = "ZZZZZZZZZ"
NO_ARRONDISSEMENT = "ZZZZ"


@dataclass(frozen=True)
class Commune:
    """An invented commune: official-looking codes of every territory that it belongs to."""

    code: str
    nom: str
    departement: Departement
    arrondissement: str
    epci: str
    canton: str
    zone_emploi: str
    unite_urbaine: str
    aire: str
    bassin_vie: str
    bassin: str
    codes_postaux: tuple[str, ...]
    poids: float
    chef_lieu: bool
    arrondissements_municipaux: tuple[str, ...] = ()

    @property
    def position(self) -> tuple[float, float]:
        """Longitude and latitude: its own place around the middle of its département."""
        rank, middle = int(self.code[-3:]), self.departement
        return middle.longitude + (rank * 3 % 11 - 5) * 0.05, middle.latitude + (rank * 4 % 9 - 4) * 0.045


@dataclass(frozen=True)
class Bassin:
    """A France Travail employment basin; most lie in one département."""

    code: str
    nom: str
    region: str
    departements: tuple[str, ...]


@dataclass
class Territoire:
    """The communes, by département and by code order, and what makes some of them special.

    `disparue` is in the geography of 2023, not of 2024; `sans_population` is in neither population
    file; `ancienne` merged into another in 2018 and stays as a line that ends.
    """

    communes: list[Commune]
    bassins: dict[str, Bassin]
    epci: dict[str, str]
    disparue: str
    sans_population: str
    ancienne: str
    par_departement: dict[str, list[Commune]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for commune in self.communes:
            self.par_departement.setdefault(commune.departement.code, []).append(commune)

    def geographie(self, annee: int) -> list[Commune]:
        """The communes that exist on 1 January of a year."""
        return [c for c in self.communes if annee < 2024 or c.code != self.disparue]


def _numbers(departement: Departement, count: int) -> list[int]:
    """Numbers of the communes in their département; the large cities keep their own."""
    if departement.code == "75":
        return [56]
    numbers = list(range(1, count + 1))
    if departement.code in VILLES:
        city = int(VILLES[departement.code][0][2:])
        numbers = [city, *[n for n in numbers if n != city][: count - 1]]
    return sorted(numbers)


def _nom(departement: Departement, label: str, rank: int) -> str:
    if rank % 7 == 6:
        return f"Val-d'Œuvre-sur-Été fictif {departement.code}-{label}"
    if rank % 7 == 3:
        return f"L'Île-Fictive {departement.code}-{label}"
    return f"Commune fictive {departement.code}-{label}"


def _code_postal(departement: Departement, rank: int) -> str:
    if departement.outre_mer:
        return f"{departement.code}{rank % 50 * 2:02d}"
    if departement.code in ("2A", "2B"):
        return f"20{rank % 50 * 10 + (0 if departement.code == '2A' else 500):03d}"
    return f"{departement.code}{rank % 100 * 10:03d}"


def _codes_postaux(departement: Departement, rank: int, municipal: tuple[str, ...]) -> tuple[str, ...]:
    if municipal:
        return tuple(f"{departement.code}0{n:02d}" for n in range(1, len(municipal) + 1))
    # Two neighbours share a code; some communes have two.
    first = _code_postal(departement, rank // 2)
    return (first, _code_postal(departement, rank // 2 + 1)) if rank % 6 == 5 else (first,)


class _Counters:
    """Codes that are numbered within a région, in the order of the départements."""

    def __init__(self) -> None:
        self.used: Counter[tuple[str, str]] = Counter()

    def next(self, kind: str, region: str) -> int:
        self.used[kind, region] += 1
        return self.used[kind, region]


def _departement(
    seed: int,
    scale: float,
    rank: int,
    departement: Departement,
    counters: _Counters,
    epci: dict[str, str],
    bassins: dict[str, Bassin],
) -> list[Commune]:
    code, region = departement.code, departement.region
    draw = Draw(seed, "communes", code)
    arrondissements = ARRONDISSEMENTS.get(code, 2 if departement.outre_mer else 3)
    least = max(3, arrondissements + 1)
    count = min(max(least, int(8 * scale + 0.5)), 89 if departement.outre_mer else 900)
    numbers = _numbers(departement, count)
    count = len(numbers)
    groups = min(3, count)
    epcis = [f"29{rank:03d}{k:04d}" for k in range(1, groups + 1)]
    epci.update({siren: f"fictive {code}-{k}" for k, siren in enumerate(epcis, start=1)})
    zones = [f"{region}{counters.next('zone', region):02d}" for _ in range(min(2, count))]
    here = []
    for _ in range(min(BASSINS.get(code, 1), count)):
        bassin = f"{int(region)}{counters.next('bassin', region):02d}"
        bassins[bassin] = Bassin(bassin, f"BASSIN FICTIF {bassin}", region, (code,))
        here.append(bassin)
    city = VILLES.get(code)
    communes = []
    seen: set[str] = set()
    for i, number in enumerate(numbers):
        label = f"{number:02d}" if departement.outre_mer else f"{number:03d}"
        commune = f"{code}{label}"
        arrondissement = f"{code}{i * arrondissements // count + 1}" if arrondissements else NO_ARRONDISSEMENT
        first = arrondissement not in seen
        seen.add(arrondissement)
        municipal = tuple(str(city[1] + k) for k in range(city[2])) if city is not None and city[0] == commune else ()
        letter = departement.code_sae if departement.outre_mer else code
        communes.append(
            Commune(
                code=commune,
                nom=_nom(departement, label, i),
                departement=departement,
                arrondissement=arrondissement,
                epci=epcis[i * groups // count],
                canton=f"{code}{i * 4 // count + 1:02d}",
                zone_emploi=zones[i * len(zones) // count],
                unite_urbaine=f"{letter}{(101 + i if first else 0):03d}",
                aire=f"{rank:03d}" if i % 4 else "000",
                bassin_vie=f"{code}{numbers[i - i % 3]:0{len(label)}d}",
                bassin=here[i * len(here) // count],
                codes_postaux=_codes_postaux(departement, i, municipal),
                poids=(9.0 if first else 1.0) + 4 * draw.low() + (20.0 if municipal else 0.0),
                chef_lieu=first,
                arrondissements_municipaux=municipal,
            )
        )
    return communes


def build(seed: int, scale: float) -> Territoire:
    """Invents the communes: about 8 × scale in each département, at least one per arrondissement."""
    counters, epci, bassins = _Counters(), dict[str, str](), dict[str, Bassin]()
    groups = {
        d.code: _departement(seed, scale, rank, d, counters, epci, bassins)
        for rank, d in enumerate(departements(), start=1)
    }
    _straddle(groups, bassins)
    return Territoire(
        communes=sorted((c for group in groups.values() for c in group), key=lambda c: c.code),
        bassins=bassins,
        epci=epci,
        disparue=groups["50"][-1].code,
        sans_population=groups["61"][-1].code,
        ancienne="14990",
    )


def _straddle(groups: dict[str, list[Commune]], bassins: dict[str, Bassin]) -> None:
    """Territories that ignore the limits of départements and régions, as some real ones do."""
    groups["27"][-1] = replace(groups["27"][-1], epci=groups["76"][0].epci)
    groups["29"][-1] = replace(groups["29"][-1], epci=NO_EPCI)
    for departement in ("61", "72"):
        groups[departement][-1] = replace(groups[departement][-1], zone_emploi="0051")
    shared = groups["22"][0].bassin
    groups["35"][-1] = replace(groups["35"][-1], bassin=shared)
    bassins[shared] = Bassin(shared, bassins[shared].nom, "53", ("22", "35"))
    # Saint-Martin is no département of the geography; the survey has it, its list of communes hasn't.
    bassins["102"] = Bassin("102", "BASSIN FICTIF 102", "01", ("978",))
