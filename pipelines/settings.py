"""Where things are, read from the environment when a command or a task runs, never at import."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pipelines.errors import UsageError

ROOT = Path(__file__).resolve().parents[1]

DATABASE = "atlas_sante.duckdb"
STATUS = "etat.html"  # where a warehouse stands, for people

FIRST_EDITION = 2025  # where no warehouse is in place yet and nobody said which edition
DEFAULT_REGIONS = ("28",)

YES, NO = ("oui", "1"), ("non", "0")

PATTERNS = "?*["  # what DuckDB takes in the path of a file for something else

SAMPLES, DEPOSIT = "extraits", "depot"  # inside a warehouse: what we make, what people or sites bring


@dataclass(frozen=True)
class Settings:
    """The folders of one installation, and what it makes.

    `sources` is the folder that extracts come from, laid out `<source>/<millésime>/<file>`; it may not exist;
    `warehouse` receives all that a run makes; `en_ligne` says whether what the folder doesn't hold
    may be asked from the producers' sites. `edition` is the atlas that is made where no other is asked for, and
    `regions` are those it is published for. `editeur` publishes the releases, at `adresse` where it is known;
    `contact` is whom the sheets say to write to for a correction. `approbation` is whether a release awaits somebody's
    approval; where nobody said, a scheduler asks for one, and a person who runs the command is alone.
    """

    sources: Path
    warehouse: Path
    en_ligne: bool = False
    edition: int = FIRST_EDITION
    regions: tuple[str, ...] = DEFAULT_REGIONS
    editeur: str = ""
    adresse: str = ""
    contact: str = ""
    approbation: bool | None = None

    @property
    def made_here(self) -> bool:
        """Whether the extracts are the fictitious ones that we make ourselves, inside their warehouse."""
        return self.sources == self.warehouse / SAMPLES

    @property
    def landing(self) -> Path:
        """Raw bytes as received, append-only."""
        return self.warehouse / "landing"

    @property
    def staging(self) -> Path:
        """Typed Parquet per source, vintage and revision."""
        return self.warehouse / "staging"

    @property
    def editions(self) -> Path:
        """Locks and builds."""
        return self.warehouse / "editions"

    @property
    def releases(self) -> Path:
        """Published folders, never changed once made."""
        return self.warehouse / "releases"

    @property
    def drafts(self) -> Path:
        """What waits to be approved, and what became of what did."""
        return self.warehouse / "brouillons"

    @property
    def protection(self) -> Path:
        """What releases showed of the protected tables, and whose answers these were: private."""
        return self.warehouse / "protection"

    @property
    def database(self) -> Path:
        """The warehouse that people query: a link to that of the edition in place.

        Not `atlas.duckdb`: DuckDB names the catalogue after the file, and `atlas.effectifs` would be an
        "ambiguous reference to catalog or schema".
        """
        return self.warehouse / DATABASE

    def built(self, edition: int) -> Path:
        """The warehouse of one edition, in place or not: a link to its last promoted build."""
        return self.editions / str(edition) / DATABASE


def in_place(warehouse: Path) -> int | None:
    """The edition that the link of a warehouse names; None where there is none."""
    link = warehouse / DATABASE
    name = link.readlink().parent.name if link.is_symlink() else ""
    return int(name) if name.isdecimal() else None


def edition(said: str) -> int:
    """An edition as a person writes it. Raises UsageError for anything but a year."""
    if re.fullmatch(r"20\d\d", said) is None:
        raise UsageError(
            f"L'édition ne se comprend pas : « {said} ».",
            expected=f"une année de 2000 à 2099, comme {FIRST_EDITION}",
            todo="corriger ATLAS_EDITION, --edition, ou EDITION= avec make",
        )
    return int(said)


def regions(said: str) -> tuple[str, ...]:
    """Regions as a person writes them: codes between spaces or commas, each once. Raises UsageError otherwise."""
    codes = tuple(dict.fromkeys(re.split(r"[\s,]+", said.strip(" ,"))))
    if any(re.fullmatch(r"\d\d", code) is None for code in codes):
        raise UsageError(
            f"Les régions ne se comprennent pas : « {said} ».",
            expected="des codes officiels de deux chiffres, séparés par des espaces ou des virgules : 28, ou 11 28 53",
            todo="corriger ATLAS_REGIONS, --region, REGION= avec make, ou le champ « Régions » du DAG publish",
        )
    return codes


def real_home() -> Path:
    """The warehouse of real extracts, in this checkout."""
    return ROOT / "warehouse"


def sample_home() -> Path:
    """The warehouse of fictitious extracts, beside nothing real."""
    return real_home() / "echantillon"


def in_use(home: Path) -> bool:
    """Whether a warehouse has anything: marts in place, a lock, or an archived vintage."""
    kept = (DATABASE, "editions/*/verrou.json", "landing/*/*/r*/provenance.json")
    return any(next(home.glob(pattern), None) for pattern in kept)


def default_home() -> Path:
    """The warehouse that a command acts on where nothing names one: the real one as soon as there is one."""
    return real_home() if in_use(real_home()) else sample_home()


def load() -> Settings:
    """Settings of this process. Raises UsageError where ATLAS_EDITION, ATLAS_REGIONS or ATLAS_EN_LIGNE makes no sense,
    or where the warehouse is in a folder whose path DuckDB would misread.

    ATLAS_SOURCES: folder of extracts; without it, the fictitious ones of a warehouse that has nothing else,
    and `depot/` in any other.
    ATLAS_EN_LIGNE: `oui` lets what the folder doesn't hold be downloaded; the folder is then
    `warehouse/depot/` by default, and need not exist.
    ATLAS_CONTACT: the address that a sheet gives to whoever finds a mistake in it; none by default.
    ATLAS_WAREHOUSE: folder of the warehouse; by default `warehouse/` where real extracts are named or already
    there, else `warehouse/echantillon/` for the fictitious ones, so that the two never meet.
    ATLAS_EDITION: the edition to make; by default the one in place, and FIRST_EDITION where there is none.
    ATLAS_REGIONS: the regions to publish, between spaces or commas; by default Normandie.
    ATLAS_APPROBATION: `oui` has each release wait for somebody's approval, `non` for nobody's.
    ATLAS_EDITEUR, ATLAS_ADRESSE: who publishes the releases, and the address under which they will stand, if any.
    """
    online = bool(_yes("ATLAS_EN_LIGNE"))
    sources, home = os.environ.get("ATLAS_SOURCES"), os.environ.get("ATLAS_WAREHOUSE")
    real = real_home() if sources or online else default_home()
    warehouse = Path(home or real).expanduser().resolve()
    if odd := sorted(set(str(warehouse)) & set(PATTERNS)):
        raise UsageError(
            f"L'entrepôt ne peut pas être dans {warehouse} : DuckDB lirait mal {' '.join(odd)}.",
            expected=f"un chemin sans {' '.join(PATTERNS)}",
            todo="renommer le dossier, ou en nommer un autre par ATLAS_WAREHOUSE",
        )
    fictitious = not online and ((warehouse / SAMPLES).is_dir() or not in_use(warehouse))
    wanted, codes = (os.environ.get(name, "").strip() for name in ("ATLAS_EDITION", "ATLAS_REGIONS"))
    return Settings(
        sources=Path(sources).expanduser().resolve() if sources else warehouse / (SAMPLES if fictitious else DEPOSIT),
        warehouse=warehouse,
        en_ligne=online,
        edition=edition(wanted) if wanted else in_place(warehouse) or FIRST_EDITION,
        regions=regions(codes) if codes else DEFAULT_REGIONS,
        editeur=os.environ.get("ATLAS_EDITEUR", "").strip(),
        adresse=os.environ.get("ATLAS_ADRESSE", "").strip(),
        contact=os.environ.get("ATLAS_CONTACT", "").strip(),
        approbation=_yes("ATLAS_APPROBATION"),
    )


def _yes(name: str) -> bool | None:
    """What a variable says, yes or no; None where it says nothing. Raises UsageError for anything else."""
    said = os.environ.get(name, "").strip().casefold()
    if said not in (*YES, *NO, ""):
        raise UsageError(
            f"{name} ne se comprend pas : « {said} ».",
            expected="oui, non, ou rien",
            todo="corriger cette variable de l'environnement",
        )
    return said in YES if said else None


def approvers() -> tuple[str, ...]:
    """Who may approve a release (ATLAS_APPROBATEURS): names between spaces or commas; anybody where it is empty."""
    return tuple(dict.fromkeys(os.environ.get("ATLAS_APPROBATEURS", "").replace(",", " ").split()))


def magasin() -> str:
    """The store that several machines share, from ATLAS_MAGASIN (shared/objects.py); "" where there is one machine."""
    return os.environ.get("ATLAS_MAGASIN", "").strip().rstrip("/")


def base() -> str:
    """The PostgreSQL database that holds their locks, and the catalogue of the lake, from ATLAS_BASE; "" by default."""
    return os.environ.get("ATLAS_BASE", "").strip()


def lac() -> bool:
    """Whether each edition put in place becomes a snapshot of the lake (shared/lake.py), from ATLAS_LAC."""
    return bool(_yes("ATLAS_LAC"))


def alertes() -> str:
    """Where to send notices, from ATLAS_ALERTES: a webhook's address, a mail server's, or "". Raises UsageError.

    It is read apart from the rest, which may be what there is to tell.
    """
    said = os.environ.get("ATLAS_ALERTES", "").strip()
    if said and not _reachable(said):
        raise UsageError(  # without quoting it: it may hold a password
            "ATLAS_ALERTES ne se comprend pas.",
            expected="https://… (webhook), ou smtps://utilisateur:mot-de-passe@serveur/?to=a@b (courriel)",
            todo="corriger cette variable de l'environnement",
        )
    return said


def _reachable(address: str) -> bool:
    try:
        url = urlsplit(address)
        to, _ = parse_qs(url.query).get("to"), url.port  # a port that is no number raises
    except ValueError:
        return False
    return bool(url.hostname) and (url.scheme in ("http", "https") or (url.scheme in ("smtp", "smtps") and bool(to)))
