# Welches Attribut welches Feld füllt.
attributes-title = Attribute von { $provider }
attributes-lead = Wenn sich jemand anmeldet, sendet { $provider } Attribute zu der Person. Hier steht, welches Attribut welches Feld von { $product } füllt. Ändern Sie einen Namen nur, wenn Ihre Konsole einen anderen sendet.
attributes-fold = Attributnamen: Die üblichen von { $provider } sind eingetragen
attributes-empty = Ein leeres Feld wird aus dem Attribut mit dem üblichen Namen gefüllt, falls es gesendet wird.
attributes-usual = wie üblich
attributes-none = nicht übernommen
attributes-custom-note = Bleibt das Feld leer, wird das Attribut nicht übernommen.
attributes-idp-id = ID der Person
attributes-email = E-Mail-Adresse
attributes-first-name = Vorname
attributes-last-name = Nachname
attributes-groups = Gruppen
attributes-roles = Rollen
attributes-name = Vollständiger Name
attributes-wrong = Höchstens { $bytes_max } Bytes, ohne Zeilenumbrüche.
attributes-save = Namen speichern
attributes-back = Zurück zur Verbindung
