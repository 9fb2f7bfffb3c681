-- Professionnels et densités par territoire, chaque année, avec leur intervalle et leur place face à la France.
-- Grain : annee, source, profession, specialite, feuille, mode_exercice, niveau, code
-- Source : atlas.densites, atlas.indicateurs
-- Colonnes :
--   territoire_libelle « Territoire » : nom du territoire
--   profession_libelle « Profession » : nom de la profession
--   specialite_libelle « Spécialité » : nom de la spécialité ; « ensemble » pour toutes
--   mode_libelle « Mode d'exercice » : mode d'exercice
--   annee « Année » year
--   annee_decrite [année] : année de la date décrite
--   annee_decrite [année] : année de la date décrite
--   pratique : mode d'exercice et jour décrit, en mots
--   effectif « Effectif » n0 [personnes] : professionnels en activité
--   valeur « Densité pour 100 000 hab. » n1 [pour 100 000 habitants] : densité
--   valeur_statut : pourquoi elle est vide : l'effectif, ou la population, n'est pas connu
--   bas « Intervalle à 95 % » entre_n1 [pour 100 000 habitants] : borne basse de l'intervalle à 95 %
--   haut [pour 100 000 habitants] : borne haute de l'intervalle à 95 %
--   ecart « Écart avec la France » signed1 [part] (vide : sans objet) : densité / densité de la France, moins 1
--   face « Face à la France » (vide : sans objet) : plus haut, plus bas ou non distinguable
--   source_libelle « Source » : producteur et titre
--   reserve « Réserve » text (vide : rien) : pourquoi la comparaison avec la France n'est pas faite
--   feuille : feuille du classeur publié, où deux lignes ne se distinguent que par elle
--   specialite_adresse : spécialité, telle que dans l'adresse de sa page
--   cible : population que soigne la profession, si ce n'est pas toute la population
--   valeur_cible n1 [pour 100 000 habitants concernés] : densité rapportée à cette population
--   annee_population [année] : année de la population de l'Insee ; vide pour celle du producteur
--   denominateur_publie : à quoi le producteur rapporte la sienne : habitants, ou la cible
--   densite_publiee « Densité publiée par le producteur » n1 [pour 100 000] (vide : nd) : densité du producteur, pour ses propres âges
--   calage : sur quoi l'intervalle est calé : ses propres mouvements, ou ceux d'autres séries
--   petit_nombre : effectif trop petit pour être commenté
--   rang_mode : rang du mode d'exercice, le plus large en premier
--   territoire : niveau et code d'un territoire, tels que dans l'adresse de sa page
WITH modes AS (
    SELECT code AS mode_exercice, libelle, ordre
    FROM reference.codes
    WHERE liste = 'mode_exercice'
),
dates AS (
    SELECT
        *,
        CASE WHEN day(date_reference) = 1 THEN '1er' ELSE day(date_reference)::VARCHAR END || ' '
            || [
                'janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre',
                'novembre', 'décembre'
            ][month(date_reference)]
            || ' ' || year(date_reference) AS jour
    FROM atlas.densites
)
SELECT
    t.territoire, d.niveau, d.code, t.territoire_libelle, d.profession, p.libelle AS profession_libelle,
    d.specialite, upper(left(d.specialite, 1)) || substr(d.specialite, 2) AS specialite_libelle,
    trim(regexp_replace(
        strip_accents(replace(replace(replace(lower(d.specialite), 'œ', 'oe'), '’', '-'), '''', '-')), '[^a-z0-9]+',
        '-', 'g'
    ), '-') AS specialite_adresse,
    d.mode_exercice, coalesce(m.libelle, d.mode_exercice) AS mode_libelle, coalesce(m.ordre, 9)::INTEGER AS rang_mode,
    d.annee, year(d.date_reference) AS annee_decrite,
    coalesce(m.libelle, d.mode_exercice) || ', au ' || d.jour AS pratique,
    d.effectif, d.valeur, CASE WHEN d.population IS NULL THEN 'nd' ELSE d.statut END AS valeur_statut, i.bas, i.haut,
    i.petit_nombre, i.ecart_france AS ecart, i.face_a_france AS face, i.calage, i.reserve,
    d.annee_population, d.cible, d.valeur_cible, d.densite_publiee, d.denominateur_publie,
    d.source, s.citation AS source_libelle,
    d.feuille, d.avertissement, d.statut
FROM dates AS d
JOIN vues.territoires AS t USING (niveau, code)
JOIN vues.sources AS s USING (source)
LEFT JOIN reference.professions AS p USING (profession)
LEFT JOIN modes AS m USING (mode_exercice)
LEFT JOIN atlas.indicateurs AS i
    ON i.indicateur = 'densite' AND i.annee = d.annee AND i.source = d.source AND i.profession = d.profession
        AND i.specialite = d.specialite AND i.mode_exercice = d.mode_exercice
        AND i.niveau = d.niveau AND i.code = d.code AND coalesce(i.modalite, '') = coalesce(d.feuille, '')
WHERE d.niveau IN ('departement', 'region', 'france')
ORDER BY d.profession, d.specialite, rang_mode, d.source, d.feuille, d.annee, t.rang, d.code
