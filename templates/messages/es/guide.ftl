# Todos los pasos de una guía en una página.
guide-link = Todos los pasos en una página
guide-title = Todos los pasos para { $provider }
guide-lead = Para imprimir, o para la persona que tiene acceso a la consola. Los valores son los de { $organization }.
guide-bring = Traiga de aquí:
guide-back = Volver al paso
