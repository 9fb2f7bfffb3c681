-- Cases du tableau des tensions : une mesure par profession, dimension et territoire, son rang, et où en lire la raison.
-- Grain : profession, dimension, niveau, code
-- Source : vues.tension_professions, vues.specialites
-- Publication : interne
-- Note : Entre parenthèses, le rang, 1ᵉʳ pour le plus tendu, et parmi combien de départements, ou de régions, de métropole : ceux où la mesure est connue et assez nombreuse. « Ex æquo » : d'autres ont la même valeur. Une part y est classée après lissage : 100 % de quelques projets ne passe pas devant 95 % de beaucoup ; la note de la DARES, de 1 à 5, l'est par l'indice dont elle est faite. Une colonne peut tenir deux mesures : un âge, ou des départs prévus. La teinte redit ce rang, en cinq parts égales, de la plus claire à la plus tendue. Chaque case mène à sa ligne : mesure, année, source, effectif. Une case vide a son motif au même endroit. † : la mesure compte aussi d'autres professions, ou une partie seulement de celle-ci ; sa ligne dit lesquelles.
-- Non reçu : Aucune source de cette dimension n'a été reçue.
-- Colonnes :
--   profession_libelle « Profession »
--   domaine « Domaine » : santé ou social
--   avec « Qui est compté » text (vide : rien) : ceux que la mesure compte, quand ce n'est pas la profession seule
--   famille « Profession ou famille » : la profession, ou ceux avec qui elle est comptée
--   territoire_libelle « Territoire »
--   dimension_libelle « Dimension » : ce que la mesure dit de la tension
--   valeur « Valeur » selon : valeur de la mesure
--   valeur_detail text : rang, en ordinal, et parmi combien de territoires ; † si la mesure n'est pas celle de la profession seule
--   valeur_statut : pourquoi elle est vide
--   valeur_lien : adresse de la ligne qui l'explique
--   valeur_teinte : cinquième des rangs où elle se place, de 1 (détendu) à 5 (tendu)
--   rang : rang parmi les territoires de métropole, 1 pour le plus tendu
--   dimension : dimension de la tension (reference.tension_profil)
--   connue : la profession a une mesure de cette dimension, dans un territoire au moins
--   en_couverture : assez de projets dans la région pour que la page d'accueil la montre, une fois par famille
--   nature : profession, ou spécialité médicale
--   motif : pourquoi la case est vide, ou sans rang
--   format : comment la valeur s'écrit
--   lien : adresse de ce qui explique la ligne
WITH mesures AS (
    SELECT
        *,
        CASE
            WHEN count(DISTINCT champ) OVER (PARTITION BY profession, dimension) = 1
                THEN max(champ) OVER (PARTITION BY profession, dimension)
        END AS avec,
        coalesce(upper(left(avec, 1)) || substr(avec, 2), profession_libelle) AS famille
    FROM vues.tension_professions
    WHERE premier
)
SELECT
    m.profession_libelle, m.domaine, m.avec, m.famille, m.territoire_libelle, m.dimension_libelle, m.valeur, m.format,
    CASE WHEN m.valeur IS NOT NULL THEN nullif(concat_ws(' ',
        m.rang_en_mots, CASE WHEN m.champ IS NOT NULL THEN '†' END
    ), '') END AS valeur_detail,
    m.valeur_statut,
    CASE
        WHEN m.nature = 'profession'
            THEN 'pages/profession-' || replace(m.profession_page, '_', '-') || '.html#tension'
        ELSE coalesce(s.adresse || '#tension', 'pages/tension-specialites.html#mesures')
    END AS valeur_lien,
    (5 - (5 * (m.rang - 1)) // m.territoires_classes)::INTEGER AS valeur_teinte, valeur_lien AS lien,
    m.rang, m.profession, m.dimension, m.territoire, m.niveau, m.code, m.annee, m.sources, m.statut, m.motif, m.nature,
    -- A row nobody knows anything of is no line of a table.
    bool_or(m.valeur IS NOT NULL) OVER (PARTITION BY m.profession, m.dimension) AS connue,
    -- What the cover shows: those who recruit enough for a share to be told, once where they are counted together.
    coalesce(max(m.n) FILTER (m.niveau = 'region') OVER (PARTITION BY m.profession, m.dimension)
        >= (SELECT s.valeur FROM reference.seuils AS s WHERE s.seuil = 'message_projets'), false)
        AND m.rang_profession = min(m.rang_profession) OVER (PARTITION BY m.dimension, m.famille)
        AS en_couverture
FROM mesures AS m
JOIN vues.territoires AS t USING (territoire)
LEFT JOIN vues.specialites AS s ON s.tension = m.profession AND s.page_retenue
ORDER BY m.rang_profession, m.ordre, t.rang DESC, m.code
