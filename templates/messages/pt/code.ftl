# Comprovar um endereço por um código: a página que o pede.
code-title = Informe o código
code-sent = Enviamos um código de seis dígitos para { $address }. Ele vale por { $minutes } minutos.
code-sent-if = Se { $address } é um dos endereços para os quais este link foi feito, um código de seis dígitos está a caminho. Ele vale por { $minutes } minutos.
code-field = Código
code-newest = Somente o código mais recente é válido.
code-confirm = Continuar
code-nothing-came = Nada chegou depois de um minuto? Verifique a pasta de spam ou peça outro código.
code-again = Enviar outro código
code-again-sent = Outro código está a caminho. Os anteriores não valem mais.
code-other-address = Usar outro endereço
code-syntax = Um código tem seis dígitos.
code-wrong = Estes não são os dígitos do código mais recente. { $left ->
    [one] Resta { $left } tentativa.
   *[other] Restam { $left } tentativas.
 }
code-tried-too-often = Este código foi tentado vezes demais. Peça outro.
code-over = Este código não vale mais. Peça outro.
code-too-many = Foram pedidos códigos demais com este link. { $minutes ->
    [one] Você poderá pedir outro em { $minutes } minuto.
   *[other] Você poderá pedir outro em { $minutes } minutos.
 }
# A mensagem que o traz.
code-mail-subject = { $code } é o seu código para { $product }
code-mail-why = Alguém, provavelmente você, quer abrir um link para configurar { $product } para { $organization }. O código é:
code-mail-until = Informe-o na página que o pediu. Ele vale até { $until }, desde que você não tenha pedido um mais recente.
code-mail-warning = Não passe o código a ninguém. Nunca o pedimos por telefone nem por mensagem.
code-mail-unexpected = Não foi você? Então ignore esta mensagem: sem o código, o link continua fechado.
code-mail-questions = Dúvidas? Responda a esta mensagem ou escreva para { $contact }.
