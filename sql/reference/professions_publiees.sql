-- Intitulés des producteurs et la profession de l'atlas que chacun désigne.
-- Grain : source, profession_publiee, feuille
-- Source : DREES et CNAM, intitulés lus dans les extraits
-- Publication : nationale
-- Note : un intitulé sans profession (laboratoires) n'est pas compté parmi les professionnels.
-- Colonnes :
--   profession_publiee : intitulé du producteur
--   feuille : partie du fichier d'où vient l'intitulé, où plusieurs l'emploient ; vide sinon
--   specialite : spécialité telle que publiée ; ensemble, généralistes, spécialistes pour les totaux
WITH intitules AS (
    SELECT DISTINCT source, profession_publiee, feuille FROM core.demographie
),
totaux (profession_publiee, profession, specialite) AS (
    VALUES
        ('Medecin', 'medecin', 'ensemble'),
        ('Dentiste', 'chirurgien_dentiste', 'ensemble'),
        ('Infirmier', 'infirmier', 'ensemble'),
        ('TOTAL MEDECINS', 'medecin', 'ensemble'),
        ('TOTAL SPECIALISTES', 'medecin', 'spécialistes'),
        ('01- OMNIPRATICIENS', 'medecin', 'généralistes'),
        ('Ensemble des médecins', 'medecin', 'ensemble'),
        ('Ensemble des médecins généralistes', 'medecin', 'généralistes'),
        ('Ensemble des médecins spécialistes (hors généralistes)', 'medecin', 'spécialistes'),
        ('TOTAL CHIRURGIE DENTAIRE', 'chirurgien_dentiste', 'ensemble'),
        ('Ensemble des chirurgiens-dentistes', 'chirurgien_dentiste', 'ensemble'),
        ('21- Sages-femmes', 'sage_femme', 'ensemble'),
        ('Sages-femmes', 'sage_femme', 'ensemble'),
        ('24- Infirmiers', 'infirmier', 'ensemble'),
        ('Infirmiers', 'infirmier', 'ensemble'),
        ('26- Masseurs-kinésithérapeutes-rééducateurs', 'masseur_kinesitherapeute', 'ensemble'),
        ('Masseurs-kinésithérapeutes', 'masseur_kinesitherapeute', 'ensemble'),
        ('27- Pédicures', 'pedicure_podologue', 'ensemble'),
        ('Pédicures-podologues', 'pedicure_podologue', 'ensemble'),
        ('28- Orthophonistes', 'orthophoniste', 'ensemble'),
        ('Orthophonistes', 'orthophoniste', 'ensemble'),
        ('29- Orthoptistes', 'orthoptiste', 'ensemble'),
        ('Orthoptistes', 'orthoptiste', 'ensemble'),
        ('TOTAL AUXILIAIRES MEDICAUX', 'auxiliaire_medical', 'ensemble'),
        ('Ensemble des auxiliaires médicaux', 'auxiliaire_medical', 'ensemble')
),
-- The workbooks write « Médecins / 10-Cardiologie »; a name is compared without accents or hyphens.
classeurs (cle, profession) AS (
    VALUES
        ('medecins', 'medecin'), ('chirurgiens dentistes', 'chirurgien_dentiste'), ('dentistes', 'chirurgien_dentiste'),
        ('sages femmes', 'sage_femme'), ('pharmaciens', 'pharmacien'), ('infirmieres', 'infirmier'),
        ('masseurs kinesitherapeutes', 'masseur_kinesitherapeute'), ('kinesitherapeutes', 'masseur_kinesitherapeute'),
        ('pedicures podologues', 'pedicure_podologue'),
        ('orthophonistes', 'orthophoniste'),
        ('orthoptistes', 'orthoptiste')
)
SELECT
    i.source, i.profession_publiee, i.feuille,
    CASE
        WHEN c.profession IS NOT NULL THEN c.profession
        WHEN t.profession IS NOT NULL THEN t.profession
        WHEN i.feuille = 'Dentistes et ODF' OR i.profession_publiee LIKE 'Chirurgiens-dentistes%'
            THEN 'chirurgien_dentiste'
        WHEN i.feuille = 'Laboratoires' THEN NULL
        WHEN i.source = 'cnam_demographie' THEN 'medecin'
    END AS profession,
    CASE
        WHEN c.profession IS NOT NULL THEN coalesce(nullif(split_part(i.profession_publiee, ' / ', 2), ''), 'ensemble')
        ELSE coalesce(t.specialite, i.profession_publiee)
    END AS specialite
FROM intitules AS i
LEFT JOIN totaux AS t
    ON t.profession_publiee = i.profession_publiee AND i.source NOT IN ('drees_professionnels', 'drees_infirmiers')
LEFT JOIN classeurs AS c
    ON i.source IN ('drees_professionnels', 'drees_infirmiers')
    AND c.cle = regexp_replace(lower(strip_accents(split_part(i.profession_publiee, ' / ', 1))), '[^a-z]+', ' ', 'g')
