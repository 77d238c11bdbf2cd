# O que envolve cada página.
frame-portal = Portal de administração
frame-skip = Ir para o conteúdo
frame-sandbox = Ambiente de testes
frame-for = para { $organization }
frame-back = Voltar para { $product }
frame-questions = Dúvidas? Escreva para { $contact }.
frame-questions-sender = Dúvidas? Fale com quem lhe enviou o link.
frame-language = Idioma
