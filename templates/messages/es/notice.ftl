# Lo que acaba de ocurrir.
notice-already-connected = Ya existe una conexión, así que no se cambió nada. Una organización tiene como máximo una conexión.
notice-stale = Esto ha cambiado desde que lo vio, quizá en otra pestaña. Compruébelo una vez más.
notice-still-needed = Esto todavía hace falta antes de poder revisar y guardar.
notice-understood = Se han entendido los datos que aportó. Complete los pasos que faltan.
notice-unconfirmed = No se restableció nada: primero hay que marcar la casilla.
notice-reset = La conexión se restableció. Ahora puede configurar una nueva.
notice-attributes-saved = Los nombres de los atributos se han guardado.
notice-sheet-sent = Los pasos están en camino.
notice-options-saved = Guardado. Se aplica a partir del próximo inicio de sesión.
notice-distrusted = El certificado ya no es de confianza.
notice-signing-key-switched = A partir de ahora, las solicitudes se firman con el certificado siguiente.
