# Lo que rodea cada página.
frame-portal = Portal de administración
frame-skip = Ir al contenido
frame-sandbox = Entorno de pruebas
frame-for = para { $organization }
frame-back = Volver a { $product }
frame-questions = ¿Tiene preguntas? Escriba a { $contact }.
frame-questions-sender = ¿Tiene preguntas? Consulte a la persona que le envió el enlace.
frame-language = Idioma
