# Ce que l’état d’une connexion signifie pour le client.
state-draft = Le fournisseur est choisi ; rien n’est encore enregistré.
state-validating = Vos données sont enregistrées. La connexion s’activera d’elle-même dès qu’un domaine de votre organisation sera vérifié.
state-active = La connexion est activée.
state-inactive = La connexion est désactivée : personne ne se connecte par son intermédiaire.
state-word-none = non configurée
state-word-draft = commencée
state-word-validating = en attente d’un domaine
state-word-active = active
state-word-inactive = désactivée
state-word-verified = vérifié
state-word-unverified = non vérifié
