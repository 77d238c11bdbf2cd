# A página de uma conexão existente.
connection-title = Conexão com { $provider }
connection-heading = Login único com { $provider }
connection-has = { $organization } tem uma conexão:
connection-validating = Aguardando um domínio verificado de { $organization }. Peça a { $product } que verifique o domínio dos endereços de e-mail da sua equipe; a conexão será ativada automaticamente.
connection-unproven = Ninguém pode fazer login ainda: { $organization } não tem domínio verificado. Peça a { $product } que verifique o domínio dos endereços de e-mail da sua equipe; não há mais nada a fazer aqui.
connection-certificates = { $count ->
     [one] Um certificado precisa da sua atenção, veja abaixo.
    *[other] { $count } certificados precisam da sua atenção, veja abaixo.
 }
connection-details = Detalhes
connection-set-up-by = Configurada por
connection-begun = Configuração iniciada
connection-changed = Última alteração
connection-attributes = Atributos
connection-attributes-change = Alterar os nomes dos atributos
connection-change = Alterar
connection-renewed = Certificado renovado ou outro endereço? { $link }.
connection-read-again = Ler os dados do provedor novamente
connection-reset = Redefinir a conexão
connection-reset-why = Redefinir exclui esta conexão: ninguém mais poderá fazer login por meio dela, e os valores no console do provedor terão de ser informados novamente.
connection-reset-understood = Entendo que ninguém poderá fazer login até que ela seja configurada novamente
connection-reset-button = Redefinir
connection-set-up-only = Este link permite configurar uma conexão, não alterá-la. Para alterá-la, abra o portal a partir de { $product } ou pergunte a quem enviou o link.
connection-test = Login de teste
connection-test-why = Faz o seu login no provedor de identidade em uma nova guia e mostra tudo o que verificamos. Ninguém entra em { $product }, e nada muda.
connection-log = Registro de sessões
connection-options = Como os logins são aceitos
connection-is-on = Sim
connection-is-off = Não
connection-idp-initiated = Os logins podem começar no provedor de identidade
connection-signed-requests = Nossas solicitações são assinadas
connection-clock-skew = Quanto o relógio dele pode diferir do nosso
connection-seconds = { $count ->
    [one] { $count } segundo
   *[other] { $count } segundos
}
connection-sha1 = Assinaturas com SHA-1 são aceitas
connection-short-rsa = Chaves RSA com menos de 2048 bits são aceitas
connection-idp-initiated-why = As pessoas podem começar pela lista de aplicativos em { $provider }. Quem conseguir fazer o navegador de alguém enviar uma resposta dessas pode fazer essa pessoa entrar em { $product } com outra conta; desative se ninguém começa por lá.
connection-idp-initiated-off = Desativar logins que começam no provedor
connection-idp-initiated-on = Permitir logins que começam no provedor
connection-distrust = Certificados confiáveis
connection-distrust-why = Quando { $provider } assinar com o próximo certificado, deixe de confiar no antigo.
connection-distrust-button = Deixar de confiar
connection-distrust-label = Deixar de confiar em { $subject }
