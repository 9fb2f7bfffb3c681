"""What reading a vintage tells by itself, before any rule runs."""

from typing import Any

from pipelines.arrival.landing import Landed
from pipelines.catalogue import Source
from pipelines.checks.controls import Control, Severity

# Share of lines past which a column whose cells are not of its form is another one, under its name.
FORMLESS_MAX = 0.01
# Share of the lines that are read, from which those of a sheet that nobody reads are many.
BESIDE_MANY = 0.1
SHOWN = 20  # places or names listed in a control; it says how many there are


def controls_of(source: Source, landed: Landed, notes: dict[str, Any]) -> list[Control]:
    """What the reader noted of a vintage, as controls: its map, its files, its tables, its headings."""
    controls = []
    if not source.declares(landed.millesime):
        controls.append(
            Control(
                source.id,
                "millesime_declare",
                "avertissement",
                False,
                str(landed.millesime),
                f"cette campagne n'est pas déclarée sous `campagnes` ({source.id}.yml)"
                if source.questionnaire
                else "ce millésime n'a pas de colonne dans la carte : il est lu avec celle du plus proche. "
                f"Vérifier puis ajouter une colonne {landed.millesime} à {source.id}.columns.csv",
            )
        )
    if landed.unknown:
        controls.append(
            Control(
                source.id,
                "fichiers_reconnus",
                "avertissement",
                False,
                ", ".join(landed.unknown[:20]),
                "fichiers que le catalogue ne connaît pas, ou sous-dossiers : ni lus, ni archivés. S'ils sont de cette "
                f"source, les mettre sous leur nom dans le dossier du millésime (atlas source {source.id})",
                len(landed.unknown),
            )
        )
    for name in source.tables:
        controls += _of_table(source, name, landed.millesime, notes.get(name))
    return controls


def _of_table(source: Source, name: str, millesime: int, noted: list[Any] | None) -> list[Control]:
    """What the reader noted of one table; nothing where the vintage doesn't have it."""
    table, objet = source.tables[name], source.staged_name(name)
    if noted is None:
        reason = f"ce millésime ne comporte pas la table « {table.title} » : elle reste vide, non nulle" + (
            f" ({table.sauf[millesime]})" if millesime in table.sauf else ""
        )
        return [Control(objet, "table_publiee", "information", False, "absente", reason)]
    rows, quarantined, strangers, rejoined, formless, mended, headers, hidden, beside = noted
    return [
        *(_form_control(objet, c, formless.get(c), rows + quarantined) for c in table.formes),
        *(
            Control(
                objet,
                f"repare_{column}",
                "avertissement",
                False,
                f"{count} cellule(s) sur {rows} lignes",
                f"{table.reparations[column].raison} : la colonne {column} est réparée",
                count,
            )
            for column, count in mended.items()
        ),
        *_listed(
            objet,
            "colonnes_connues",
            strangers,
            "colonnes que la carte ne connaît pas : non lues, gardées dans l'archive",
        ),
        *_listed(
            objet,
            "enregistrement_recolle",
            rejoined,
            "un enregistrement coupé en deux, par une fin de ligne ou un retour chariot égarés, a été recollé",
        ),
        *_listed(
            objet,
            "en_tete_repete",
            headers,
            "un second en-tête, au milieu du tableau, a été lu comme tel : ce qui le suit est lu sous ses noms",
            severity="information",
        ),
        *_listed(
            objet,
            "lignes_masquees",
            hidden,
            "des lignes que la feuille masque ont été lues comme les autres : les effacer si elles sont de trop",
        ),
        *_listed(
            objet,
            "feuilles_non_lues",
            [f"{sheet} : {lines} lignes, contre {read} dans {file}" for sheet, lines, read, file in beside],
            "une feuille a les mêmes colonnes que celle qui est lue, et ne l'est pas : si c'est elle qui est entière, "
            "ou si elle en est la suite, tout mettre dans celle qui est lue",
            severity="avertissement" if any(n >= BESIDE_MANY * read for _, n, read, _ in beside) else "information",
        ),
    ]


def _listed(
    objet: str, name: str, found: list[str], reason: str, *, severity: Severity = "avertissement"
) -> list[Control]:
    """A control that lists what was found; none where nothing was."""
    if not found:
        return []
    shown = (", " if name == "colonnes_connues" else " ; ").join(found[:SHOWN])
    return [Control(objet, name, severity, False, shown, reason, len(found))]


def _form_control(objet: str, column: str, found: list[Any] | None, rows: int) -> Control:
    """Whether the cells of a column are of its form. Those that aren't were emptied, and are never told."""
    reason = (
        f"les cellules de la colonne {column} ont une seule forme ; celle d'une autre, qui peut être un nom, reste vide"
    )
    count, file, line = found or [0, "", 0]
    return Control(
        objet,
        f"forme_{column}",
        "critique" if count > FORMLESS_MAX * rows or not count else "avertissement",
        not count,
        f"{count} cellule(s) sur {rows} lignes" + (f", la première : {file}, ligne {line}" if count else ""),
        reason + f". Passé {100 * FORMLESS_MAX:.0f} % des lignes, c'est une autre colonne qui est lue sous ce nom",
        count,
    )
