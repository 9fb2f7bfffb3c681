-- Dispositifs d'attractivité : bénéficiaires et montants attribués, tels que déclarés.
-- Grain : millesime, annee, dispositif, intitule, public, profession, niveau_publie, code_publie, finess, nature
-- Source : agence régionale de santé (contrat de données)
-- Publication : region
-- Colonnes :
--   dispositif : CAE, CESP, TROPHEES, CLACT, QVCT, INSTALLATION, LOGEMENT, DOCDATING, STAGE, BOURSE, AUTRE
--   intitule : nom de l'appel, du contrat ou de la mesure
--   public : étudiants, professionnels, établissements, collectivités
--   profession : profession visée (reference.professions) ; toutes si aucune n'est visée
--   niveau_publie : niveau du territoire tel que déclaré
--   code_publie : code du territoire tel que déclaré
--   finess : établissement ou service visé ; vide si aucun ne l'est
--   nature : ce que comptent les bénéficiaires : personnes, établissements, projets
--   date_debut : première date d'effet
--   date_fin : dernière date d'effet ; vide si elle n'est pas fixée
--   beneficiaires : bénéficiaires, comptés selon `nature`
--   beneficiaires_statut : publié, secret, nd, sans objet
--   montant [€] : montant attribué
--   montant_statut : publié, secret, nd, sans objet, vide
--   financeur : qui finance
SELECT
    s.annee, s.millesime, s.revision, s.reference, s.dispositif, s.intitule, s.public,
    coalesce(s.profession, 'toutes') AS profession,
    s.niveau AS niveau_publie, s.code AS code_publie, coalesce(s.finess, '') AS finess,
    s.nature,
    r.commune, CASE WHEN s.niveau = 'commune' THEN r.epci WHEN s.niveau = 'epci' THEN d.code END AS epci,
    coalesce(r.departement, d.departement) AS departement,
    coalesce(r.region, CASE WHEN NOT contains(d.regions, ' ') THEN d.regions END) AS region,
    s.date_debut, s.date_fin, s.beneficiaires, s.beneficiaires_statut, s.montant, s.montant_statut, s.financeur
FROM staging.dispositifs AS s
LEFT JOIN core.communes_publiees AS c ON s.niveau = 'commune' AND c.commune_publiee = code_commune(s.code)
LEFT JOIN reference.communes AS r ON r.commune = c.commune
LEFT JOIN core.decoupages AS d ON s.niveau <> 'commune' AND d.niveau = s.niveau
    AND d.code = CASE s.niveau
        WHEN 'departement' THEN code_departement(s.code) WHEN 'region' THEN code_region(s.code) ELSE s.code
    END
