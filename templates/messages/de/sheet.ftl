# Die Schritte einer Anleitung für eine Kollegin oder einen Kollegen: das Formular.
sheet-open = Diese Schritte jemandem im Team senden
sheet-lead = Hat jemand anderes Zugang zur Konsole? Diese Person erhält alle Schritte mit Ihren Werten per E-Mail, in der Sprache dieser Seite. Der Link zum Portal steht nicht darin: Das Speichern bleibt bei Ihnen.
sheet-field = E-Mail-Adresse der Person
sheet-send = Schritte senden
sheet-address-wrong = Geben Sie eine Adresse wie name@example.com ein.
sheet-too-many = Die Schritte wurden bereits { $count }-mal gesendet; mehr erlaubt dieser Link nicht. Drucken Sie stattdessen diese Seite, oder lassen Sie die frühere Nachricht weiterleiten.
# Die Nachricht.
sheet-subject = Schritte in { $provider } für { $product }
sheet-from = { $admin } bittet Sie, { $provider } vorzubereiten, damit sich die Mitarbeitenden von { $organization } damit bei { $product } anmelden können.
sheet-from-somebody = Jemand aus der Administration von { $organization } bittet Sie, { $provider } vorzubereiten, damit sich Ihre Mitarbeitenden damit bei { $product } anmelden können.
sheet-how = Führen Sie diese Schritte in der Konsole aus, und geben Sie der Person, die Sie gebeten hat, zurück, was die Schritte nennen. Einen Zugang zu { $product } brauchen Sie nicht.
sheet-bring = Von hier zurückgeben:
sheet-unexpected = Haben Sie diese Nachricht nicht erwartet? Dann fragen Sie nach, bevor Sie etwas ändern, oder ignorieren Sie sie.
