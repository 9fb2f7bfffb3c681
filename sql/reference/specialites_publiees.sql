-- Intitulés de spécialité des producteurs, et la spécialité du tableau des tensions que chacun compte.
-- Grain : source, profession_publiee, feuille
-- Source : intitulés lus dans les extraits de la CNAM et de la DREES ; reference.specialites_cnam ; nomenclature des objets de santé (ANS)
-- Publication : nationale
-- Note : un intitulé de la DREES est reconnu à ses lettres, comme celui d'un savoir-faire ou d'un groupe de l'annuaire. Plusieurs peuvent s'ajouter (chirurgie). Un total (famille, ensemble) n'est d'aucune spécialité ; les généralistes ont leur propre ligne.
-- Colonnes :
--   profession_publiee : intitulé du producteur
--   feuille : partie du fichier d'où vient l'intitulé, où plusieurs l'emploient ; vide sinon
--   profession : spécialité (reference.professions) ; vide où aucune n'est reconnue
--   code : celui de la spécialité dans reference.specialites_medicales ; plusieurs intitulés peuvent l'avoir
--   codes : combien de codes font la spécialité, chez ce producteur : une somme qui en a moins est partielle
WITH codes AS (
    SELECT *, count(*) OVER (PARTITION BY profession, nomenclature)::INTEGER AS codes
    FROM reference.specialites_medicales
),
cnam AS (
    SELECT s.cle, s.feuille, c.profession, c.code, c.codes
    FROM reference.specialites_cnam AS s
    JOIN codes AS c ON c.nomenclature = 'CNAM' AND c.code = s.specialite
),
savoir_faire AS (
    SELECT DISTINCT intitule_seul(n.libelle) AS cle, c.profession, c.code, c.codes
    FROM reference.specialites_rpps AS s
    JOIN codes AS c ON c.nomenclature = 'savoir-faire' AND c.code = s.specialite_groupe
    CROSS JOIN LATERAL (VALUES (s.libelle), (s.groupe_libelle)) AS n (libelle)
    WHERE s.profession = 'medecin'
),
intitules AS (
    SELECT source, profession_publiee, feuille, specialite, intitule_seul(specialite) AS cle
    FROM reference.professions_publiees
    WHERE profession = 'medecin' AND specialite NOT IN ('ensemble', 'généralistes', 'spécialistes')
        AND specialite NOT LIKE 'famille %'
)
SELECT
    i.source, i.profession_publiee, i.feuille, coalesce(n.profession, s.profession) AS profession,
    coalesce(n.code, s.code) AS code, coalesce(n.codes, s.codes) AS codes
FROM intitules AS i
LEFT JOIN cnam AS n
    ON i.source = 'cnam_demographie' AND n.feuille = i.feuille AND n.cle = intitule_seul(i.profession_publiee)
LEFT JOIN savoir_faire AS s ON i.source <> 'cnam_demographie' AND s.cle = i.cle
