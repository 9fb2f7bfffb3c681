"""Fictitious answers to the agency's surveys: the Norman public hospitals and ESMS fill the real templates.

Two campaigns each. Some do not answer; some write numbers as text or `n.d.`, leave a cell empty, type words
for a number; in 2024 one sends back the template of the year before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines import catalogue
from pipelines.questionnaires import TOTAL, Form
from pipelines.questionnaires.answers import Key
from pipelines.questionnaires.template import Filled, render
from samples import esms, finess, writers
from samples.draws import Draw, split
from samples.etablissements import Parc
from samples.nomenclatures import NORMANDS

CAMPAGNES = (2023, 2024)

# Staff category -> its share of the ETP, its share of vacant posts, of contract staff, days of sick leave an ETP.
CATEGORIES = {
    "medecins": (0.095, 0.14, 0.35, 8),
    "sages_femmes": (0.012, 0.08, 0.20, 12),
    "infirmiers": (0.23, 0.06, 0.14, 16),
    "infirmiers_specialises": (0.035, 0.09, 0.08, 11),
    "aides_soignants": (0.22, 0.04, 0.18, 24),
    "cadres": (0.03, 0.05, 0.04, 9),
    "reeducation": (0.03, 0.11, 0.25, 11),
    "autres_soins": (0.09, 0.03, 0.33, 20),
    "educatifs": (0.018, 0.05, 0.22, 14),
    "medico_techniques": (0.05, 0.06, 0.20, 12),
    "techniques": (0.10, 0.04, 0.24, 17),
    "administratifs": (0.09, 0.03, 0.23, 12),
}
GROUPES = {
    "medecine_generale": 4,
    "specialites_medicales": 7,
    "specialites_chirurgicales": 4,
    "psychiatrie": 2,
    "autres": 2,
}
AVIS = {"tres_satisfait": 3, "satisfait": 5, "peu_satisfait": 2, "pas_satisfait": 1}
PROJETS = {"territoire": 3, "region": 3, "ailleurs": 3, "indecis": 4}
# Of an ESMS, by category of FINESS: its ETP a place (or its ETP, where it has no places), the shares of its ETP that
# care and support make, the share of vacant posts.
ESMS = {
    "500": (0.65, 0.55, 0.05, 0.06),
    "202": (0.12, 0.10, 0.15, 0.04),
    "354": (0.25, 0.85, 0.0, 0.08),
    "460": (30.0, 0.0, 0.85, 0.12),
    "183": (0.9, 0.15, 0.60, 0.07),
    "182": (0.35, 0.30, 0.55, 0.09),
    "255": (1.3, 0.50, 0.30, 0.07),
    "246": (0.25, 0.03, 0.67, 0.04),
    "177": (0.8, 0.05, 0.70, 0.10),
    "214": (0.3, 0.05, 0.65, 0.08),
}
FONCTIONS = ("soins", "socio_educatif", "autres_fonctions")
DIFFICULTES = ("candidatures", "candidatures", "remuneration", "conditions", "logement", "conjoint", "aucune")


@dataclass
class _Hopital:
    """An entity that has hospitals, or an ESMS: its number, name, size, and its staff by year and category.

    `silence` is the chance that it doesn't answer a campaign.
    """

    finess: str
    nom: str
    etp: float
    internes: float
    effectifs: dict[int, dict[str, int]] = field(default_factory=dict)
    categorie: str = ""
    silence: float = 0.15


def _hopitaux(parc: Parc, secteurs: Iterable[str]) -> list[_Hopital]:
    """The Norman entities of these sectors, by number, under the name of their largest site; clinics answer less.

    Those that the SAE doesn't know the staff of are not asked.
    """
    sites: dict[str, list[tuple[float, str, float]]] = {}
    silences: dict[str, float] = {}
    known = {site.entite.finess for site in parc.sites if site.repond}
    for site in parc.sites:
        entite = site.entite
        if site.genre.stjr in secteurs and entite.departement.code in NORMANDS and entite.finess in known:
            staff = site.genre.soignants * site.taille
            silences[entite.finess] = 0.15 if site.genre.stjr == "1" else 0.6
            sites.setdefault(entite.finess, []).append((staff, site.nom, site.genre.internes * site.taille))
    return [
        _Hopital(
            finess,
            max(mine)[1],
            1.12 * sum(s for s, _, _ in mine),
            sum(i for _, _, i in mine),
            silence=silences[finess],
        )
        for finess, mine in sorted(sites.items())
    ]


def _sociaux(register: Iterable[finess.Etablissement]) -> list[_Hopital]:
    """The Norman ESMS, by number."""
    found = []
    for e in register:
        categorie = esms.AS_BEFORE.get(e.categorie, e.categorie)
        if categorie in ESMS and e.commune.departement.code in NORMANDS:
            etp, *_ = ESMS[categorie]
            places = sum(line[6] for line in esms.BY_CATEGORY[categorie].lignes)
            found.append(_Hopital(e.finess, e.nom, etp * (places or 1), 0, categorie=categorie))
    return sorted(found, key=lambda e: e.finess)


def write(root: Path, parc: Parc, register: Iterable[finess.Etablissement], seed: int) -> None:
    """Writes `<enquête>/<campagne>/` for each survey, one workbook a respondent; `register` is of the ESMS."""
    for source, answer, asked in (
        ("enquete_rh", _staff, _hopitaux(parc, "123")),
        ("enquete_internes", _trainees, _hopitaux(parc, "1")),
        ("enquete_esms", _social, _sociaux(register)),
    ):
        entry = catalogue.load(source)
        if entry.questionnaire is None:
            continue
        forms = {m: entry.questionnaire.form(source, entry.titre, m) for m in CAMPAGNES}
        for millesime in CAMPAGNES:
            for rank, hopital in enumerate(asked):
                draw = Draw(seed, source, millesime, hopital.finess)
                answers = answer(hopital, millesime, Draw(seed, source, hopital.finess), draw)
                # One answers in the template of the year before.
                late = source == "enquete_rh" and millesime == CAMPAGNES[-1] and rank == len(asked) // 2
                if not answers or (draw.chance(hopital.silence) and not late):
                    continue
                form, name = forms[millesime], f"{source}_{millesime}_{hopital.finess}.xlsx"
                given = _habits(form, answers, draw)
                if late:
                    form = forms[CAMPAGNES[0]]
                    given = {key: answers.get(key, "") for _, q, line in form.cells() if (key := (q.code, line))}
                filled = Filled(hopital.finess, hopital.nom, given)
                writers.workbook(root / source / str(millesime) / name, render(form, filled, fictif=True))


def _habits(form: Form, answers: dict[Key, str | float], draw: Draw) -> dict[Key, str | float]:
    """The answers as people type them."""
    asked = {(question.code, line) for _, question, line in form.cells()}
    typed: dict[Key, str | float] = {}
    for key, value in answers.items():
        if key not in asked:
            continue
        typed[key] = value
        if isinstance(value, float) and draw.chance(0.01):
            typed[key] = f"{value:,.2f}".replace(",", " ").replace(".", ",")
    optional = [(q.code, line) for _, q, line in form.cells() if not q.obligatoire and line != TOTAL]
    for key in optional:
        if draw.chance(0.05):
            typed[key] = draw.pick(["n.d.", "N.D.", ""])
    if draw.chance(0.08):
        wrong = draw.pick(sorted(key for key in typed if key[1] != TOTAL))
        typed[wrong] = "à compléter"
    if draw.chance(0.1):
        typed[draw.pick(sorted(key for key in typed if key[1] != TOTAL))] = ""
    return typed


def _whole(numbers: list[float]) -> float:
    return round(sum(numbers), 2)


def _staff(hopital: _Hopital, millesime: int, own: Draw, draw: Draw) -> dict[Key, str | float]:
    """An entity's answers to the HR survey: lines that add up, years that follow one another."""
    answers: dict[Key, str | float] = {}
    growth = 1 + 0.01 * (millesime - CAMPAGNES[0])
    shifts = {category: own.between(0.6, 1.6) for category in CATEGORIES}
    before = hopital.effectifs.get(millesime - 1, {})
    after = hopital.effectifs.setdefault(millesime, {})
    columns: dict[str, list[float]] = {}

    def put(question: str, category: str, value: float) -> None:
        answers[question, category] = float(value)
        columns.setdefault(question, []).append(value)

    for category, (share, vacancy, contract, sick) in CATEGORIES.items():
        budget = round(hopital.etp * growth * share * own.between(0.9, 1.1), 1)
        vacant = round(budget * min(0.45, vacancy * shifts[category] * draw.between(0.8, 1.2)), 1)
        filled = round(budget - vacant, 1)
        heads = int(filled * 1.08 + 0.5)
        arrived, left = int(heads * draw.between(0.06, 0.16)), int(heads * draw.between(0.06, 0.17))
        previous = before.get(category, max(0, heads - arrived + left))
        if category in before:  # entries and exits lead from one count to the other
            arrived, left = (
                (arrived, previous + arrived - heads) if previous + arrived >= heads else (heads - previous, 0)
            )
        after[category] = heads
        paid = round(filled * draw.between(0.97, 1.03), 2)
        put("etp_budgetes", category, budget)
        put("etp_pourvus", category, filled)
        put("etp_vacants", category, vacant)
        put("etp_contractuels", category, round(filled * min(0.9, contract * draw.between(0.7, 1.3)), 1))
        put("effectif", category, heads)
        put("effectif_precedent", category, previous)
        put("entrees", category, arrived)
        put("sorties", category, left)
        put("sorties_retraite", category, int(left * draw.between(0.1, 0.3)))
        put("etp_moyens", category, paid)
        for question, days in (
            ("jours_maladie", float(sick)),
            ("jours_longue_maladie", 5.5),
            ("jours_at_mp", 2.5),
            ("jours_parentalite", 4.0),
            ("jours_autres", 1.0),
        ):
            put(question, category, int(paid * days * draw.between(0.7, 1.3)))
    for question, values in columns.items():
        answers[question, TOTAL] = _whole(values)
    total = answers["etp_moyens", TOTAL]
    paid_in_all = total if isinstance(total, float) else 0.0
    wages = int(paid_in_all * draw.between(54000, 60000))
    answers |= {
        ("depenses_personnel", TOTAL): float(wages),
        ("depenses_interim_medical", TOTAL): float(int(wages * 0.02 * draw.low())),
        ("depenses_interim_non_medical", TOTAL): float(int(wages * 0.01 * draw.low())),
        ("accidents_travail", TOTAL): float(int(paid_in_all * draw.between(0.03, 0.06))),
        ("accidents_trajet", TOTAL): float(int(paid_in_all * draw.between(0.005, 0.012))),
        ("violences_signalees", TOTAL): float(violence := int(paid_in_all * draw.between(0.01, 0.05))),
        ("violences_plaintes", TOTAL): float(int(violence * draw.between(0.05, 0.25))),
        ("declare_onvs", TOTAL): draw.pick(["Oui", "Oui", "Non", "oui"]),
        ("difficulte_principale", TOTAL): _label("enquete_rh", "difficultes", draw.pick(DIFFICULTES)),
    }
    return answers


