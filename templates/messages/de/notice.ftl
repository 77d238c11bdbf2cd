# Was eben geschehen ist.
notice-already-connected = Es gibt bereits eine Verbindung, deshalb wurde nichts geändert. Eine Organisation hat höchstens eine Verbindung.
notice-stale = Dies hat sich geändert, seit Sie es gesehen haben, vielleicht in einem anderen Tab. Bitte prüfen Sie es noch einmal.
notice-still-needed = Dies wird noch benötigt, bevor Sie prüfen und speichern können.
notice-understood = Ihre Angaben wurden verstanden. Bitte führen Sie die übrigen Schritte aus.
notice-unconfirmed = Es wurde nichts zurückgesetzt: Zuerst muss das Kästchen angekreuzt werden.
notice-reset = Die Verbindung wurde zurückgesetzt. Sie können jetzt eine neue einrichten.
notice-attributes-saved = Die Attributnamen sind gespeichert.
notice-sheet-sent = Die Schritte sind unterwegs.
notice-options-saved = Gespeichert. Es gilt ab der nächsten Anmeldung.
notice-distrusted = Dem Zertifikat wird nicht mehr vertraut.
notice-signing-key-switched = Anfragen werden ab jetzt mit dem nächsten Zertifikat signiert.
