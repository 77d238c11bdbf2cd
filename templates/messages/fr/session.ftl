# Tout sur une tentative de connexion.
session-test = Connexion de test
session-attempt = Connexion
session-worked = La connexion fonctionne
session-worked-lead = Votre fournisseur d’identité s’est porté garant de { $email }, et tout ce que nous vérifions est en ordre. C’était un test : personne n’a été connecté nulle part.
session-signed-in = La personne a été connectée
session-signed-in-lead = { $email } a été connecté(e) à { $product }.
session-failed = La connexion a échoué
session-failed-lead = Elle a échoué à cette vérification : { $check }.
session-waiting = En attente de votre fournisseur d’identité
session-waiting-lead = Rien n’est encore revenu. Connectez-vous sur la page de votre fournisseur ; à votre retour, le résultat s’affichera.
session-under-way = Quelqu’un est en train de se connecter
session-under-way-lead = La personne est chez votre fournisseur d’identité, ou sur le chemin du retour vers l’application.
session-timed-out = Aucune réponse n’est arrivée
session-timed-out-lead = Le fournisseur d’identité n’a pas répondu à temps. La personne a peut-être renoncé, ou le fournisseur l’a arrêtée.
session-unclaimed = L’application n’a pas terminé la connexion
session-unclaimed-lead = Votre fournisseur d’identité s’est porté garant de la personne et toutes les vérifications sont passées, mais { $product } n’a pas repris le résultat à temps.
session-exactly = En détail
session-expected = Attendu
session-received = Reçu
session-must-be = À comparer dans { $provider }
session-bring = À rapporter de { $provider }
session-step = Retour à l’étape { $number } :
session-step-open = Ouvrir cette étape
session-known = Connu de { $provider }
session-look-again = Regarder à nouveau
session-again = Tester à nouveau
session-all = Toutes les tentatives
session-checks = Ce qui a été vérifié
session-person = La personne telle que { $product } la voit
session-asserted = Les attributs tels qu’ils sont arrivés
session-subject = Sujet
session-no-value = sans valeur
session-more-values = { $count ->
     [one] { $count } autre
    *[other] { $count } autres
 }
session-not-sent = non envoyé
session-messages = Messages
session-about = À propos de cette tentative
session-started = Commencée
session-ended = Terminée
session-begun-by = Commencée par
session-ip-address = Adresse du navigateur
session-browser = Navigateur
session-id = Identifiant
