# Ce que l’état d’une connexion signifie pour le client.
state-draft = Le fournisseur est choisi ; rien n’est encore enregistré.
state-validating = Vos données sont enregistrées. La connexion s’activera d’elle-même dès qu’un domaine de votre organisation sera vérifié.
state-active = La connexion est activée.
state-inactive = La connexion est désactivée : personne ne se connecte par son intermédiaire.
