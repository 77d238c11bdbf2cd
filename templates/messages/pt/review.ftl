# O que foi entendido, antes de salvar.
review-title = Revisar e salvar
review-title-error = Erro: revisar e salvar
review-heading = Este é o seu { $provider }?
review-lead = Isto é o que entendemos. Ao salvar, o login único é ativado para { $organization }.
review-lead-replaces = Isto é o que entendemos. Ao salvar, os dados atuais da conexão são substituídos.
review-understood = O que entendemos
review-change = Alterar algo
review-save = Salvar e ativar
review-email = Seu endereço de e-mail
review-email-note = Fica guardado com a conexão, para que se saiba a quem perguntar.
# Outro provedor que não o escolhido.
review-other = Isto parece { $found }, mas você escolheu { $picked }
review-other-why = O login pode funcionar nos dois casos. Com { $found }, as dicas, os nomes de atributos e as etapas de renovação correspondem ao que você realmente usa. Nada do que você forneceu se perde.
review-other-switch = Mudar para { $found }
# Avisos: é possível salvar mesmo assim.
review-cautions =
    { $count ->
        [one] Verifique um ponto
       *[other] Verifique { $count } pontos
    }
review-cautions-why = Você pode salvar mesmo assim.
review-http = Um endereço não começa com https://, então o que for digitado lá poderia ser lido no caminho: { $address }
review-sha1 = Os metadados mostram apenas assinaturas com SHA-1, que não aceitamos no login. Escolha SHA-256 no seu provedor.
review-same = O ID da entidade e o endereço de login são iguais, o que é raro. Verifique se o mesmo valor não foi colado duas vezes.
review-out-of-date = Os metadados informam que estão desatualizados. Baixe-os novamente, se o seu provedor oferecer outros mais recentes.
review-preview-mixed = Prévia e produção estão misturadas: “{ $preview }” é uma prévia, “{ $production }” não. Use todos os valores do mesmo console.
review-preview = “{ $host }” é a prévia do seu provedor, mas esta é uma configuração de produção. Verifique se as pessoas realmente fazem login lá.
review-unusual = “{ $label }” parece incomum para { $product }: { $value }.
review-unusual-example = “{ $label }” parece incomum para { $product }: { $value }. Normalmente se parece com { $example }.
# Dados.
review-entity-id = ID da entidade
review-sign-in = Endereço de login
review-sign-in-redirect = Endereço de login (redirecionamento)
review-sign-in-post = Endereço de login (POST)
review-sign-out-redirect = Endereço de logout (redirecionamento)
review-sign-out-post = Endereço de logout (POST)
review-metadata-from = Metadados lidos de
review-issuer = Emissor (issuer)
review-client-id = ID do cliente
review-client-secret = Segredo do cliente
review-secret-kept = Guardado e selado, nunca mais exibido
review-secret-none = Nenhum
review-token = Endereço de tokens
review-key-set = Conjunto de chaves
review-userinfo = Endereço userinfo
review-methods = Métodos de autenticação em comum
review-discovery-from = Descoberta lida de
review-test-why = O teste faz seu login no provedor de identidade, em uma nova guia, com os dados mostrados aqui. Nada é salvo e ninguém entra no aplicativo.
