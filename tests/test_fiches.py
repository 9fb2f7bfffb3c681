"""The sheets: the same words in PDF and HTML, tagged, on two pages at most, every number the marts' own."""

import hashlib
import html
import json
import re
import shutil
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pypdf
import pypdfium2
import pytest
from fixtures_entrepots import EDITION, REGION, Publication, rows
from test_release import Page

from pipelines.publish import numbers, public
from pipelines.publish.fiches import files, sheets
from pipelines.publish.fiches.sheets import Fiche
from pipelines.publish.fiches.strips import strip
from pipelines.publish.numbers import ShownColumn
from pipelines.publish.rows import Line
from pipelines.publish.views import Views

CAPACITY = "Capacités au 31 décembre"
LONGEST = "CENTRE HOSPITALIER INTERCOMMUNAL DES VALLÉES, DES PLATEAUX ET DU LITTORAL RÉUNIS — SITE DU PONT-DE-L'ŒUVRE"


@pytest.fixture(scope="module", params=["published", pytest.param("mirror_published", marks=pytest.mark.lent)])
def made(request: pytest.FixtureRequest) -> Publication:
    found: Publication = request.getfixturevalue(request.param)
    return found


def opened(made: Publication) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(next(made.release.glob("*.duckdb"))), read_only=True)


def listed(made: Publication) -> list[dict[str, str]]:
    text = (made.release / "fiches" / "index.js").read_text(encoding="utf-8")
    found: list[dict[str, str]] = json.loads(text[text.index("[") : text.rindex(";")])
    return found


def under(held: Any, *names: str) -> Any:
    """What a dictionary of a PDF holds under a name, and under another in there."""
    for name in names:
        held = held[name]
    return held


def flat(text: str) -> str:
    """Text without the spaces and line breaks that a layout adds, nor hyphens, which a reader takes for them."""
    return re.sub(r"[\s\-\u00ad\ufffe\u0002]+", "", unicodedata.normalize("NFC", text))


