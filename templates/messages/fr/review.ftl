# Ce qui a été compris, avant l’enregistrement.
review-title = Vérifier et enregistrer
review-title-error = Erreur : vérifier et enregistrer
review-heading = Est-ce bien votre { $provider } ?
review-lead = Voici ce que nous avons compris. L’enregistrement active l’authentification unique pour { $organization }.
review-lead-replaces = Voici ce que nous avons compris. L’enregistrement remplace les données actuelles de la connexion.
review-understood = Ce que nous avons compris
review-change = Modifier
review-save = Enregistrer et activer
review-email = Votre adresse e-mail
review-email-note = Conservée avec la connexion, pour que l’on sache à qui s’adresser.
# Un autre fournisseur que celui choisi.
review-other = Cela ressemble à { $found }, mais vous avez choisi { $picked }
review-other-why = La connexion peut fonctionner dans les deux cas. Avec { $found }, les conseils, les noms d’attributs et les étapes de renouvellement correspondent à ce que vous utilisez réellement. Rien de ce que vous avez fourni n’est perdu.
review-other-switch = Passer à { $found }
# Mises en garde : l’enregistrement reste possible.
review-cautions =
    { $count ->
        [one] Veuillez vérifier un point
       *[other] Veuillez vérifier { $count } points
    }
review-cautions-why = Vous pouvez enregistrer malgré tout.
review-http = Une adresse ne commence pas par https:// ; ce qui y est saisi pourrait être lu en chemin : { $address }
review-sha1 = Les métadonnées ne montrent que des signatures SHA-1, que nous n’acceptons pas à la connexion. Choisissez SHA-256 chez votre fournisseur.
review-same = L’identifiant d’entité et l’adresse de connexion sont identiques, ce qui est rare. Vérifiez qu’une valeur n’a pas été collée deux fois.
review-out-of-date = Les métadonnées indiquent qu’elles sont périmées. Téléchargez-les de nouveau, si votre fournisseur en propose de plus récentes.
review-preview-mixed = Préversion et production sont mélangées : « { $preview } » est une préversion, « { $production } » non. Prenez toutes les valeurs dans la même console.
review-preview = « { $host } » est la préversion de votre fournisseur, mais il s’agit d’une configuration de production. Vérifiez que vos collaborateurs se connectent vraiment là.
review-unusual = « { $label } » semble inhabituel pour { $product } : { $value }.
review-unusual-example = « { $label } » semble inhabituel pour { $product } : { $value }. D’ordinaire, cela ressemble à { $example }.
# Données.
review-entity-id = Identifiant d’entité
review-sign-in = Adresse de connexion
review-sign-in-redirect = Adresse de connexion (redirection)
review-sign-in-post = Adresse de connexion (POST)
review-sign-out-redirect = Adresse de déconnexion (redirection)
review-sign-out-post = Adresse de déconnexion (POST)
review-metadata-from = Métadonnées lues depuis
review-issuer = Émetteur (issuer)
review-client-id = ID client
review-client-secret = Secret client
review-secret-kept = Conservé scellé, plus jamais affiché
review-secret-none = Aucun
review-token = Adresse des jetons
review-key-set = Jeu de clés
review-userinfo = Adresse userinfo
review-methods = Méthodes d’authentification communes
review-discovery-from = Découverte lue depuis
review-test-why = Le test vous connecte chez votre fournisseur d’identité, dans un nouvel onglet, avec les données affichées ici. Rien n’est enregistré et personne n’est connecté à l’application.
