# Die Seite einer bestehenden Verbindung.
connection-title = Verbindung mit { $provider }
connection-heading = Single Sign-on mit { $provider }
connection-has = { $organization } hat eine Verbindung:
connection-validating = Es fehlt noch eine bestätigte Domain von { $organization }. Bitten Sie { $product }, die Domain der E-Mail-Adressen Ihrer Mitarbeitenden zu bestätigen; die Verbindung wird dann von selbst aktiv.
connection-unproven = Noch kann sich niemand anmelden: { $organization } hat keine bestätigte Domain. Bitten Sie { $product }, die Domain der E-Mail-Adressen Ihrer Mitarbeitenden zu bestätigen; hier ist nichts mehr zu tun.
connection-certificates = { $count ->
     [one] Ein Zertifikat braucht Ihre Aufmerksamkeit, siehe unten.
    *[other] { $count } Zertifikate brauchen Ihre Aufmerksamkeit, siehe unten.
 }
connection-details = Einzelheiten
connection-set-up-by = Eingerichtet von
connection-begun = Einrichtung begonnen
connection-changed = Zuletzt geändert
connection-attributes = Attribute
connection-attributes-change = Attributnamen ändern
connection-change = Ändern
connection-renewed = Zertifikat erneuert, oder eine andere Adresse? { $link }.
connection-read-again = Die Daten des Anbieters neu einlesen
connection-reset = Verbindung zurücksetzen
connection-reset-why = Beim Zurücksetzen wird diese Verbindung gelöscht: Niemand kann sich mehr darüber anmelden, und die Werte in der Konsole Ihres Anbieters müssen neu eingetragen werden.
connection-reset-understood = Mir ist bewusst, dass sich bis zur erneuten Einrichtung niemand anmelden kann
connection-reset-button = Verbindung zurücksetzen
connection-set-up-only = Mit diesem Link lässt sich eine Verbindung einrichten, aber nicht ändern. Öffnen Sie das Portal aus { $product } heraus, um sie zu ändern, oder fragen Sie die Person, die Ihnen den Link geschickt hat.
connection-test = Testanmeldung
connection-test-why = Meldet Sie in einem neuen Tab bei Ihrem Identitätsanbieter an und zeigt alles, was wir prüfen. Bei { $product } wird niemand angemeldet, und nichts ändert sich.
connection-log = Sitzungsprotokoll
connection-options = Wie Anmeldungen angenommen werden
connection-is-on = Ja
connection-is-off = Nein
connection-idp-initiated = Anmeldungen dürfen beim Identitätsanbieter beginnen
connection-signed-requests = Unsere Anfragen sind signiert
connection-clock-skew = Wie weit seine Uhr von unserer abweichen darf
connection-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
connection-sha1 = Signaturen mit SHA-1 werden angenommen
connection-short-rsa = RSA-Schlüssel unter 2048 Bit werden angenommen
connection-idp-initiated-why = Personen können in ihrer App-Übersicht bei { $provider } beginnen. Wer den Browser einer Person dazu bringt, eine solche Antwort zu senden, kann sie bei { $product } mit einem anderen Konto anmelden; schalten Sie es ab, wenn niemand dort beginnt.
connection-idp-initiated-off = Anmeldungen abschalten, die beim Anbieter beginnen
connection-idp-initiated-on = Anmeldungen erlauben, die beim Anbieter beginnen
connection-distrust = Zertifikate, denen vertraut wird
connection-distrust-why = Sobald { $provider } mit dem nächsten Zertifikat signiert, vertrauen Sie dem alten nicht mehr.
connection-distrust-button = Nicht mehr vertrauen
connection-distrust-label = { $subject } nicht mehr vertrauen
