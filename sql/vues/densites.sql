-- Professionnels et densités par territoire, dernière année connue de chaque profession et de chaque mode d'exercice.
-- Grain : profession, specialite, mode_exercice, feuille, niveau, code
-- Source : vues.densites_annuelles
-- Vide : Aucun effectif n'est publié à cette échelle.
-- Note : Densités pour 100 000 habitants. L'intervalle dit de combien ces nombres ont bougé, d'une année à l'autre, 95 fois sur 100 ; « non distinguable » : il contient la valeur de la France. La DREES compte au 1er janvier, la CNAM au 31 décembre et les seuls libéraux : ne pas les additionner.
-- Colonnes :
--   profession_libelle « Profession » : nom de la profession
--   territoire_libelle « Territoire » : nom du territoire
--   specialite_libelle « Spécialité » : nom de la spécialité ; « ensemble » pour toutes
--   mode_libelle « Mode d'exercice » : mode d'exercice
--   annee « Année » year
--   effectif « Effectif » n0 [personnes] : professionnels en activité
--   valeur « Densité pour 100 000 hab. » n1 [pour 100 000 habitants] : densité
--   bas « Intervalle à 95 % » entre_n1 [pour 100 000 habitants] : borne basse de l'intervalle à 95 %
--   haut [pour 100 000 habitants] : borne haute de l'intervalle à 95 %
--   france « Densité, France » n1 [pour 100 000 habitants] : densité de la France, de même source et de même date
--   france_statut : pourquoi la densité de la France est vide
--   ecart « Écart avec la France » signed1 [part] (vide : sans objet) : densité / densité de la France, moins 1
--   face « Face à la France » (vide : sans objet) : plus haut, plus bas ou non distinguable
--   producteur_court « Source » : producteur
--   source_libelle « Source » : producteur et titre
--   reserve « Réserve » text (vide : rien) : pourquoi la comparaison avec la France n'est pas faite
--   annee_decrite [année] : année de la date décrite
--   sources : sources de l'effectif et de la population
--   pratique : mode d'exercice et jour décrit, en mots
--   feuille : feuille du classeur publié, où deux lignes ne se distinguent que par elle
--   cible : population que soigne la profession, si ce n'est pas toute la population
--   valeur_cible n1 [pour 100 000 habitants concernés] : densité rapportée à cette population
--   densite_producteur « Densité publiée par le producteur » n1 [pour 100 000 habitants] : densité du producteur, là où il la rapporte à tous les habitants
--   densite_producteur_statut : pourquoi celle du producteur est vide ; sans objet où il la rapporte à une partie des habitants
--   densite_publiee n1 [pour 100 000] : densité du producteur, pour ses propres âges
--   calage : sur quoi l'intervalle est calé : ses propres mouvements, ou ceux d'autres séries
--   petit_nombre : effectif trop petit pour être commenté
--   premier_mode : le mode le plus large que l'on connaisse de cette profession et de cette spécialité
--   lecture : comment lire la comparaison avec la France, ou pourquoi il n'y en a pas
--   role : dans une figure, point (un département), repère (à quoi le comparer), ou rien
--   lien : adresse de la page de la profession
--   territoire : niveau et code d'un territoire, tels que dans l'adresse de sa page
WITH retenues AS (
    SELECT d.*, s.principal
    FROM vues.densites_annuelles AS d
    JOIN vues.sources_retenues AS s USING (profession, specialite, mode_exercice, annee, source)
    WHERE s.sujet = 'densite'
),
compares AS (
    SELECT
        r.*, f.valeur AS valeur_france, f.valeur_statut AS statut_france,
        r.principal AS premier_mode,
        -- France is no mark of a figure one of whose lines must not be compared with it.
        bool_or(r.reserve IS NOT NULL) OVER (PARTITION BY r.profession, r.specialite, r.mode_exercice) AS reservee
    FROM retenues AS r
    LEFT JOIN (SELECT * FROM retenues WHERE niveau = 'france') AS f
        USING (profession, specialite, mode_exercice, source, annee, feuille)
)
SELECT
    c.territoire, c.niveau, c.code, c.territoire_libelle, c.profession, c.profession_libelle, c.specialite,
    c.specialite_libelle, c.specialite_adresse,
    c.mode_exercice, c.mode_libelle, c.annee, c.annee_decrite, c.pratique, c.effectif, c.valeur, c.valeur_statut, c.bas,
    c.haut, c.petit_nombre,
    CASE WHEN c.reserve IS NULL THEN c.valeur_france END AS france,
    CASE
        WHEN c.reserve IS NOT NULL THEN 'sans objet' WHEN c.valeur_france IS NULL THEN 'nd' ELSE c.statut_france
    END AS france_statut,
    CASE WHEN c.reserve IS NULL THEN c.ecart END AS ecart, c.face, c.calage, c.cible, c.valeur_cible,
    CASE WHEN c.denominateur_publie = 'habitants' THEN c.densite_publiee END AS densite_producteur,
    CASE
        WHEN c.denominateur_publie = 'habitants' THEN 'publié' WHEN c.denominateur_publie IS NULL THEN 'nd'
        ELSE 'sans objet'
    END AS densite_producteur_statut,
    c.densite_publiee,
    s.producteur_court, s.citation AS source_libelle, c.reserve, c.premier_mode,
    CASE
        WHEN c.niveau = 'departement' AND c.valeur IS NOT NULL THEN 'point'
        WHEN c.niveau = 'region' OR (c.niveau = 'france' AND NOT c.reservee) THEN 'repère'
    END AS role,
    CASE
        WHEN c.reserve IS NOT NULL THEN 'Sans comparaison avec la France : ' || c.reserve || '.'
        WHEN bool_or(c.bas IS NOT NULL) OVER (PARTITION BY c.profession, c.specialite, c.mode_exercice)
            THEN 'L’intervalle dit de combien ces nombres ont bougé, d’une année à l’autre, 95 fois sur 100. '
                || 'Quand celui d’un territoire contient la France, l’écart n’a rien de durable (signe ≈).'
        ELSE 'Aucune année voisine n’est connue : l’écart avec la France se lit sans épreuve.'
    END AS lecture,
    c.source,
    concat_ws(' ', c.source, CASE WHEN c.annee_population IS NOT NULL THEN 'insee_population_departements' END)
        AS sources,
    c.feuille,
    upper(left(c.avertissement, 1)) || substr(c.avertissement, 2) || '.' AS avertissement, c.statut,
    'pages/profession-' || replace(c.profession, '_', '-') || '.html' AS lien
FROM compares AS c
JOIN vues.sources AS s USING (source)
JOIN vues.territoires AS t USING (niveau, code)
ORDER BY c.profession_libelle, c.specialite, c.rang_mode, c.feuille, t.rang, c.code
