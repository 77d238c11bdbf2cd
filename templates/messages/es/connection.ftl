# La página de una conexión existente.
connection-title = Conexión con { $provider }
connection-heading = Inicio de sesión único con { $provider }
connection-has = { $organization } tiene una conexión:
connection-validating = A la espera de un dominio verificado de { $organization }. Pida a { $product } que verifique el dominio de las direcciones de correo de su personal; la conexión se activará entonces por sí sola.
connection-unproven = Todavía nadie puede iniciar sesión: { $organization } no tiene ningún dominio verificado. Pida a { $product } que verifique el dominio de las direcciones de correo de su personal; aquí no queda nada por hacer.
connection-certificates = { $count ->
     [one] Un certificado requiere su atención; véalo más abajo.
    *[other] { $count } certificados requieren su atención; véalos más abajo.
 }
connection-details = Detalles
connection-set-up-by = Configurada por
connection-begun = Configuración iniciada
connection-changed = Última modificación
connection-attributes = Atributos
connection-attributes-change = Cambiar los nombres de los atributos
connection-change = Modificarla
connection-renewed = ¿Certificado renovado u otra dirección? { $link }.
connection-read-again = Volver a leer los datos del proveedor
connection-reset = Restablecer la conexión
connection-reset-why = Al restablecer se elimina esta conexión: ya nadie podrá iniciar sesión a través de ella y habrá que introducir de nuevo los valores en la consola de su proveedor.
connection-reset-understood = Entiendo que nadie podrá iniciar sesión hasta que se configure de nuevo
connection-reset-button = Restablecer
connection-set-up-only = Este enlace permite configurar una conexión, no modificarla. Para modificarla, abra el portal desde { $product } o pregunte a quien le envió el enlace.
connection-test = Prueba de inicio de sesión
connection-test-why = Inicia su sesión en su proveedor de identidad en una pestaña nueva y muestra todo lo que comprobamos. No se inicia sesión en { $product } y no cambia nada.
connection-log = Registro de sesiones
connection-options = Cómo se aceptan los inicios de sesión
connection-is-on = Sí
connection-is-off = No
connection-idp-initiated = Los inicios de sesión pueden comenzar en el proveedor de identidad
connection-signed-requests = Nuestras solicitudes van firmadas
connection-clock-skew = Cuánto puede diferir su reloj del nuestro
connection-seconds = { $count ->
    [one] { $count } segundo
   *[other] { $count } segundos
}
connection-sha1 = Se aceptan firmas con SHA-1
connection-short-rsa = Se aceptan claves RSA de menos de 2048 bits
connection-idp-initiated-why = Las personas pueden empezar desde su lista de aplicaciones en { $provider }. Quien logre que el navegador de alguien envíe una respuesta así puede hacerle iniciar sesión en { $product } con otra cuenta; desactívelo si nadie empieza allí.
connection-idp-initiated-off = Desactivar los inicios de sesión que comienzan en el proveedor
connection-idp-initiated-on = Permitir los inicios de sesión que comienzan en el proveedor
connection-distrust = Certificados de confianza
connection-distrust-why = Cuando { $provider } firme con el certificado siguiente, deje de confiar en el anterior.
connection-distrust-button = Dejar de confiar
connection-distrust-label = Dejar de confiar en { $subject }
