# Qual atributo preenche cada campo.
attributes-title = Atributos de { $provider }
attributes-lead = Quando alguém faz login, { $provider } envia atributos sobre a pessoa. Aqui está qual atributo preenche cada campo de { $product }. Altere um nome somente se o seu console enviar outro.
attributes-fold = Nomes dos atributos: os habituais de { $provider } já estão preenchidos
attributes-empty = Um campo vazio é preenchido pelo atributo com o nome habitual, se ele for enviado.
attributes-usual = o habitual
attributes-none = não utilizado
attributes-custom-note = Se o campo ficar vazio, o atributo não é utilizado.
attributes-idp-id = Identificador da pessoa
attributes-email = Endereço de e-mail
attributes-first-name = Nome
attributes-last-name = Sobrenome
attributes-groups = Grupos
attributes-roles = Funções
attributes-name = Nome completo
attributes-wrong = No máximo { $bytes_max } bytes, sem quebras de linha.
attributes-save = Salvar os nomes
attributes-back = Voltar à conexão
