# O que o estado de uma conexão significa para o cliente.
state-draft = O provedor foi escolhido; nada foi salvo ainda.
state-validating = Seus dados foram salvos. A conexão será ativada automaticamente assim que um domínio da sua organização for verificado.
state-active = A conexão está ativada.
state-inactive = A conexão está desativada: ninguém faz login por meio dela.
state-word-none = não configurado
state-word-draft = iniciado
state-word-validating = aguardando um domínio
state-word-active = ativa
state-word-inactive = desativada
state-word-verified = verificado
state-word-unverified = não verificado
