# O que os formulários têm em comum.
form-errors = { $count ->
     [one] Um ponto precisa da sua atenção
    *[other] { $count } pontos precisam da sua atenção
 }
form-error-title = Erro: { $title }
form-optional = (opcional)
form-found-at = Encontra-se em: { $place }
form-kept = Mantido de antes e não exibido novamente. Deixe vazio para mantê-lo ou digite para substituí-lo.
form-example = Por exemplo { $example }
form-copy = Copiar
form-copied = Copiado
form-copy-by-hand = Selecione
form-back = Voltar
form-drop = ou solte aqui
form-checking = Verificando…
form-fetching = Buscando…
form-copy-label = Copiar { $label }