def pages_of(path: Path) -> list[str]:
    """The text of each page, without spaces."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [flat(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def words(path: Path) -> str:
    return "".join(pages_of(path))


def page_words(path: Path) -> str:
    body = path.read_text(encoding="utf-8").split("<body>")[1]
    return flat(html.unescape(re.sub(r"<[^>]*>", "", body)))


def some(made: Publication) -> list[dict[str, str]]:
    """Two GHT, and one sheet in sixteen of the others."""
    every = listed(made)
    return [f for f in every if f["niveau"] == "ght"][::6] + [f for f in every if f["niveau"] != "ght"][::16]


def made_from(db: duckdb.DuckDBPyConnection, contact: str = "") -> list[Fiche]:
    return list(sheets.sheets(Views(db), contact))


def blocks_of(sheet: Fiche, *genres: str) -> list[tuple[str, dict[str, Any]]]:
    """Blocks of those kinds, each with the heading of its section."""
    return [(s["titre"], b) for s in sheet.sections for b in s["blocs"] if b["genre"] in genres]


def tables(sheet: Fiche) -> dict[str, dict[str, Any]]:
    """The tables of a sheet by their heading, each line a list of texts."""
    return {
        title: {**table, "lignes": [[cell["texte"] for cell in cells] for _, cells in table["lignes"]]}
        for title, table in blocks_of(sheet, "tableau")
    }


def named(sheet: Fiche, genre: str) -> dict[str, tuple[str, str]]:
    """The key numbers of a sheet (`cles`), or its identity: what each says, and the words under it."""
    return {label: (value, under) for _, block in blocks_of(sheet, genre) for label, value, under in block["lignes"]}


def test_one_sheet_each_listed_with_both_files(made: Publication) -> None:
    with opened(made) as db:
        year = "millesime = (SELECT max(millesime) FROM fiches.etablissements)"
        expected = {
            *rows(db, f"SELECT 'es', finess FROM fiches.etablissements WHERE {year} AND region = ?", REGION),
            *rows(
                db,
                f"SELECT 'ej', finess_ej FROM core.entites_juridiques WHERE {year} AND region = ? AND sites > 1",
                REGION,
            ),
            *rows(db, f"SELECT DISTINCT 'ght', code_ght FROM fiches.ght_membres WHERE {year}"),
        }
    found = listed(made)
    assert {(f["niveau"], f["code"]) for f in found} == expected
    assert len(found) == len(expected)
    folder = made.release / "fiches"
    prefix = {"es": "", "ej": "ej-", "ght": "ght-"}
    for f in found:
        assert f["html"] == f"{prefix[f['niveau']]}{f['code']}.html"
        assert f["pdf"] == f"{prefix[f['niveau']]}{f['code']}.pdf"
    on_disk = {p.name for p in folder.iterdir()}
    assert on_disk == {f[k] for f in found for k in ("html", "pdf")} | {"index.html", "index.js", "fiches.css"}


def test_pdf_is_tagged_french_and_on_two_pages_at_most(made: Publication) -> None:
    for f in listed(made):
        reader = pypdf.PdfReader(made.release / "fiches" / f["pdf"])
        root = reader.root_object
        assert len(reader.pages) <= 2, f["nom"]
        assert str(root["/Lang"]).startswith("fr")
        assert under(root, "/MarkInfo", "/Marked").value is True
        assert "/StructTreeRoot" in root
        assert under(root, "/ViewerPreferences", "/DisplayDocTitle").value is True
        assert reader.metadata
        assert f["nom"] in (reader.metadata.title or "")
        assert b"pdfuaid:part" in under(root, "/Metadata").get_data()


def test_fonts_are_embedded_and_nothing_overflows(made: Publication) -> None:
    for f in some(made):
        path = made.release / "fiches" / f["pdf"]
        for page in pypdf.PdfReader(path).pages:
            for font in under(page, "/Resources", "/Font"):
                inner = under(page, "/Resources", "/Font", font, "/DescendantFonts")[0].get_object()["/FontDescriptor"]
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner), f["nom"]
        document = pypdfium2.PdfDocument(path)
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = [text.get_rect(i) for i in range(text.count_rects())]
            assert boxes
            # Within the margins, and no two lines of text one over the other.
            assert all(x0 >= 30 and x1 <= width - 30 and y0 >= 18 and y1 <= height - 18 for x0, y0, x1, y1 in boxes)
            for i, (x0, y0, x1, y1) in enumerate(boxes):
                for u0, v0, u1, v1 in boxes[i + 1 :]:
                    across, up = min(x1, u1) - max(x0, u0), min(y1, v1) - max(y0, v0)
                    assert across <= 1 or up <= 0.6 * min(y1 - y0, v1 - v0), (f["nom"], x0, y0, u0, v0)
        document.close()


def test_pdf_and_html_say_the_same(made: Publication) -> None:
    with opened(made) as db:
        known = {s.fichier: s for s in made_from(db)}
    for f in some(made):
        sheet = known[f["html"].removesuffix(".html")]
        pdf, page = words(made.release / "fiches" / f["pdf"]), page_words(made.release / "fiches" / f["html"])
        said = [sheet.titre, sheet.sous_titre, sheet.correction, *(s["titre"] for s in sheet.sections)]
        said += [x for _, block in blocks_of(sheet, "cles", "identite") for line in block["lignes"] for x in line]
        said += [block["texte"] for _, block in blocks_of(sheet, "note", "absence")]
        for _, table in blocks_of(sheet, "tableau"):
            # A strip says its words to who doesn't see it.
            cells = [cell["texte"] for _, line in table["lignes"] for cell in line if not cell["dessin"]]
            said += [table["note"], *table["colonnes"], *cells]
            # Never blank: a cell is a number or the sign that says why there is none.
            assert all(cells), f["nom"]
        for text in said:
            assert flat(text) in pdf, (f["nom"], text)
            assert flat(text) in page, (f["nom"], text)
        assert all(block["texte"] for _, block in blocks_of(sheet, "note", "absence"))
        assert len(sheet.sections) >= 9


def written(value: Decimal, decimals: int) -> str:
    """A number in French, by another road than the sheets': whole and decimals apart."""
    scaled = int((abs(value) * 10**decimals * 2 + 1) // 2)
    whole, rest = divmod(scaled, 10**decimals)
    groups = re.sub(r"(?<=\d)(?=(\d{3})+$)", "\u202f", str(whole))
    return ("\u2212" if value < 0 and scaled else "") + groups + (f",{rest:0{decimals}d}" if decimals else "")


CELLS = {  # column of each table of staff: the mart's variables
    "Personnels médicaux": {"EFFSAL_": 1, "ETPSAL_": 2, "EFFLIB_": 6},
    "Personnels non médicaux et sages-femmes": {"ETP_": 1, "EFF_": 4},
}


def test_numbers_are_the_marts_own(made: Publication) -> None:
    """Every cell of staff of every sheet, read from the marts of the warehouse itself."""
    with opened(made) as db:
        every = made_from(db)
    staff: dict[tuple[str, str], dict[str, str]] = {}
    with made.connect() as db:
        for niveau, key in (("es", "finess"), ("ej", "finess_ej"), ("ght", "code_ght")):
            for code, variable, valeur, unite, statut in rows(
                db,
                f"SELECT {key}, variable, valeur, unite, statut FROM fiches.{niveau}_personnels "
                f"WHERE millesime = (SELECT max(millesime) FROM fiches.etablissements)",
            ):
                text = "nd" if valeur is None else written(valeur, 1 if unite == "ETP" else 0)
                staff.setdefault((niveau, code), {})[variable] = text + ("*" if statut == "partiel" else "")
        lines = rows(
            db, "SELECT variable, CASE ligne WHEN 'total' THEN 'Ensemble' ELSE libelle END FROM reference.variables_sae"
        )
    labels = {variable: re.split(r" \(| : ensemble", text)[0].replace("'", "’") for variable, text in lines}
    seen = 0
    for sheet in every:
        for title, table in tables(sheet).items():
            shown = {cells[0]: cells for cells in table["lignes"]}
            for prefix, column in CELLS.get(title, {}).items():
                for variable, text in staff.get((sheet.niveau, sheet.code), {}).items():
                    cells = shown.get(labels[variable])
                    if cells and variable.startswith(prefix) and not variable.startswith("EFF_INT"):
                        assert cells[column] == text, (sheet.titre, variable)
                        seen += 1
    assert seen > 60 * len(every)


def test_a_card_and_its_line_are_one_measure(made: Publication) -> None:
    with opened(made) as db:
        every = made_from(db)
        ((millesime, before),) = rows(db, "SELECT DISTINCT millesime, millesime_precedent FROM vues.fiche_identites")
    seen = 0
    for sheet in every:
        found, cards = tables(sheet), named(sheet, "cles")
        for card, title, line, column in (
            ("Médecins salariés", "Personnels médicaux", "Ensemble", 2),
            ("Internes et FFI", "Personnels médicaux", "Internes, docteurs juniors et FFI", 2),
            ("Non médicaux", "Personnels non médicaux et sages-femmes", "Ensemble", 1),
        ):
            if title not in found:
                continue
            (cells,) = [cells for cells in found[title]["lignes"] if cells[0] == line]
            assert "ETP" in found[title]["colonnes"][column]
            assert found[title]["colonnes"][3] == f"Évolution des ETP, {before}-{millesime}"
            value, under = cards[card]
            assert value.removesuffix(" ETP") == cells[column], (sheet.titre, card)
            assert value.endswith(" ETP") == (cells[column] != "nd")
            assert under == f"{cells[3]} depuis {before}" or (cells[3] == "nd" and under.startswith("évolution "))
            seen += 1
    assert seen > 2 * len(every)


@pytest.mark.lent
def test_a_sheet_without_a_change_says_why(mirror_published: Publication) -> None:
    for name, card, note in (
        ("ght-28102", "évolution nd : périmètre changé", "périmètre changé : 1 site ouvert"),
        ("ght-28110", "+15,6 (+0,4\u202f%) depuis 2022", "périmètre constant : 1 site parti"),
        ("ej-140000415", "+11,0 (+4,5\u202f%) depuis 2022", "périmètre constant : 1 site venu d’ailleurs"),
        ("140018730", "évolution nd : entité juridique changée", "entité juridique changée"),
    ):
        text = page_words(mirror_published.release / "fiches" / f"{name}.html")
        assert flat(card) in text, name
        assert flat(f"Évolution, {note}") in text, name
        assert flat("464,2") not in text


def test_places_of_psychiatry_are_never_called_beds(made: Publication) -> None:
    """SYGEN counts with the beds of hospitals all other forms of full-time care, and doesn't tell them apart."""
    with opened(made) as db:
        every = made_from(db)
        known = {
            (niveau, code): (psychiatry, everything)
            for niveau, key in (("es", "finess"), ("ej", "finess_ej"), ("ght", "code_ght"))
            for code, psychiatry, everything in rows(
                db,
                f"SELECT {key}, sum(CAP_COMPLET_TOT), sum(coalesce(LIT_MCO, 0) + coalesce(CAP_COMPLET_TOT, 0) + "
                f"coalesce(LIT_SSR, 0) + coalesce(LIT_USLD, 0)) FROM fiches.etablissements WHERE millesime = (SELECT "
                f"max(millesime) FROM fiches.etablissements) GROUP BY ALL",
            )
        }
    seen = 0
    for sheet in every:
        psychiatry, everything = known[sheet.niveau, sheet.code]
        value, under = named(sheet, "cles")["Capacité à temps complet"]
        under = under.removesuffix(", dans la région")  # of an entity that has sites elsewhere
        if psychiatry:
            said = written(psychiatry, 0)
            assert (value, under) == (written(everything, 0), f"dont {said} en psychiatrie")
            identity, _ = named(sheet, "identite")[CAPACITY]
            assert re.search(rf"{said} lits? \S+ places? de psychiatrie à temps complet", identity)
            seen += 1
        else:
            assert under in ("lits", "aucun lit ni place déclaré", "capacité inconnue")
        told = json.dumps(sheet.data(), ensure_ascii=False, default=str)
        assert not re.search(r"lits? de psychiatrie|par lit\b(?! ou place)", told), sheet.titre
    assert seen > 10


@pytest.mark.lent
def test_missing_data_say_why(mirror_published: Publication) -> None:
    with opened(mirror_published) as db:
        silent = rows(
            db,
            "SELECT finess FROM fiches.es_personnels WHERE millesime = 2023 AND finess IN "
            "(SELECT finess FROM fiches.etablissements WHERE millesime = 2023 AND region = '28') "
            "GROUP BY finess HAVING count(valeur) = 0",
        )
    assert silent
    for (finess,) in silent:
        text = page_words(mirror_published.release / "fiches" / f"{finess}.html")
        assert flat("Sans réponse à ce questionnaire de la SAE 2023") in text
        assert flat("Aucune comparaison") in text
        assert "ndETP" not in text


def test_fiction_is_said_on_every_page(published: Publication) -> None:
    for f in some(published):
        for text in pages_of(published.release / "fiches" / f["pdf"]):
            assert flat("Données fictives : cette fiche est un exemple fabriqué") in text
    for path in (published.release / "fiches").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert '<p class="fictif" role="note">Données fictives' in text
        assert "<title>[Données fictives]" in text
    assert "FICTIVES" in (published.release / "fiches" / "index.js").read_text(encoding="utf-8")


@pytest.mark.lent
def test_real_sheets_are_not_called_fictitious(mirror_published: Publication) -> None:
    for f in some(mirror_published):
        assert "fictive" not in words(mirror_published.release / "fiches" / f["pdf"]).lower()
        assert "fictive" not in page_words(mirror_published.release / "fiches" / f["html"]).lower()


def test_pages_open_from_a_disk(made: Publication) -> None:
    folder = made.release / "fiches"
    for path in [folder / "index.html", *(folder / f["html"] for f in some(made))]:
        page = Page(path)
        assert page.asked == ["fiches.css"]
        assert page.open == []
        assert page.language == "fr"
        assert len(page.ids) == len(set(page.ids))
        assert not page.tags & {"script", "iframe", "object", "embed"}
        for link in page.links:
            assert (folder / link).is_file(), link
        text = path.read_text(encoding="utf-8")
        assert text.count("<table") == text.count("<caption") == text.count("<thead")
        assert "<th>" not in text
    assert not re.search(r"@import|url\(", (folder / "fiches.css").read_text(encoding="utf-8"))


# --- From a file of our own making --------------------------------------------------------------------


@pytest.fixture
def own(published: Publication, tmp_path: Path) -> Path:
    """A copy of the sample's public file, to be changed."""
    target = tmp_path / public.NAME
    shutil.copyfile(next(published.release.glob("*.duckdb")), target)
    return target


def sheets_of(path: Path, contact: str = "") -> dict[str, Fiche]:
    """The sheets of a public file whose tables have changed: its views are computed again."""
    with duckdb.connect(str(path)) as db:
        db.execute("DROP SCHEMA vues CASCADE")
        public.show(db, REGION, fictif=True)
        return {s.fichier: s for s in made_from(db, contact)}


@pytest.mark.lent
def test_what_an_extract_contains_is_escaped_and_the_longest_name_fits(own: Path, tmp_path: Path) -> None:
    nasty = "<script>alert('x')</script> & \"<b> #panic() $x$ \\"
    with duckdb.connect(str(own)) as db:
        for table in ("fiches.etablissements", "core.entites_juridiques", "fiches.ght_membres"):
            db.execute(f"UPDATE {table} SET raison_sociale = ?", [f"{LONGEST} {nasty}"])
        db.execute("UPDATE fiches.ght_membres SET nom_ght = ?", [f"{LONGEST} {nasty}"])
        db.execute("UPDATE atlas.formations SET libelle = ? WHERE libelle IS NOT NULL", [nasty])
    press = files.Press(EDITION)
    kinds = {s.niveau: s for s in sheets_of(own, contact=nasty).values()}
    assert set(kinds) == {"es", "ej", "ght"}
    for sheet in kinds.values():
        text = press.html(sheet)
        assert "<script" not in text
        assert "<b>" not in text
        assert "&lt;script&gt;" in text
        made = press.pdf(sheet)
        path = tmp_path / "fiche.pdf"
        path.write_bytes(made)
        assert files.pages(made) == len(pypdf.PdfReader(path).pages) <= 2
        assert flat(nasty) in words(path)


@pytest.mark.lent
def test_same_bytes_twice_and_correction_address(own: Path) -> None:
    first, second = (sheets_of(own, "atlas@exemple.test") for _ in range(2))
    name = sorted(first)[0]
    made = [files.Press(EDITION).pdf(s[name]) for s in (first, second)]
    assert hashlib.sha256(made[0]).hexdigest() == hashlib.sha256(made[1]).hexdigest()
    assert first[name].correction == "Une erreur ? Écrire à atlas@exemple.test."
    assert "n’a pas indiqué" in sheets_of(own)[name].correction


def test_secret_partial_zero_and_missing_are_told_apart() -> None:
    def said(valeur: Decimal | None, statut: str | None) -> str:
        column = ShownColumn("valeur", "Valeur", "n1", signs={"secret": "s", "sans objet": "///"})
        return numbers.cell({"valeur": valeur, "valeur_statut": statut}, column)

    assert said(None, "secret") == "s"
    assert said(None, "sans objet") == "///"
    assert said(None, "non-réponse") == said(None, "non collecté") == said(None, "nd") == said(None, None) == "nd"
    assert said(Decimal("0.00"), "zéro implicite") == "0,0"
    assert said(Decimal("1234.56"), "partiel") == "1\u202f234,6*"
    assert numbers.nombre(Decimal("-0.04"), 1, sign=True) == "0,0"
    assert numbers.nombre(Decimal("-12.25"), 1, sign=True) == "\u221212,3"
    assert numbers.percent(Decimal("0.125"), 1, sign=True) == "+12,5\u202f%"


def test_a_number_is_followed_by_its_share_where_there_is_one() -> None:
    column = ShownColumn("ecart", "Écart", "selon", detail="signed1")
    line: Line = {"ecart": Decimal("-5.04"), "ecart_format": "signe_n1", "ecart_detail": Decimal("-0.25")}
    assert numbers.cell(line, column) == "\u22125,0 (\u221225,0\u202f%)"
    assert numbers.cell(line | {"ecart_detail": None}, column) == "\u22125,0"
    assert numbers.cell(line | {"ecart": None}, column) == "nd"


@pytest.mark.lent
def test_hr_indicators_show_own_and_region_or_the_sign_of_secrecy(own: Path) -> None:
    with duckdb.connect(str(own)) as db:
        ej, ght = rows(
            db, "SELECT finess_ej, code_ght FROM core.entites_juridiques WHERE code_ght IS NOT NULL AND sites > 1"
        )[0]
        db.execute(
            "CREATE TABLE avant AS FROM atlas.ressources_humaines LIMIT 1; DELETE FROM atlas.ressources_humaines"
        )
        db.execute(
            "INSERT INTO atlas.ressources_humaines BY NAME SELECT a.* REPLACE (2024 AS annee, 'taux_vacance' AS "
            "indicateur, 'ensemble' AS categorie, t.niveau AS niveau, t.code AS code, t.valeur AS valeur, t.statut AS "
            "statut) FROM avant AS a, (VALUES ('ej', $1, NULL::DECIMAL(9, 6), 'secret'), "
            "('ght', $2, 0.0512, 'calculé'), ('region', '28', 0.0634, 'calculé')) AS t (niveau, code, valeur, statut)",
            [ej, ght],
        )
    table = tables(sheets_of(own)[f"ej-{ej}"])["Campagne régionale sur les ressources humaines"]
    assert table["colonnes"] == ["Indicateur", "Entité juridique", "GHT", "Région"]
    assert table["lignes"][0] == ["Postes vacants", "s", "5,1\u202f%", "6,3\u202f%"]
    assert {cell for cells in table["lignes"][1:] for cell in cells[1:]} == {"nd"}


def test_a_strip_stays_within_its_frame() -> None:
    row = {
        k: Decimal(v)
        for k, v in zip(("decile_1", "quartile_bas", "mediane", "quartile_haut", "decile_9"), range(1, 6), strict=True)
    }
    assert 'cx="70.0"' in strip(row | {"valeur": Decimal(3)})
    for far, edge in ((-100, "6.0"), (100, "134.0")):
        drawn = strip(row | {"valeur": Decimal(far)})
        assert f'cx="{edge}"' in drawn
        assert 'fill="#ffffff"' in drawn
    same = dict.fromkeys(row, Decimal(2))
    assert "<circle" in strip(same | {"valeur": Decimal(2)})


# --- The light sheets of the social sector --------------------------------------------------------------------------


def test_one_light_sheet_for_each_open_establishment_of_the_region(published: Publication) -> None:
    folder = published.release / "esms"
    with opened(published) as db:
        expected = {code for (code,) in rows(db, "SELECT finess FROM core.esms WHERE region = ?", REGION)}
    assert len(expected) > 100
    assert {p.stem for p in folder.glob("*.html")} == expected | {"index"}
    assert not list(folder.glob("*.pdf"))
    listed_there = (folder / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{code}.html"' in listed_there for code in expected)


def test_a_light_sheet_says_its_places_its_peers_and_that_it_is_fictitious(published: Publication) -> None:
    with opened(published) as db:
        found = {sheet.code: sheet for sheet in sheets.sheets(Views(db), "", sheets.SOCIAL)}
        lines = rows(
            db,
            "SELECT finess, places, (SELECT sum(places) FROM core.equipements_sociaux AS a WHERE a.finess = e.finess "
            "AND a.date_situation = e.date_places) "
            "FROM core.esms AS e WHERE region = ? AND places_statut = 'calculé'",
            REGION,
        )
    for code, places, activities in lines:
        sheet = found[code]
        assert places == activities
        assert named(sheet, "cles")["Places installées"][0] == str(places)
        told = tables(sheet)
        assert sum(int(line[3]) for line in told["Activités et places"]["lignes"]) == places
        assert code not in {line[1] for line in told["Pairs"]["lignes"]} if "Pairs" in told else True
        page = (published.release / "esms" / f"{code}.html").read_text(encoding="utf-8")
        assert "Données fictives" in page
        assert ".pdf" not in page


def test_a_light_sheet_shows_what_its_kind_declares_and_nothing_that_it_declares_alone(published: Publication) -> None:
    with opened(published) as db:
        found = {sheet.code: tables(sheet) for sheet in sheets.sheets(Views(db), "", sheets.SOCIAL)}
        (shown,) = rows(
            db,
            "SELECT round(100 * valeur, 1) FROM atlas.ressources_humaines_esms WHERE niveau = 'region' "
            "AND categorie = '500' AND indicateur = 'taux_absence' AND annee = 2024",
        )
        homes = {c for (c,) in rows(db, "SELECT finess FROM core.esms WHERE categorie = '500' AND region = ?", REGION)}
    for code, told in found.items():
        lines = told["Campagne régionale sur les ressources humaines"]["lignes"]
        assert len(lines[0]) == 4  # the indicator, its kind here and in the région, all kinds
        if code in homes:
            assert lines[2][2] == f"{shown[0]}\u202f%".replace(".", ",")
        assert told["La tension de ses métiers dans le département"]["lignes"]
