"""The rank of each territory for each measure of the tension of a profession, and the ranks that its error allows.

Nothing is composed here: a profile has a rank a measure. The laws of the errors are those of the index (`errors.py`).
"""

import numpy as np
import pandas as pd
from scipy import stats

from pipelines.indicators import errors
from pipelines.indicators.cohorts import Floats
from pipelines.indicators.tension import BOUNDS, DRAWS, SEED

RANKS = ["profession", "indicateur", "niveau", "code", "rang", "rang_bas", "rang_haut", "territoires_classes"]


def ranked(measures: pd.DataFrame) -> pd.DataFrame:
    """Ranks of territories, 1 for the most tense, of each profession and indicator, at each scale.

    `measures`: profession, indicateur, niveau, code, classee, sens, and what `errors.draws` reads; a measure is drawn
    where all of its set can be. Returns RANKS. Professions of one family have the same numbers: they are ranked once.
    """
    made, known = [], {}
    for (profession, indicator, level), mine in measures.groupby(["profession", "indicateur", "niveau"], sort=True):
        numbers = (mine[name].to_numpy().tobytes() for name in ("classee", "numerateur"))
        key = (indicator, level, tuple(mine.code), *numbers)
        if key not in known:
            known[key] = _one(mine)
        made.append(known[key].assign(profession=profession, indicateur=indicator, niveau=level))
    return pd.concat(made, ignore_index=True)[RANKS] if made else pd.DataFrame(columns=RANKS)


def _ranks(values: Floats) -> Floats:
    """Ranks from 1, the highest, along the last axis; no value is missing here."""
    return np.asarray(stats.rankdata(-values, method="min", axis=-1))


def _one(mine: pd.DataFrame) -> pd.DataFrame:
    """Ranks of one measure; without a law of error, a rank has no interval."""
    entries, sense = mine.assign(valeur=mine.classee), float(mine.sens.iloc[0])
    own = _ranks(sense * errors.settled(entries))
    found = pd.DataFrame({"code": mine.code.to_numpy(), "rang": own, "territoires_classes": len(mine)})
    if mine.tirage.notna().all():
        drawn = _ranks(sense * errors.draws(entries, DRAWS, np.random.default_rng(SEED)))
        low, high = np.quantile(drawn, BOUNDS, axis=0)
        return found.assign(rang_bas=np.floor(np.fmin(low, own)), rang_haut=np.ceil(np.fmax(high, own)))
    return found.assign(rang_bas=np.nan, rang_haut=np.nan)
