# Die Nachricht, die vor dem Ablauf eines Signaturzertifikats warnt.
expiry-subject = { $days ->
    [one] Das Signaturzertifikat von { $organization } läuft in einem Tag ab
   *[other] Das Signaturzertifikat von { $organization } läuft in { $days } Tagen ab
 }
expiry-subject-ended = Das Signaturzertifikat von { $organization } ist abgelaufen
expiry-ends = Das Zertifikat, mit dem { $connection } die Anmeldungen von { $organization } bei { $product } signiert, läuft zu diesem Zeitpunkt ab: { $at }.
expiry-ended = Das Zertifikat, mit dem { $connection } die Anmeldungen von { $organization } bei { $product } signiert, ist abgelaufen: { $at }.
expiry-effect = Sobald der Identitätsanbieter mit einem anderen Zertifikat signiert, kann sich niemand anmelden, bis { $product } es kennt.
expiry-by-metadata = Bitte lassen Sie das Zertifikat beim Identitätsanbieter erneuern. Dessen Metadaten werden täglich gelesen; ein neues Zertifikat wird von dort ohne Ihr Zutun übernommen. Lassen Sie zwischen dem Veröffentlichen des neuen Zertifikats und dem Signieren damit einen Tag vergehen. Die Metadaten werden hier gelesen:
expiry-by-hand-admin = Bitte erneuern Sie das Zertifikat bei Ihrem Identitätsanbieter, und bitten Sie { $product } um einen Link, mit dem Sie das neue hinterlegen. Tun Sie das, bevor der Anbieter damit signiert: In der Zwischenzeit gelten beide.
expiry-by-link = Bitte erneuern Sie das Zertifikat bei Ihrem Identitätsanbieter, und hinterlegen Sie das neue über den folgenden Link. Tun Sie das, bevor der Anbieter damit signiert: In der Zwischenzeit gelten beide.
expiry-renew = Zertifikat erneuern
expiry-by-hand-team = Wer die Anmeldung eingerichtet hat, sonst die Ansprechpartner der Organisation, hat einen Link bekommen, um das neue zu hinterlegen. Erreicht er niemanden, senden Sie der Organisation einen Link zum Erneuern ihres Zertifikats. In der Zwischenzeit gelten beide.
expiry-questions = Fragen? Antworten Sie auf diese Nachricht, oder schreiben Sie an { $contact }.
expiry-why-admin = Sie erhalten diese Nachricht, weil Sie Single Sign-on für { $organization } eingerichtet haben oder dort Ansprechperson sind.
expiry-why-team = Sie erhalten diese Nachricht, weil dies die Support-Adresse von { $product } ist.
expiry-why-member = Sie erhalten diese Nachricht, weil Sie sie in Ihrem Konto im Vestibule-Dashboard von { $product } gewünscht haben.
expiry-ours-subject = Ein Zertifikat von { $product } für die Anmeldungen von { $organization } läuft ab
expiry-ours-signing = Das Zertifikat, mit dem { $product } seine Anmeldeanfragen an { $connection } für { $organization } signiert, gilt bis { $at }. Manche Identitätsanbieter lehnen Anfragen danach ab.
expiry-ours-encryption = Das Zertifikat, für das { $connection } die Anmeldungen von { $organization } bei { $product } verschlüsselt, gilt bis { $at }. Manche Identitätsanbieter verwenden es danach nicht mehr.
expiry-ours-admin = Das nächste Zertifikat liegt bereit. Tragen Sie es bei Ihrem Identitätsanbieter ein, oder lassen Sie ihn unsere Metadaten neu lesen:
expiry-ours-switch = Sobald es dort eingetragen ist, probieren Sie es über diesen Link aus und stellen darauf um:
expiry-ours-team = Bitte verabreden Sie mit der Organisation den Zeitpunkt: Ihr Identitätsanbieter muss das nächste Zertifikat kennen, das schon in unseren Metadaten steht. Auf ein Zertifikat zum Signieren stellen Sie dann im Dashboard oder über die Management-API um, oder Sie überlassen es der Organisation mit einem Link zum Erneuern des Zertifikats; ein altes Zertifikat zum Verschlüsseln entfernen Sie, sobald der Anbieter das nächste verwendet. Der Anbieter liest sie hier:
