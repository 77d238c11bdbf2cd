# La página de llegada de un enlace.
arrival-title = { $product } le invita a configurar { $tasks }
arrival-for = Es para { $organization }. Necesitará permisos de administración en su proveedor de identidad, como Okta, Microsoft Entra ID o Google Workspace.
arrival-begin = Empezar
arrival-continue = Continuar donde lo dejó
arrival-invited-by = Invitación de
arrival-organization = Para
arrival-works-until = Este enlace funciona hasta
arrival-until-saved = { $until }, y hasta que se guarde la configuración
arrival-whom-to-ask = A quién preguntar
arrival-ask-sender = a la persona que le envió este enlace
arrival-unexpected = ¿No esperaba esto? Cierre la página: no ocurre nada hasta que usted empiece.
