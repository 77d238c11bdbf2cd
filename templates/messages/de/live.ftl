# Die Nachricht, dass eine Verbindung aktiv ist.
live-subject-admin = Single Sign-on für { $organization } ist eingeschaltet
live-subject-team = { $organization } hat Single Sign-on eingerichtet
live-admin = Single Sign-on mit { $connection } ist für { $organization } in { $product } eingeschaltet.
live-team = { $organization } hat die Einrichtung von Single Sign-on mit { $connection } für { $product } abgeschlossen.
live-by = Eingerichtet von { $admin }: { $at }.
live-at = Eingerichtet: { $at }.
live-open = Wem die App dort zugewiesen ist, kann sich ab jetzt anmelden.
live-domain-admin = Noch kann sich niemand anmelden: Ihre Organisation hat keine bestätigte Domain. { $product } bestätigt die Domain der E-Mail-Adressen Ihrer Mitarbeitenden; im Portal ist nichts mehr zu tun.
live-domain-team = Noch kann sich niemand anmelden: Die Organisation hat keine bestätigte Domain. Bitte bestätigen Sie die Domain der E-Mail-Adressen ihrer Mitarbeitenden.
live-questions = Fragen? Antworten Sie auf diese Nachricht, oder schreiben Sie an { $contact }.
live-unexpected = Hat das niemand bei { $organization } veranlasst? Dann informieren Sie bitte sofort { $product }.
live-why-team = Sie erhalten diese Nachricht, weil dies die Support-Adresse von { $product } ist.
live-why-member = Sie erhalten diese Nachricht, weil Sie sie in Ihrem Konto im Vestibule-Dashboard von { $product } gewünscht haben.
