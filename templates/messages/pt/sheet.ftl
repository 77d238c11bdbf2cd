# Os passos de um guia, enviados a um colega: o formulário.
sheet-open = Enviar estes passos a um colega
sheet-lead = Outra pessoa tem acesso ao console? Ela recebe por e-mail todos os passos com os seus valores, no idioma desta página. O link do portal não vai junto: salvar continua com você.
sheet-field = Endereço de e-mail do colega
sheet-send = Enviar os passos
sheet-address-wrong = Informe um endereço como nome@example.com.
sheet-too-many = Os passos já foram enviados { $count } vezes, o máximo que este link permite. Imprima esta página ou peça que encaminhem a mensagem anterior.
# A mensagem.
sheet-subject = Passos em { $provider } para { $product }
sheet-from = { $admin } pede que você prepare { $provider } para que a equipe de { $organization } possa fazer login em { $product } com ele.
sheet-from-somebody = A administração de { $organization } pede que você prepare { $provider } para que a sua equipe possa fazer login em { $product } com ele.
sheet-how = Siga estes passos no console e devolva a quem pediu o que os passos indicam. Você não precisa de acesso a { $product }.
sheet-bring = Devolva daqui:
sheet-unexpected = Não esperava esta mensagem? Pergunte antes de mudar qualquer coisa ou ignore-a.
