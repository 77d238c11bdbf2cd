# La page d’une connexion existante.
connection-title = Connexion à { $provider }
connection-heading = Authentification unique avec { $provider }
connection-has = { $organization } a une connexion :
connection-validating = En attente d’un domaine vérifié de { $organization }. Demandez à { $product } de vérifier le domaine des adresses e-mail de vos collaborateurs ; la connexion s’activera alors d’elle-même.
connection-unproven = Personne ne peut encore se connecter : { $organization } n’a pas de domaine vérifié. Demandez à { $product } de vérifier le domaine des adresses e-mail de vos collaborateurs ; il n’y a plus rien à faire ici.
connection-certificates = { $count ->
     [one] Un certificat demande votre attention, voir ci-dessous.
    *[other] { $count } certificats demandent votre attention, voir ci-dessous.
 }
connection-details = Détails
connection-set-up-by = Configurée par
connection-begun = Configuration commencée
connection-changed = Dernière modification
connection-attributes = Attributs
connection-attributes-change = Modifier les noms d’attributs
connection-change = Modifier
connection-renewed = Certificat renouvelé, ou autre adresse ? { $link }.
connection-read-again = Relire les données du fournisseur
connection-reset = Réinitialiser la connexion
connection-reset-why = La réinitialisation supprime cette connexion : plus personne ne peut se connecter par son intermédiaire, et les valeurs devront être saisies à nouveau dans la console de votre fournisseur.
connection-reset-understood = Je comprends que personne ne pourra se connecter avant une nouvelle configuration
connection-reset-button = Réinitialiser
connection-set-up-only = Ce lien permet de configurer une connexion, pas de la modifier. Pour la modifier, ouvrez le portail depuis { $product }, ou demandez à la personne qui vous a envoyé le lien.
connection-test = Connexion de test
connection-test-why = Vous connecte chez votre fournisseur d’identité dans un nouvel onglet et montre tout ce que nous vérifions. Personne n’est connecté à { $product }, et rien ne change.
connection-log = Journal des sessions
connection-options = Comment les connexions sont acceptées
connection-is-on = Oui
connection-is-off = Non
connection-idp-initiated = Les connexions peuvent commencer chez le fournisseur d’identité
connection-signed-requests = Nos requêtes sont signées
connection-clock-skew = Écart permis entre son horloge et la nôtre
connection-seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } secondes
}
connection-sha1 = Les signatures avec SHA-1 sont acceptées
connection-short-rsa = Les clés RSA de moins de 2048 bits sont acceptées
connection-idp-initiated-why = On peut partir de sa liste d’applications chez { $provider }. Quiconque parvient à faire envoyer une telle réponse par le navigateur d’une personne peut la connecter à { $product } avec un autre compte ; désactivez cette possibilité si personne ne commence là-bas.
connection-idp-initiated-off = Désactiver les connexions qui commencent chez le fournisseur
connection-idp-initiated-on = Autoriser les connexions qui commencent chez le fournisseur
connection-distrust = Certificats acceptés
connection-distrust-why = Dès que { $provider } signe avec le prochain certificat, cessez d’accepter l’ancien.
connection-distrust-button = Ne plus accepter
connection-distrust-label = Ne plus accepter { $subject }
