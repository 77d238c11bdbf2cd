# Was verstanden wurde, bevor es gespeichert wird.
review-title = Prüfen und speichern
review-title-error = Fehler: Prüfen und speichern
review-heading = Ist das Ihr Anbieter ({ $provider })?
review-lead = Das haben wir verstanden. Mit dem Speichern wird Single Sign-on für { $organization } eingeschaltet.
review-lead-replaces = Das haben wir verstanden. Das Speichern ersetzt die jetzigen Angaben der Verbindung.
review-understood = Was wir verstanden haben
review-change = Etwas ändern
review-save = Speichern und einschalten
review-email = Ihre E-Mail-Adresse
review-email-note = Wird mit der Verbindung gespeichert, damit andere wissen, an wen sie sich wenden können.
# Ein anderer Anbieter als gewählt.
review-other = Das sieht nach { $found } aus, Sie haben aber { $picked } gewählt
review-other-why = Die Anmeldung kann so oder so funktionieren. Mit { $found } passen Hinweise, Attributnamen und Schritte zur Erneuerung zu dem, was Sie wirklich nutzen. Ihre Angaben gehen nicht verloren.
review-other-switch = Zu { $found } wechseln
# Hinweise: Speichern ist trotzdem möglich.
review-cautions =
    { $count ->
        [one] Bitte prüfen Sie einen Punkt
       *[other] Bitte prüfen Sie { $count } Punkte
    }
review-cautions-why = Sie können trotzdem speichern.
review-http = Eine Adresse beginnt nicht mit https://; was dort eingegeben wird, könnte unterwegs mitgelesen werden: { $address }
review-sha1 = Die Metadaten zeigen nur Signaturen mit SHA-1, die wir bei der Anmeldung nicht akzeptieren. Wählen Sie bei Ihrem Anbieter SHA-256.
review-same = Entity-ID und Anmeldeadresse sind gleich, was selten ist. Prüfen Sie, ob ein Wert zweimal eingefügt wurde.
review-out-of-date = Die Metadaten bezeichnen sich selbst als veraltet. Laden Sie sie noch einmal herunter, falls Ihr Anbieter neuere anbietet.
review-preview-mixed = Vorschau und Produktion sind gemischt: „{ $preview }“ ist eine Vorschau, „{ $production }“ nicht. Nehmen Sie alle Werte aus derselben Konsole.
review-preview = „{ $host }“ ist die Vorschau Ihres Anbieters, hier richten Sie aber die Produktion ein. Prüfen Sie, ob Ihre Mitarbeitenden sich wirklich dort anmelden.
review-unusual = „{ $label }“ sieht für { $product } ungewöhnlich aus: { $value }.
review-unusual-example = „{ $label }“ sieht für { $product } ungewöhnlich aus: { $value }. Üblich ist etwas wie { $example }.
# Angaben.
review-entity-id = Entity-ID
review-sign-in = Anmeldeadresse
review-sign-in-redirect = Anmeldeadresse (Redirect)
review-sign-in-post = Anmeldeadresse (POST)
review-sign-out-redirect = Abmeldeadresse (Redirect)
review-sign-out-post = Abmeldeadresse (POST)
review-metadata-from = Metadaten gelesen von
review-issuer = Aussteller (Issuer)
review-client-id = Client-ID
review-client-secret = Client-Secret
review-secret-kept = Versiegelt gespeichert, wird nie wieder angezeigt
review-secret-none = Keines
review-token = Token-Adresse
review-key-set = Schlüsselsatz
review-userinfo = Userinfo-Adresse
review-methods = Gemeinsame Authentifizierungsmethoden
review-discovery-from = Discovery gelesen von
review-test-why = Der Test meldet Sie in einem neuen Tab mit den hier gezeigten Daten bei Ihrem Identitätsanbieter an. Dabei wird nichts gespeichert und niemand angemeldet.
