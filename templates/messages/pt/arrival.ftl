# A página de chegada de um link.
arrival-title = { $product } convida você a configurar { $tasks }
arrival-for = É para { $organization }. Você precisará de direitos de administrador no seu provedor de identidade, como Okta, Microsoft Entra ID ou Google Workspace.
arrival-begin = Começar
arrival-continue = Continuar de onde você parou
arrival-invited-by = Convite de
arrival-organization = Para
arrival-works-until = Este link funciona até
arrival-until-saved = { $until }, e até que a configuração seja salva
arrival-whom-to-ask = A quem perguntar
arrival-ask-sender = a quem lhe enviou este link
arrival-unexpected = Não esperava por isto? Feche a página: nada acontece até você começar.
