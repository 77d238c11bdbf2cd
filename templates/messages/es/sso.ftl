# Pages that people see on their way through a sign-in.
sso-onward = A su página de inicio de sesión
sso-onward-go = Continuar
sso-client = Este enlace de inicio de sesión está incompleto
sso-client-why = La aplicación que le ha enviado aquí no ha dicho quién es, o no la conocemos. Vuelva a la aplicación e inténtelo de nuevo; si no funciona, deben revisarlo sus fabricantes.
sso-redirect-uri = Este inicio de sesión no puede volver a la aplicación
sso-redirect-uri-why = La dirección a la que la aplicación quiere devolverle no está registrada. Los fabricantes de la aplicación deben añadirla.
sso-refused = No se pudo iniciar la sesión
sso-refused-why = El proveedor de identidad de su organización ha respondido, pero la respuesta no se ha aceptado. Su departamento de TI encontrará el motivo en el registro de sesiones.
sso-late = Este inicio de sesión ha tardado demasiado
sso-late-why = No se terminó a tiempo, o ya estaba terminado. Vuelva a la aplicación y empiece de nuevo.
sso-unreadable = No pudimos leer esa respuesta
sso-unreadable-why = Lo que ha enviado su proveedor de identidad no es la respuesta a un inicio de sesión. Vuelva a la aplicación y empiece de nuevo.
sso-busy = Estamos ocupados un momento
sso-busy-why = Vuelva a la aplicación e inténtelo de nuevo en unos segundos.
