# Toutes les étapes d’un guide sur une page.
guide-link = Toutes les étapes sur une page
guide-title = Toutes les étapes pour { $provider }
guide-lead = À imprimer, ou à transmettre à la personne qui a accès à la console. Les valeurs sont celles de { $organization }.
guide-bring = À rapporter d’ici :
guide-back = Retour à l’étape
