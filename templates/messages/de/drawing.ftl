# Gezeichnete Bilder von Konsolenseiten.
drawing-title = Zeichnung einer Seite in { $provider }
drawing-caption = Eine Zeichnung, kein Bildschirmfoto: Ihre Konsole kann anders aussehen.
