# Choisir l’un de plusieurs fournisseurs dans un document de métadonnées.
choose-title = Quel est votre fournisseur d’identité ?
choose-title-error = Erreur : quel est votre fournisseur d’identité ?
choose-lead =
    { $total ->
        [one] Les métadonnées décrivent { $total } fournisseur d’identité.
       *[other] Les métadonnées décrivent { $total } fournisseurs d’identité.
    } Choisissez celui avec lequel vos collaborateurs se connectent.
choose-legend = Fournisseur d’identité
choose-none = Choisissez le fournisseur d’identité avec lequel vos collaborateurs se connectent.
choose-other = Absent de la liste ? Saisissez son identifiant d’entité
choose-back = Retour
choose-continue = Continuer
