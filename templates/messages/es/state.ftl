# Lo que significa el estado de una conexión para el cliente.
state-draft = El proveedor está elegido; todavía no se ha guardado nada.
state-validating = Sus datos están guardados. La conexión se activará por sí sola en cuanto se verifique un dominio de su organización.
state-active = La conexión está activada.
state-inactive = La conexión está desactivada: nadie inicia sesión a través de ella.
state-word-none = sin configurar
state-word-draft = iniciada
state-word-validating = a la espera de un dominio
state-word-active = activa
state-word-inactive = desactivada
state-word-verified = verificado
state-word-unverified = sin verificar
