# O que acabou de acontecer.
notice-already-connected = Já existe uma conexão, portanto nada foi alterado. Uma organização tem no máximo uma conexão.
notice-stale = Isto mudou desde que você viu, talvez em outra aba. Verifique mais uma vez.
notice-still-needed = Isto ainda é necessário antes de revisar e salvar.
notice-understood = Os dados que você trouxe foram entendidos. Conclua as etapas restantes.
notice-unconfirmed = Nada foi redefinido: primeiro é preciso marcar a caixa.
notice-reset = A conexão foi redefinida. Agora você pode configurar uma nova.
notice-attributes-saved = Os nomes dos atributos foram salvos.
notice-sheet-sent = Os passos estão a caminho do seu colega.
notice-options-saved = Salvo. Vale a partir do próximo login.
notice-distrusted = O certificado não é mais confiável.
notice-signing-key-switched = A partir de agora, as solicitações são assinadas com o próximo certificado.
