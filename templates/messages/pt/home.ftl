# A página inicial de uma visita.
home-title = Configuração para { $product }
home-heading = O que você deseja configurar?
home-heading-none = Isto ainda não pode ser configurado aqui
home-sso = Login único
home-sso-why = Sua equipe faz login com o seu provedor de identidade
home-domains = Domínio verificado
home-domains-why = Somente pessoas com um endereço de e-mail em um domínio verificado podem fazer login. { $product } faz a verificação; pergunte se o seu estiver faltando.
home-missing-also = Seu link também menciona: { $tasks }. Isso ainda não pode ser configurado neste portal; escreva para { $contact } para saber como prosseguir.
home-missing = Seu link é para: { $tasks }. Isso ainda não pode ser configurado neste portal; escreva para { $contact } para saber como prosseguir.
home-sender = quem enviou o link
