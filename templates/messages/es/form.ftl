# Lo que los formularios tienen en común.
form-errors = { $count ->
     [one] Hay un punto que requiere su atención
    *[other] Hay { $count } puntos que requieren su atención
 }
form-error-title = Error: { $title }
form-optional = (opcional)
form-found-at = Se encuentra en: { $place }
form-kept = Se conserva de antes y no se vuelve a mostrar. Déjelo vacío para conservarlo o escriba para reemplazarlo.
form-example = Por ejemplo { $example }
form-copy = Copiar
form-copied = Copiado
form-copy-by-hand = Selecciónelo
form-back = Atrás
form-drop = o suéltelo aquí
form-checking = Comprobando…
form-fetching = Obteniendo…
form-copy-label = Copiar { $label }