def _social(esms_: _Hopital, millesime: int, own: Draw, draw: Draw) -> dict[Key, str | float]:
    """An ESMS's answers: posts by function that add up, years that follow one another, absences by length."""
    answers: dict[Key, str | float] = {}
    _, soins, educatif, vacancy = ESMS[esms_.categorie]
    size = esms_.etp * own.between(0.7, 1.3) * (1 + 0.01 * (millesime - CAMPAGNES[0]))
    shift = own.between(0.5, 1.6)
    columns: dict[str, list[float]] = {}
    for fonction, share in zip(FONCTIONS, (soins, educatif, 1 - soins - educatif), strict=True):
        budget = round(size * share, 1)
        vacant = round(budget * min(0.4, vacancy * shift * draw.between(0.6, 1.4)), 1)
        for question, value in (
            ("etp_budgetes", budget),
            ("etp_vacants", vacant),
            ("etp_pourvus", round(budget - vacant, 1)),
        ):
            answers[question, fonction] = value
            columns.setdefault(question, []).append(value)
    for question, values in columns.items():
        answers[question, TOTAL] = _whole(values)
    filled = _whole(columns["etp_pourvus"])
    heads, paid = max(1, int(filled * 1.1)), round(filled * draw.between(0.97, 1.03), 2)
    arrived, left = int(heads * draw.between(0.05, 0.25)), int(heads * draw.between(0.05, 0.25))
    previous = esms_.effectifs.get(millesime - 1, {}).get(TOTAL, max(0, heads - arrived + left))
    arrived, left = (arrived, previous + arrived - heads) if previous + arrived >= heads else (heads - previous, 0)
    esms_.effectifs[millesime] = {TOTAL: heads}
    wages = int(paid * draw.between(40000, 48000))
    counted = {
        "effectif": heads,
        "effectif_precedent": previous,
        "entrees": arrived,
        "sorties": left,
        "contrats_remplacement": int(paid * draw.between(0.5, 4)),
        "jours_courte_duree": int(paid * 9 * draw.between(0.6, 1.4)),
        "jours_moyenne_duree": int(paid * 11 * draw.between(0.6, 1.4)),
        "jours_longue_duree": int(paid * 7 * draw.between(0.3, 1.7)),
        "jours_at_mp": int(paid * 4 * draw.between(0.3, 1.7)),
        "jours_parentalite": int(paid * 4 * draw.between(0.3, 1.7)),
        "jours_autres": int(paid * 1.5 * draw.between(0.3, 1.7)),
        "depenses_personnel": wages,
        "prestations_sous_traitees": int(wages * 0.03 * draw.low()),
        "prestations_personnel_exterieur": int(wages * 0.05 * draw.low()),
    }
    answers |= {(question, TOTAL): float(count) for question, count in counted.items()}
    answers["etp_moyens", TOTAL] = paid
    answers["difficulte_principale", TOTAL] = _label("enquete_esms", "difficultes", draw.pick(DIFFICULTES[:5]))
    return answers


