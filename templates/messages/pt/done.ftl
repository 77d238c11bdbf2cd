# Depois de salvar.
done-active = O login único está configurado
done-validating = Salvo, aguardando um domínio
done-saved = Salvo
done-connection = Conexão com { $provider }:
done-return = Voltar para { $product }
done-close = Você pode fechar esta página.
done-look = Ver a conexão
