# 管理コンソールに入力する当方の値
ours-app-name = アプリ名
ours-acs-url = ACS URL
ours-sp-entity-id = SP エンティティ ID
ours-sp-metadata-url = SP メタデータ URL
ours-sp-metadata = SP メタデータ
ours-sign-in-url = サインイン URL
ours-acs-url-regex = 正規表現で表した ACS URL
ours-signing-certificate = 署名証明書
ours-client-certificate = 公開証明書
ours-redirect-uri = リダイレクト URI
ours-login-initiation-uri = ログイン開始 URI
