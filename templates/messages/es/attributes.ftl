# Qué atributo rellena cada campo.
attributes-title = Atributos de { $provider }
attributes-lead = Cuando alguien inicia sesión, { $provider } envía atributos sobre esa persona. Aquí se indica qué atributo rellena cada campo de { $product }. Cambie un nombre solo si su consola envía otro.
attributes-fold = Nombres de atributos: figuran los habituales de { $provider }
attributes-empty = Un campo vacío se rellena con el atributo del nombre habitual, si llega.
attributes-usual = el habitual
attributes-none = no se utiliza
attributes-custom-note = Si el campo queda vacío, el atributo no se utiliza.
attributes-idp-id = Identificador de la persona
attributes-email = Dirección de correo
attributes-first-name = Nombre
attributes-last-name = Apellidos
attributes-groups = Grupos
attributes-roles = Roles
attributes-name = Nombre completo
attributes-wrong = Como máximo { $bytes_max } bytes, sin saltos de línea.
attributes-save = Guardar los nombres
attributes-back = Volver a la conexión
