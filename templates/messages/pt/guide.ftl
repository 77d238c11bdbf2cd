# Todos os passos de um guia em uma página.
guide-link = Todos os passos em uma página
guide-title = Todos os passos para { $provider }
guide-lead = Para imprimir, ou para a pessoa que tem acesso ao console. Os valores são os de { $organization }.
guide-bring = Traga daqui:
guide-back = Voltar ao passo
