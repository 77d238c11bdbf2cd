# Was Formulare gemeinsam haben.
form-errors = { $count ->
     [one] Ein Punkt braucht Ihre Aufmerksamkeit
    *[other] { $count } Punkte brauchen Ihre Aufmerksamkeit
 }
form-error-title = Fehler: { $title }
form-optional = (optional)
form-found-at = Zu finden unter: { $place }
form-kept = Von vorhin behalten und nicht noch einmal angezeigt. Lassen Sie das Feld leer, um den Wert zu behalten, oder geben Sie einen neuen ein.
form-example = Zum Beispiel { $example }
form-copy = Kopieren
form-copied = Kopiert
form-copy-by-hand = Bitte markieren
form-back = Zurück
form-drop = oder hier ablegen
form-checking = Wird geprüft …
form-fetching = Wird abgerufen …
form-copy-label = { $label } kopieren
