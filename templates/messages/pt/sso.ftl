# Pages that people see on their way through a sign-in.
sso-onward = Para a sua página de login
sso-onward-go = Continuar
sso-client = Este link de login está incompleto
sso-client-why = O aplicativo que enviou você até aqui não disse quem é, ou não é conhecido por nós. Volte ao aplicativo e tente novamente; se não resolver, os fabricantes precisam verificar.
sso-redirect-uri = Este login não pode voltar ao aplicativo
sso-redirect-uri-why = O endereço para o qual o aplicativo quer enviar você de volta não está registrado. Os fabricantes do aplicativo precisam adicioná-lo.
sso-refused = Não foi possível fazer o login
sso-refused-why = O provedor de identidade da sua organização respondeu, mas a resposta não foi aceita. O departamento de TI encontra o motivo no registro de sessões.
sso-late = Este login demorou demais
sso-late-why = Ele não foi concluído a tempo, ou já estava concluído. Volte ao aplicativo e comece de novo.
sso-unreadable = Não conseguimos ler essa resposta
sso-unreadable-why = O que o seu provedor de identidade enviou não é uma resposta a um login. Volte ao aplicativo e comece de novo.
sso-busy = Estamos ocupados por um momento
sso-busy-why = Volte ao aplicativo e tente novamente em alguns segundos.
