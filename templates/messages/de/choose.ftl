# Einen von mehreren Anbietern in einem Metadatendokument auswählen.
choose-title = Welcher Identitätsanbieter ist Ihrer?
choose-title-error = Fehler: Welcher Identitätsanbieter ist Ihrer?
choose-lead =
    { $total ->
        [one] Die Metadaten beschreiben { $total } Identitätsanbieter.
       *[other] Die Metadaten beschreiben { $total } Identitätsanbieter.
    } Wählen Sie den, mit dem sich Ihre Mitarbeitenden anmelden.
choose-legend = Identitätsanbieter
choose-none = Wählen Sie den Identitätsanbieter, mit dem sich Ihre Mitarbeitenden anmelden.
choose-other = Nicht in der Liste? Geben Sie seine Entity-ID ein
choose-back = Zurück
choose-continue = Weiter
