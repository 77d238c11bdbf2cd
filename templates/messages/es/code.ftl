# Demostrar una dirección con un código: la página que lo pide.
code-title = Introduzca el código
code-sent = Hemos enviado un código de seis cifras a { $address }. Es válido durante { $minutes } minutos.
code-sent-if = Si { $address } es una de las direcciones a las que está destinado este enlace, un código de seis cifras va de camino. Es válido durante { $minutes } minutos.
code-field = Código
code-newest = Solo es válido el código más reciente.
code-confirm = Continuar
code-nothing-came = ¿No ha llegado nada después de un minuto? Mire en la carpeta de correo no deseado o pida otro código.
code-again = Enviar otro código
code-again-sent = Otro código va de camino. Los anteriores ya no son válidos.
code-other-address = Usar otra dirección
code-syntax = Un código tiene seis cifras.
code-wrong = Estas no son las cifras del código más reciente. { $left ->
    [one] Le queda un intento.
   *[other] Le quedan { $left } intentos.
 }
code-tried-too-often = Este código se ha probado demasiadas veces. Pida otro.
code-over = Este código ya no es válido. Pida otro.
code-too-many = Se han pedido demasiados códigos con este enlace. { $minutes ->
    [one] Podrá pedir otro dentro de un minuto.
   *[other] Podrá pedir otro dentro de { $minutes } minutos.
 }
# El mensaje que lo lleva.
code-mail-subject = { $code } es su código para { $product }
code-mail-why = Alguien, probablemente usted, quiere abrir un enlace para configurar { $product } para { $organization }. El código es:
code-mail-until = Introdúzcalo en la página que lo ha pedido. Es válido hasta el { $until }, siempre que no haya pedido otro más reciente.
code-mail-warning = No dé el código a nadie. Nunca lo pedimos por teléfono ni por mensaje.
code-mail-unexpected = ¿No ha sido usted? Entonces ignore este mensaje: sin el código, el enlace permanece cerrado.
code-mail-questions = ¿Tiene preguntas? Responda a este mensaje o escriba a { $contact }.
