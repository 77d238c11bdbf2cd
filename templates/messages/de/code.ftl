# Eine Adresse durch einen Code belegen: die Seite, die danach fragt.
code-title = Code eingeben
code-sent = Wir haben einen sechsstelligen Code an { $address } gesendet. Er gilt { $minutes } Minuten.
code-sent-if = Wenn dieser Link für { $address } bestimmt ist, ist ein sechsstelliger Code dorthin unterwegs. Er gilt { $minutes } Minuten.
code-field = Code
code-newest = Nur der neueste Code gilt.
code-confirm = Weiter
code-nothing-came = Ist nach einer Minute nichts angekommen? Sehen Sie im Spam-Ordner nach, oder lassen Sie sich einen neuen Code senden.
code-again = Neuen Code senden
code-again-sent = Ein neuer Code ist unterwegs. Frühere Codes gelten nicht mehr.
code-other-address = Andere Adresse verwenden
code-syntax = Ein Code hat sechs Ziffern.
code-wrong = Das sind nicht die Ziffern des neuesten Codes. { $left ->
    [one] Sie haben noch einen Versuch.
   *[other] Sie haben noch { $left } Versuche.
 }
code-tried-too-often = Dieser Code wurde zu oft falsch eingegeben. Lassen Sie sich einen neuen senden.
code-over = Dieser Code gilt nicht mehr. Lassen Sie sich einen neuen senden.
code-too-many = Mit diesem Link wurden zu viele Codes angefordert. { $minutes ->
    [one] In einer Minute können Sie sich einen neuen senden lassen.
   *[other] In { $minutes } Minuten können Sie sich einen neuen senden lassen.
 }
# Die Nachricht, in der er steht.
code-mail-subject = { $code } ist Ihr Code für { $product }
code-mail-why = Jemand, vermutlich Sie selbst, möchte einen Link öffnen, um { $product } für { $organization } einzurichten. Der Code dafür:
code-mail-until = Geben Sie ihn auf der Seite ein, die danach gefragt hat. Er gilt bis { $until }, sofern Sie keinen neueren angefordert haben.
code-mail-warning = Geben Sie den Code niemandem. Wir fragen weder am Telefon noch per Nachricht danach.
code-mail-unexpected = Waren Sie es nicht? Dann ignorieren Sie diese Nachricht: Ohne den Code bleibt der Link verschlossen.
code-mail-questions = Fragen? Antworten Sie auf diese Nachricht, oder schreiben Sie an { $contact }.
