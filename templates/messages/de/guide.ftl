# Alle Schritte einer Anleitung auf einer Seite.
guide-link = Alle Schritte auf einer Seite
guide-title = Alle Schritte für { $provider }
guide-lead = Zum Ausdrucken oder für die Person, die Zugang zur Konsole hat. Die Werte sind die von { $organization }.
guide-bring = Bringen Sie von hier mit:
guide-back = Zurück zum Schritt
