# ID プロバイダーとの間のメッセージ
message-saml-request = SAML リクエスト
message-saml-response = SAML レスポンス
message-decrypted-assertion = 復号したアサーション
message-oidc-request = サインインの要求
message-oidc-callback = ポータルへの戻り
message-oidc-tokens = トークンエンドポイントの応答
message-id-token-claims = ID トークンのクレーム
message-userinfo = userinfo のクレーム
