# Quel attribut remplit quel champ.
attributes-title = Attributs de { $provider }
attributes-lead = Lorsqu’une personne se connecte, { $provider } envoie des attributs à son sujet. Voici quel attribut remplit quel champ de { $product }. Ne modifiez un nom que si votre console en envoie un autre.
attributes-fold = Noms d’attributs : ceux habituels de { $provider } sont renseignés
attributes-empty = Un champ laissé vide est rempli par l’attribut portant le nom habituel, s’il est envoyé.
attributes-usual = nom habituel
attributes-none = non repris
attributes-custom-note = Si le champ reste vide, l’attribut n’est pas repris.
attributes-idp-id = Identifiant de la personne
attributes-email = Adresse e-mail
attributes-first-name = Prénom
attributes-last-name = Nom
attributes-groups = Groupes
attributes-roles = Rôles
attributes-name = Nom complet
attributes-wrong = { $bytes_max } octets au plus, sans saut de ligne.
attributes-save = Enregistrer les noms
attributes-back = Retour à la connexion
