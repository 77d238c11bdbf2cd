# Desenhos de páginas de console.
drawing-title = Desenho de uma página no { $provider }
drawing-caption = Um desenho, não uma captura de tela: o seu console pode ter outra aparência.
