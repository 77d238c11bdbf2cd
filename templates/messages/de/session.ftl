# Alles über einen Anmeldeversuch.
session-test = Testanmeldung
session-attempt = Anmeldung
session-worked = Die Anmeldung funktioniert
session-worked-lead = Ihr Identitätsanbieter hat für { $email } gebürgt, und alles, was wir prüfen, ist in Ordnung. Es war ein Test: Niemand wurde irgendwo angemeldet.
session-signed-in = Die Person wurde angemeldet
session-signed-in-lead = { $email } wurde bei { $product } angemeldet.
session-failed = Die Anmeldung ist fehlgeschlagen
session-failed-lead = Sie scheiterte an dieser Prüfung: { $check }.
session-waiting = Wir warten auf Ihren Identitätsanbieter
session-waiting-lead = Noch ist nichts zurückgekommen. Melden Sie sich auf der Seite Ihres Anbieters an; schickt er Sie zurück, erscheint das Ergebnis.
session-under-way = Jemand meldet sich gerade an
session-under-way-lead = Die Person ist bei Ihrem Identitätsanbieter oder gerade auf dem Rückweg zur Anwendung.
session-timed-out = Es kam keine Antwort
session-timed-out-lead = Der Identitätsanbieter hat nicht rechtzeitig geantwortet. Vielleicht hat die Person aufgegeben, oder der Anbieter hat sie angehalten.
session-unclaimed = Die Anwendung hat die Anmeldung nicht abgeschlossen
session-unclaimed-lead = Ihr Identitätsanbieter hat für die Person gebürgt und alle Prüfungen sind bestanden, aber { $product } hat das Ergebnis nicht rechtzeitig abgeholt.
session-exactly = Im Einzelnen
session-expected = Erwartet
session-received = Erhalten
session-must-be = In { $provider } zu vergleichen
session-bring = Aus { $provider } neu zu holen
session-step = Zurück zu Schritt { $number }:
session-step-open = Diesen Schritt öffnen
session-known = Bekannt über { $provider }
session-look-again = Erneut nachsehen
session-again = Erneut testen
session-all = Alle Versuche
session-checks = Was geprüft wurde
session-person = Die Person, wie { $product } sie sieht
session-asserted = Attribute, wie sie kamen
session-subject = Subjekt
session-no-value = ohne Wert
session-more-values = { $count ->
     [one] ein weiterer
    *[other] { $count } weitere
 }
session-not-sent = nicht gesendet
session-messages = Nachrichten
session-about = Über diesen Versuch
session-started = Begonnen
session-ended = Beendet
session-begun-by = Begonnen von
session-ip-address = Adresse des Browsers
session-browser = Browser
session-id = Kennung
