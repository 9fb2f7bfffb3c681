-- Publics des établissements et services sociaux et médico-sociaux dont la région a un établissement connu, ou des métiers qui recrutent.
-- Grain : public
-- Source : atlas.places_sociales, vues.recrutement_esms, reference.publics_esms
-- Publication : interne
-- Colonnes :
--   public : public accueilli
--   public_libelle « Public » : le public et ce qui lui est offert
--   ordre : rang dans les tableaux
--   etablissements : la région a un établissement ouvert de ce public
--   metiers : l'enquête BMO y compte un de ses métiers
WITH publics AS (
    SELECT
        p.public, p.libelle AS public_libelle, p.ordre,
        p.public IN (
            SELECT s.public FROM atlas.places_sociales AS s JOIN vues.publication AS r ON r.region = s.code
            WHERE s.niveau = 'region'
        ) AS etablissements,
        p.public IN (SELECT m.public FROM vues.recrutement_esms AS m WHERE m.niveau = 'region') AS metiers
    FROM reference.publics_esms AS p
)
SELECT * FROM publics WHERE etablissements OR metiers ORDER BY ordre
