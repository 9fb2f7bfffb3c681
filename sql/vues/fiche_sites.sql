-- Sites de chaque entité juridique : commune, médecins, personnels non médicaux, capacité à temps complet.
-- Grain : niveau, code, finess
-- Source : fiches.etablissements, vues.fiche_personnels, vues.fiche_capacites
-- Note : Capacité à temps complet : lits d'hospitalisation complète, lits et places de psychiatrie toutes formes.[[ Sites plus petits, non détaillés : {non_detailles}.]][[ Sites hors de la région, comptés dans ses totaux, mais ni ici ni dans ses capacités : {sites_hors_region}.]]
-- Colonnes :
--   niveau : ej
--   code : numéro FINESS de l'entité juridique
--   raison_sociale « Site »
--   commune_libelle « Commune » text (vide : rien)
--   etp_medical « Médecins salariés (ETP) » n1 [ETP] : médecins, odontologistes et pharmaciens salariés
--   etp_medical_statut : pourquoi ils sont vides
--   etp_non_medical « Non médicaux (ETP) » n1 [ETP] : personnels non médicaux et sages-femmes
--   etp_non_medical_statut : pourquoi ils sont vides
--   capacite « Capacité à temps complet » n0 [lits et places] : lits et places où l'on est accueilli jour et nuit
--   capacite_statut : pourquoi elle est vide, ou partielle
--   non_detailles n0 [sites] : sites que la fiche ne montre pas ; vide si elle les montre tous
WITH capacites AS (
    SELECT
        code AS finess, sum(nombre)::INTEGER AS capacite,
        CASE
            WHEN count(nombre) = 0 THEN 'nd' WHEN bool_or(nombre_statut <> 'calculé') THEN 'partiel' ELSE 'calculé'
        END AS capacite_statut
    FROM vues.fiche_capacites
    WHERE niveau = 'es' AND temps_complet
    GROUP BY code
),
sites AS (
    SELECT
        f.niveau, f.code, f.sites_hors_region, p.finess, s.raison_sociale, s.commune_libelle,
        m.valeur AS etp_medical, m.statut AS etp_medical_statut,
        n.valeur AS etp_non_medical, n.statut AS etp_non_medical_statut,
        c.capacite, coalesce(c.capacite_statut, 'nd') AS capacite_statut,
        row_number() OVER (PARTITION BY f.code ORDER BY coalesce(n.valeur, 0) DESC, p.finess) AS rang,
        count(*) OVER (PARTITION BY f.code) AS sites
    FROM vues.fiche_identites AS f
    JOIN vues.fiche_perimetres AS p ON p.niveau = f.niveau AND p.code = f.code
    JOIN fiches.etablissements AS s ON s.finess = p.finess AND s.millesime = f.millesime
    LEFT JOIN vues.fiche_personnels AS m ON m.niveau = 'es' AND m.code = p.finess AND m.variable = 'ETPSAL_TOT'
    LEFT JOIN vues.fiche_personnels AS n ON n.niveau = 'es' AND n.code = p.finess AND n.variable = 'ETP_TOT_PNM'
    LEFT JOIN capacites AS c ON c.finess = p.finess
    WHERE f.niveau = 'ej'
)
SELECT
    s.niveau, s.code, s.finess, s.raison_sociale, s.commune_libelle, s.etp_medical, s.etp_medical_statut,
    s.etp_non_medical, s.etp_non_medical_statut, s.capacite, s.capacite_statut,
    nullif(greatest(s.sites - l.valeur, 0), 0)::INTEGER AS non_detailles, s.sites_hors_region
FROM sites AS s
JOIN reference.seuils AS l ON l.seuil = 'lignes_fiche' AND s.rang <= l.valeur
ORDER BY s.code, s.rang
