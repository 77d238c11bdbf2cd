# Die Startseite eines Besuchs.
home-title = Einrichtung für { $product }
home-heading = Was möchten Sie einrichten?
home-heading-none = Das lässt sich hier noch nicht einrichten
home-sso = Single Sign-on
home-sso-why = Ihre Mitarbeitenden melden sich mit Ihrem Identitätsanbieter an
home-domains = Bestätigte Domain
home-domains-why = Nur wer eine E-Mail-Adresse in einer bestätigten Domain hat, kann sich anmelden. { $product } bestätigt sie; fragen Sie dort nach, wenn Ihre fehlt.
home-missing-also = Ihr Link nennt außerdem: { $tasks }. Das lässt sich hier noch nicht im Portal einrichten; fragen Sie bei { $contact } nach, wie es weitergeht.
home-missing = Ihr Link ist für: { $tasks }. Das lässt sich hier noch nicht im Portal einrichten; fragen Sie bei { $contact } nach, wie es weitergeht.
home-sender = der Person, die Ihnen den Link geschickt hat,
