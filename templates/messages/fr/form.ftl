# Ce que les formulaires ont en commun.
form-errors = { $count ->
     [one] Un point demande votre attention
    *[other] { $count } points demandent votre attention
 }
form-error-title = Erreur : { $title }
form-optional = (facultatif)
form-found-at = Se trouve sous : { $place }
form-kept = Conservé et non réaffiché. Laissez vide pour le garder, ou saisissez-en un nouveau pour le remplacer.
form-example = Par exemple { $example }
form-copy = Copier
form-copied = Copié
form-copy-by-hand = Sélectionnez-le
form-back = Retour
form-drop = ou déposez-le ici
form-checking = Vérification…
form-fetching = Récupération…
form-copy-label = Copier { $label }
