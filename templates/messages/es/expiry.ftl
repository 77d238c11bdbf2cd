# El mensaje que avisa de que caduca un certificado de firma.
expiry-subject = { $days ->
    [one] El certificado de firma de { $organization } caduca en un día
   *[other] El certificado de firma de { $organization } caduca en { $days } días
 }
expiry-subject-ended = El certificado de firma de { $organization } ha caducado
expiry-ends = El certificado con el que { $connection } firma los inicios de sesión de { $organization } en { $product } caduca en esta fecha: { $at }.
expiry-ended = El certificado con el que { $connection } firma los inicios de sesión de { $organization } en { $product } caducó en esta fecha: { $at }.
expiry-effect = En cuanto el proveedor de identidad firme con otro certificado, nadie podrá iniciar sesión hasta que { $product } lo conozca.
expiry-by-metadata = Haga renovar el certificado en el proveedor de identidad. Sus metadatos se leen cada día: un certificado nuevo se adopta desde allí automáticamente. Deje pasar un día entre la publicación del certificado nuevo y su uso para firmar. Los metadatos se leen aquí:
expiry-by-hand-admin = Renueve el certificado en su proveedor de identidad y pida a { $product } un enlace para aportar el nuevo. Hágalo antes de que el proveedor firme con él: entretanto se aceptan ambos.
expiry-by-link = Renueve el certificado en su proveedor de identidad y aporte el nuevo mediante el enlace siguiente. Hágalo antes de que el proveedor firme con él: entretanto se aceptan ambos.
expiry-renew = Renovar el certificado
expiry-by-hand-team = Quien configuró el inicio de sesión, o en su defecto los contactos de la organización, han recibido un enlace para aportar el nuevo. Si no llega a nadie, envíe a la organización un enlace para renovar su certificado. Entretanto se aceptan ambos.
expiry-questions = ¿Tiene preguntas? Responda a este mensaje o escriba a { $contact }.
expiry-why-admin = Recibe este mensaje porque configuró el inicio de sesión único para { $organization } o es uno de sus contactos.
expiry-why-team = Recibe este mensaje porque esta es la dirección de asistencia de { $product }.
expiry-why-member = Recibe este mensaje porque lo ha solicitado en su cuenta del panel de Vestibule de { $product }.
expiry-ours-subject = Un certificado de { $product } para los inicios de sesión de { $organization } caduca pronto
expiry-ours-signing = El certificado con el que { $product } firma sus solicitudes a { $connection } para { $organization } es válido hasta el { $at }. Algunos proveedores de identidad rechazan las solicitudes después.
expiry-ours-encryption = El certificado con el que { $connection } cifra los inicios de sesión de { $organization } en { $product } es válido hasta el { $at }. Algunos proveedores de identidad dejan de usarlo después.
expiry-ours-admin = El certificado siguiente está listo. Introdúzcalo en su proveedor de identidad o haga que este vuelva a leer nuestros metadatos:
expiry-ours-switch = Cuando esté allí, pruébelo y cambie a él mediante este enlace:
expiry-ours-team = Acuerde con la organización cuándo cambiarlo: su proveedor de identidad debe conocer el certificado siguiente, que ya figura en nuestros metadatos. Después, si es de firma, haga el cambio en el panel o mediante la API de administración, o deje que lo haga la organización con un enlace para renovar su certificado; si es de cifrado, elimine el antiguo cuando el proveedor use el siguiente. El proveedor los lee aquí:
