# Was der Zustand einer Verbindung für die Kundschaft bedeutet.
state-draft = Der Anbieter ist gewählt; gespeichert ist noch nichts.
state-validating = Ihre Daten sind gespeichert. Die Verbindung wird von selbst aktiv, sobald eine Domain Ihrer Organisation bestätigt ist.
state-active = Die Verbindung ist eingeschaltet.
state-inactive = Die Verbindung ist ausgeschaltet: Niemand meldet sich über sie an.
state-word-none = nicht eingerichtet
state-word-draft = begonnen
state-word-validating = wartet auf eine Domain
state-word-active = aktiv
state-word-inactive = ausgeschaltet
state-word-verified = bestätigt
state-word-unverified = nicht bestätigt
