# A mensagem que avisa que uma conexão está ativa.
live-subject-admin = O login único para { $organization } está ativado
live-subject-team = { $organization } configurou o login único
live-admin = O login único com { $connection } está ativado para { $organization } em { $product }.
live-team = { $organization } concluiu a configuração do login único com { $connection } para { $product }.
live-by = Configurado por { $admin }: { $at }.
live-at = Configurado: { $at }.
live-open = As pessoas a quem o aplicativo foi atribuído ali já podem fazer login.
live-domain-admin = Ninguém pode fazer login ainda: sua organização não tem domínio verificado. { $product } verifica o domínio dos endereços de e-mail da sua equipe; não há mais nada a fazer no portal.
live-domain-team = Ninguém pode fazer login ainda: a organização não tem domínio verificado. Verifique o domínio dos endereços de e-mail da equipe dela.
live-questions = Dúvidas? Responda a esta mensagem ou escreva para { $contact }.
live-unexpected = Ninguém em { $organization } fez isso? Então avise { $product } imediatamente.
live-why-team = Você recebeu esta mensagem porque este é o endereço de suporte de { $product }.
live-why-member = Você recebeu esta mensagem porque a solicitou na sua conta do painel Vestibule de { $product }.
