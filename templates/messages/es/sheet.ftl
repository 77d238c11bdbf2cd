# Los pasos de una guía, enviados a otra persona: el formulario.
sheet-open = Enviar estos pasos a otra persona del equipo
sheet-lead = ¿Otra persona tiene acceso a la consola? Recibirá por correo todos los pasos con sus valores, en el idioma de esta página. El enlace al portal no se incluye: guardar le corresponde a usted.
sheet-field = Dirección de correo de esa persona
sheet-send = Enviar los pasos
sheet-address-wrong = Introduzca una dirección como nombre@example.com.
sheet-too-many = Los pasos ya se han enviado { $count } veces, el máximo que permite este enlace. Imprima esta página o pida que reenvíen el mensaje anterior.
# El mensaje.
sheet-subject = Pasos en { $provider } para { $product }
sheet-from = { $admin } le pide que prepare { $provider } para que el personal de { $organization } pueda iniciar sesión con él en { $product }.
sheet-from-somebody = La administración de { $organization } le pide que prepare { $provider } para que su personal pueda iniciar sesión con él en { $product }.
sheet-how = Siga estos pasos en la consola y entregue a quien se lo pidió lo que indican los pasos. No necesita acceso a { $product }.
sheet-bring = Entregue de aquí:
sheet-unexpected = ¿No esperaba este mensaje? Pregunte antes de cambiar nada, o ignórelo.
