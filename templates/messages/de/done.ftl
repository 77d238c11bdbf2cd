# Nach dem Speichern.
done-active = Single Sign-on ist eingerichtet
done-validating = Gespeichert, eine Domain fehlt noch
done-saved = Gespeichert
done-connection = Verbindung mit { $provider }:
done-return = Zurück zu { $product }
done-close = Sie können diese Seite schließen.
done-look = Verbindung ansehen
