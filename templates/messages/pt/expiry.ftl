# A mensagem que avisa que um certificado de assinatura vai expirar.
expiry-subject = { $days ->
    [one] O certificado de assinatura de { $organization } expira em { $days } dia
   *[other] O certificado de assinatura de { $organization } expira em { $days } dias
 }
expiry-subject-ended = O certificado de assinatura de { $organization } expirou
expiry-ends = O certificado com que { $connection } assina os logins de { $organization } em { $product } expira nesta data: { $at }.
expiry-ended = O certificado com que { $connection } assina os logins de { $organization } em { $product } expirou nesta data: { $at }.
expiry-effect = Assim que o provedor de identidade assinar com outro certificado, ninguém poderá fazer login até que { $product } o conheça.
expiry-by-metadata = Providencie a renovação do certificado no provedor de identidade. Os metadados dele são lidos todos os dias: um novo certificado é adotado dali automaticamente. Deixe passar um dia entre publicar o novo certificado e assinar com ele. Os metadados são lidos aqui:
expiry-by-hand-admin = Renove o certificado no seu provedor de identidade e peça a { $product } um link para fornecer o novo. Faça isso antes que o provedor assine com ele: nesse meio-tempo, os dois são aceitos.
expiry-by-link = Renove o certificado no seu provedor de identidade e forneça o novo pelo link abaixo. Faça isso antes que o provedor assine com ele: nesse meio-tempo, os dois são aceitos.
expiry-renew = Renovar o certificado
expiry-by-hand-team = Quem configurou o acesso, ou então os contatos da organização, recebeu um link para fornecer o novo. Se ele não chegar a ninguém, envie à organização um link para renovar o certificado. Nesse meio-tempo, os dois são aceitos.
expiry-questions = Dúvidas? Responda a esta mensagem ou escreva para { $contact }.
expiry-why-admin = Você recebeu esta mensagem porque configurou o login único para { $organization } ou é um dos contatos da organização.
expiry-why-team = Você recebeu esta mensagem porque este é o endereço de suporte de { $product }.
expiry-why-member = Você recebeu esta mensagem porque a solicitou na sua conta do painel Vestibule de { $product }.
expiry-ours-subject = Um certificado de { $product } para os logins de { $organization } está para vencer
expiry-ours-signing = O certificado com que { $product } assina suas solicitações a { $connection } para { $organization } vale até { $at }. Alguns provedores de identidade recusam as solicitações depois disso.
expiry-ours-encryption = O certificado com que { $connection } criptografa os logins de { $organization } em { $product } vale até { $at }. Alguns provedores de identidade deixam de usá-lo depois disso.
expiry-ours-admin = O próximo certificado está pronto. Informe-o no seu provedor de identidade ou faça com que ele leia nossos metadados de novo:
expiry-ours-switch = Quando ele estiver lá, teste-o e passe a usá-lo por este link:
expiry-ours-team = Combine com a organização quando trocá-lo: o provedor de identidade dela precisa conhecer o próximo certificado, que já está em nossos metadados. Depois, se for de assinatura, faça a troca no painel ou pela API de gerenciamento, ou deixe que a organização a faça por um link de renovação de certificado; se for de criptografia, remova o antigo assim que o provedor usar o próximo. O provedor os lê aqui:
