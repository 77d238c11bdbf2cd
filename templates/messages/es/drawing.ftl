# Dibujos de páginas de consola.
drawing-title = Dibujo de una página de { $provider }
drawing-caption = Es un dibujo, no una captura de pantalla: su consola puede verse distinta.
