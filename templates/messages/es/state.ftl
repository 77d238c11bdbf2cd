# Lo que significa el estado de una conexión para el cliente.
state-draft = El proveedor está elegido; todavía no se ha guardado nada.
state-validating = Sus datos están guardados. La conexión se activará por sí sola en cuanto se verifique un dominio de su organización.
state-active = La conexión está activada.
state-inactive = La conexión está desactivada: nadie inicia sesión a través de ella.
