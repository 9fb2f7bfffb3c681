-- Tension de chaque profession de la santé et du social, et de chaque spécialité médicale, par dimension : région, départements, France.
-- Grain : profession, dimension, indicateur, niveau, code
-- Source : atlas.tension_professions, atlas.ressources_humaines, atlas.ressources_humaines_esms, reference.tension_profil, reference.correspondances
-- Note : Rang 1 : le plus tendu des départements, ou des régions, de métropole qui ont la même mesure ; ses rangs plausibles, là où l'erreur de la mesure se tire au sort. Une famille professionnelle qui réunit plusieurs professions leur donne le même nombre, et la ligne le dit.
-- Colonnes :
--   profession_libelle « Profession »
--   domaine « Domaine » : santé ou social
--   territoire_libelle « Territoire »
--   dimension_libelle « Dimension » : ce que la mesure dit de la tension
--   indicateur_libelle « Mesure » : indicateur du dictionnaire
--   valeur « Valeur » selon : valeur de la mesure
--   indicateur_libelle_detail text : son unité, où ce n'est pas une part
--   valeur_statut : pourquoi elle est vide
--   unite « Unité » : unité de la valeur
--   annee « Année » year (vide : rien) : année décrite
--   n « Sur » n0 (vide : sans objet) : ce sur quoi la valeur est comptée : projets, emplois, professionnels, habitants ou places
--   couverture « Couverture » pct0 [part] (vide : sans objet) : part de ce qui est connu
--   rang « Rang » n0 (vide : sans objet) : rang, 1 pour le plus tendu
--   rang_detail text : parmi combien de territoires
--   rang_en_mots : le rang, en ordinal, et parmi combien de territoires ; vide sans rang
--   ex_aequo : d'autres territoires ont ce rang
--   rang_bas « Rangs plausibles » entre_n0 (vide : sans objet) : meilleur rang plausible
--   rang_haut : pire rang plausible
--   territoires_classes « Parmi » n0 (vide : sans objet) : territoires classés
--   source_libelle « Source » text (vide : rien)
--   champ « Qui est compté » text (vide : rien) : ceux que la valeur compte, quand ce n'est pas la profession seule
--   motif « Ce qui manque » text (vide : rien) : pourquoi la case est vide, ou sans rang
--   format : comment la valeur s'écrit
--   premier : la mesure que le tableau montre pour la dimension
--   distinguee : une source la donne de cette profession, ici ou ailleurs
--   rang_profession : rang de la profession dans les tableaux
--   nature : profession, ou spécialité médicale
--   dimension : dimension de la tension (reference.tension_profil)
--   ordre : rang de la mesure dans les tableaux
--   profession_page : profession dont la page montre la ligne
WITH lieux AS (
    SELECT * FROM vues.territoires WHERE niveau IN ('departement', 'region', 'france')
),
-- The answers of the surveys, as the release protects them: those of social establishments first, where most social
-- workers are.
declarees AS (
    SELECT
        c.profession, r.indicateur, r.niveau, r.code, r.annee, r.valeur, r.statut, r.denominateur, r.couverture,
        c.melange, 'enquete_rh' AS source, 2 AS priorite
    FROM reference.correspondances AS c
    JOIN atlas.ressources_humaines AS r ON c.nomenclature = 'enquête RH' AND r.categorie = c.code
    WHERE r.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.ressources_humaines')
    UNION ALL
    SELECT
        c.profession, r.indicateur, r.niveau, r.code, r.annee, r.valeur, r.statut, r.denominateur, r.couverture,
        c.melange, 'enquete_esms', 1
    FROM reference.correspondances AS c
    JOIN atlas.ressources_humaines_esms AS r
        ON c.nomenclature = 'enquête ESMS' AND r.fonction = c.code AND r.categorie = 'ensemble'
    WHERE r.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.ressources_humaines_esms')
),
-- One survey for a profession and a rate, the same everywhere.
reponses AS (
    SELECT * FROM declarees
    QUALIFY rank() OVER (PARTITION BY profession, indicateur ORDER BY priorite) = 1
),
ressources AS (
    SELECT
        p.profession, i.dimension, i.indicateur, t.niveau, t.code, r.annee, r.valeur,
        CASE WHEN r.valeur IS NULL THEN coalesce(r.statut, 'nd') ELSE r.statut END AS statut, r.denominateur AS n,
        r.couverture, NULL::INTEGER AS rang, NULL::INTEGER AS rang_bas, NULL::INTEGER AS rang_haut,
        NULL::INTEGER AS territoires_classes, false AS ex_aequo, r.source,
        r.melange AS champ,
        CASE
            WHEN r.valeur IS NOT NULL THEN NULL
            WHEN r.statut = 'secret' THEN 'secret statistique'
            WHEN r.statut IS NOT NULL THEN 'aucune réponse'
            WHEN NOT EXISTS (
                FROM reference.millesimes AS m WHERE list_contains(string_split(i.sources, ' '), m.source)
            )
                THEN 'non reçus pour cette édition : ' || i.sources_libelle
            WHEN NOT list_contains(string_split(i.niveaux, ' '), t.niveau) THEN 'une région enquête seule'
            WHEN NOT EXISTS (FROM reponses AS k WHERE k.profession = p.profession) THEN i.absence
            ELSE 'aucune réponse'
        END AS motif,
        i.ordre, i.ordre % 10 = 1 AS premier
    FROM reference.professions AS p
    CROSS JOIN reference.tension_profil AS i
    CROSS JOIN lieux AS t
    LEFT JOIN reponses AS r
        ON r.profession = p.profession AND r.indicateur = i.indicateur AND r.niveau = t.niveau AND r.code = t.code
    WHERE p.nature = 'profession' AND i.dimension = 'ressources humaines'
),
lignes AS (
    SELECT
        profession, dimension, indicateur, niveau, code, annee, valeur, statut, n, couverture, rang, rang_bas,
        rang_haut, territoires_classes, ex_aequo, source, champ, motif, ordre, premier
    FROM atlas.tension_professions
    UNION ALL BY NAME
    SELECT * FROM ressources
)
SELECT
    p.libelle AS profession_libelle, p.domaine, t.territoire_libelle,
    coalesce(c.libelle, l.dimension) AS dimension_libelle,
    coalesce(i.libelle_court, l.indicateur) AS indicateur_libelle, l.valeur,
    CASE WHEN NOT coalesce(u.part, false) THEN coalesce(u.affichage, i.unite) END
        AS indicateur_libelle_detail,
    l.statut AS valeur_statut,
    coalesce(u.affichage, i.unite) AS unite,
    CASE
        WHEN l.indicateur = 'solde_formation' THEN 'signe_n0'
        WHEN l.indicateur = 'part_desequilibre' THEN 'signed1'
        ELSE CASE WHEN u.part THEN 'pct' ELSE 'n' END || coalesce(u.decimales, 2)
    END AS format,
    l.annee, l.n, l.couverture, l.rang,
    CASE WHEN l.rang IS NOT NULL THEN if(l.ex_aequo, 'ex æquo, sur ', 'sur ') || l.territoires_classes END
        AS rang_detail,
    CASE WHEN l.rang = 1 THEN '1ᵉʳ' ELSE l.rang || 'ᵉ' END || if(l.ex_aequo, ' ex æquo/', '/') || l.territoires_classes
        AS rang_en_mots,
    l.ex_aequo,
    l.rang_bas, l.rang_haut, l.territoires_classes,
    coalesce(
        (
            SELECT string_agg(s.citation, ' ; ' ORDER BY s.citation)
            FROM vues.sources AS s
            WHERE list_contains(string_split(l.source, ' '), s.source)
        ),
        CASE WHEN l.valeur IS NOT NULL THEN 'indicateurs de l’atlas' END
    ) AS source_libelle,
    l.champ, l.motif, l.premier,
    bool_or(l.valeur IS NOT NULL) OVER (PARTITION BY l.profession, l.indicateur) AS distinguee,
    p.ordre AS rang_profession, p.nature,
    CASE WHEN p.specialite IS NULL THEN p.profession ELSE p.ensemble END AS profession_page, l.profession, l.dimension,
    l.indicateur, t.territoire, l.niveau, l.code, l.ordre, l.source AS sources, l.statut
FROM lignes AS l
JOIN lieux AS t USING (niveau, code)
JOIN reference.professions AS p USING (profession)
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN reference.unites AS u ON u.unite = i.unite
LEFT JOIN reference.codes AS c ON c.liste = 'dimension' AND c.code = l.dimension
ORDER BY p.ordre, l.ordre, t.rang DESC, l.code
