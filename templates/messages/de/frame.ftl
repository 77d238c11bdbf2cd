# Was jede Seite umgibt.
frame-portal = Admin-Portal
frame-skip = Zum Inhalt springen
frame-sandbox = Testumgebung
frame-for = für { $organization }
frame-back = Zurück zu { $product }
frame-questions = Fragen? Schreiben Sie an { $contact }.
frame-questions-sender = Fragen? Wenden Sie sich an die Person, die Ihnen den Link geschickt hat.
frame-language = Sprache