def _label(source: str, items: str, code: str) -> str:
    asked = catalogue.load(source).questionnaire
    lines = asked.listes[items] if asked else []
    return next(line.libelle for line in lines if line.code == code)


def _trainees(hopital: _Hopital, _millesime: int, own: Draw, draw: Draw) -> dict[Key, str | float]:
    """An entity's counts of its trainees' anonymous answers; nothing where it has no trainees."""
    received = int(hopital.internes * 14 * own.between(0.8, 1.2) * draw.between(0.95, 1.05))
    if not received:
        return {}
    answers: dict[Key, str | float] = {}

    def put(question: str, lines: dict[str, int], total: int) -> None:
        for line, count in zip(lines, split(total, [w * draw.between(0.6, 1.4) for w in lines.values()]), strict=True):
            answers[question, line] = float(count)
        answers[question, TOTAL] = float(total)

    answered = int(received * draw.between(0.35, 0.8))
    hosted = dict(zip(GROUPES, split(received, list(GROUPES.values())), strict=True))
    replies = split(answered, list(hosted.values()))
    for (group, count), reply in zip(hosted.items(), replies, strict=True):
        answers["accueillis", group], answers["repondants", group] = float(count), float(min(count, reply))
    answers["accueillis", TOTAL] = float(received)
    answers["repondants", TOTAL] = float(sum(min(c, r) for c, r in zip(hosted.values(), replies, strict=True)))
    total = int(sum(min(c, r) for c, r in zip(hosted.values(), replies, strict=True)))
    for question in ("encadrement", "apprentissage", "conditions", "logement"):
        put(question, AVIS, max(0, total - draw.whole(0, 1)))
    put("projet", PROJETS, total)
    answers["internat", TOTAL] = draw.pick(["Oui", "Oui", "Non"])
    answers["repos_securite", TOTAL] = draw.pick(["Oui", "Oui", "Oui", "Non"])
    return answers
