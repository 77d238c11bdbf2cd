# El inicio de una visita.
home-title = Configuración para { $product }
home-heading = ¿Qué desea configurar?
home-heading-none = Esto todavía no se puede configurar aquí
home-sso = Inicio de sesión único
home-sso-why = Su personal inicia sesión con su proveedor de identidad
home-domains = Dominio verificado
home-domains-why = Solo pueden iniciar sesión las personas con una dirección de correo en un dominio verificado. { $product } lo verifica; pregunte allí si falta el suyo.
home-missing-also = Su enlace también menciona: { $tasks }. Eso todavía no se puede configurar en este portal; escriba a { $contact } para saber cómo continuar.
home-missing = Su enlace es para: { $tasks }. Eso todavía no se puede configurar en este portal; escriba a { $contact } para saber cómo continuar.
home-sender = quien le envió el enlace
