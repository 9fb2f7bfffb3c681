-- Dispositifs d'attractivité : bénéficiaires et montants par territoire, pour lire la tension à côté de ce qui est fait.
-- Grain : annee, dispositif, public, profession, nature, niveau, code
-- Source : agence régionale de santé (contrat de données)
-- Publication : territoire
-- Note : un territoire compte ce qui est déclaré en lui ou dans une de ses parties ; ce qui n'est connu qu'à un niveau plus large n'y est pas. Il n'y a pas de total France : chaque agence ne déclare que sa région.
-- Colonnes :
--   dispositif : CAE, CESP, TROPHEES, CLACT, QVCT, INSTALLATION, LOGEMENT, DOCDATING, STAGE, BOURSE, AUTRE
--   public : étudiants, professionnels, établissements, collectivités
--   profession : profession visée (reference.professions) ; toutes si aucune n'est visée
--   nature : ce que comptent les bénéficiaires : personnes, établissements, projets
--   montant [€] : montant attribué, cases visibles
--   lignes : lignes déclarées
--   lignes_non_placees : lignes du même dispositif dont le territoire n'est pas reconnu : elles manquent peut-être à celui-ci
--   statut : calculé ; partiel quand une case n'est pas connue ; secret ou nd quand aucun bénéficiaire n'est visible
WITH derniers AS (
    SELECT *
    FROM core.dispositifs
    QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
),
situes AS (
    UNPIVOT derniers
    ON commune, epci, departement, region
    INTO NAME niveau VALUE code
),
non_placees AS (
    SELECT annee, dispositif, public, profession, nature, count(*)::INTEGER AS lignes
    FROM derniers
    WHERE coalesce(commune, epci, departement, region) IS NULL
    GROUP BY annee, dispositif, public, profession, nature
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
        dispositif, public, profession, nature, niveau, code,
        sum(beneficiaires)::INTEGER AS beneficiaires,
        sum(montant)::DECIMAL(18, 2) AS montant,
        count(*)::INTEGER AS lignes,
        statut_somme(beneficiaires, beneficiaires_statut) AS statut,
        statut_somme(montant, montant_statut) AS statut_montant
    FROM situes
    GROUP BY annee, dispositif, public, profession, nature, niveau, code
)
SELECT
    s.* EXCLUDE (statut, statut_montant), coalesce(n.lignes, 0) AS lignes_non_placees,
    CASE
        WHEN statut_absent(s.statut) THEN s.statut
        WHEN s.statut = 'partiel' OR s.statut_montant NOT IN ('calculé', 'sans objet') OR n.lignes > 0 THEN 'partiel'
        ELSE 'calculé'
    END AS statut
FROM sommes AS s
LEFT JOIN non_placees AS n
    ON n.annee = s.annee AND n.dispositif = s.dispositif AND n.public = s.public AND n.profession = s.profession
    AND n.nature = s.nature
