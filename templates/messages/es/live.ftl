# El mensaje que anuncia que una conexión está activa.
live-subject-admin = El inicio de sesión único para { $organization } está activado
live-subject-team = { $organization } ha configurado el inicio de sesión único
live-admin = El inicio de sesión único con { $connection } está activado para { $organization } en { $product }.
live-team = { $organization } ha terminado de configurar el inicio de sesión único con { $connection } para { $product }.
live-by = Configurado por { $admin }: { $at }.
live-at = Configurado: { $at }.
live-open = Las personas que tengan asignada la aplicación allí ya pueden iniciar sesión.
live-domain-admin = Todavía nadie puede iniciar sesión: su organización no tiene ningún dominio verificado. { $product } verifica el dominio de las direcciones de correo de su personal; en el portal no queda nada por hacer.
live-domain-team = Todavía nadie puede iniciar sesión: la organización no tiene ningún dominio verificado. Verifique el dominio de las direcciones de correo de su personal.
live-questions = ¿Tiene preguntas? Responda a este mensaje o escriba a { $contact }.
live-unexpected = ¿Nadie en { $organization } ha hecho esto? Avise entonces de inmediato a { $product }.
live-why-team = Recibe este mensaje porque esta es la dirección de asistencia de { $product }.
live-why-member = Recibe este mensaje porque lo ha solicitado en su cuenta del panel de Vestibule de { $product }.
