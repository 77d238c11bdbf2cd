# Escolher um de vários provedores em um documento de metadados.
choose-title = Qual é o seu provedor de identidade?
choose-title-error = Erro: qual é o seu provedor de identidade?
choose-lead =
    { $total ->
        [one] Os metadados descrevem { $total } provedor de identidade.
       *[other] Os metadados descrevem { $total } provedores de identidade.
    } Escolha aquele com que as pessoas da sua organização fazem login.
choose-legend = Provedor de identidade
choose-none = Escolha o provedor de identidade com o qual as pessoas da sua organização fazem login.
choose-other = Não está na lista? Digite o ID da entidade
choose-back = Voltar
choose-continue = Continuar
