# 保存する前の、読み取った内容
review-title = 確認と保存
review-title-error = エラー: 確認と保存
review-heading = ご利用の { $provider } で間違いありませんか?
review-lead = 読み取った内容は次のとおりです。保存すると、{ $organization } のシングルサインオン (SSO) が有効になります。
review-lead-replaces = 読み取った内容は次のとおりです。保存すると、現在の接続の内容が置き換えられます。
review-understood = 読み取った内容
review-change = 変更する
review-save = 保存して有効にする
review-email = メールアドレス
review-email-note = 問い合わせ先がわかるように、接続とともに保存されます。
# 選択したものとは別のプロバイダー
review-other = { $picked } を選択されましたが、{ $found } のようです
review-other-why = どちらでもサインインできる場合があります。{ $found } に切り替えると、ヒント、属性名、更新手順が実際の環境に合ったものになります。入力した内容は失われません。
review-other-switch = { $found } に切り替える
# 注意: このまま保存することもできます
review-cautions =
    { $count ->
       *[other] { $count } 件の項目をご確認ください
    }
review-cautions-why = このまま保存することもできます。
review-http = https:// で始まらないアドレスがあります。入力内容が通信の途中で読み取られるおそれがあります: { $address }
review-sha1 = メタデータの署名は SHA-1 のみです。SHA-1 はサインイン時に受け付けられません。プロバイダーで SHA-256 を選択してください。
review-same = エンティティ ID とサインインアドレスが同じです。これはまれなことです。同じ値を 2 回貼り付けていないかご確認ください。
review-out-of-date = メタデータの有効期限が切れています。プロバイダーで新しいものが提供されている場合は、ダウンロードし直してください。
review-preview-mixed = プレビュー環境と本番環境が混在しています。「{ $preview }」はプレビューですが、「{ $production }」は違います。すべての値を同じコンソールから取得してください。
review-preview = 「{ $host }」はプロバイダーのプレビュー環境ですが、これは本番環境の設定です。本当にそこでサインインするかご確認ください。
review-unusual = 「{ $label }」は { $product } としては一般的でない値です: { $value }
review-unusual-example = 「{ $label }」は { $product } としては一般的でない値です: { $value }。通常は { $example } のような値です。
# 項目
review-entity-id = エンティティ ID
review-sign-in = サインインアドレス
review-sign-in-redirect = サインインアドレス(リダイレクト)
review-sign-in-post = サインインアドレス (POST)
review-sign-out-redirect = サインアウトアドレス(リダイレクト)
review-sign-out-post = サインアウトアドレス (POST)
review-metadata-from = メタデータの取得元
review-issuer = 発行者 (issuer)
review-client-id = クライアント ID
review-client-secret = クライアントシークレット
review-secret-kept = 暗号化して保存済み(再表示されません)
review-secret-none = なし
review-token = トークンのアドレス
review-key-set = 鍵セット
review-userinfo = UserInfo のアドレス
review-methods = 双方が対応する認証方式
review-discovery-from = ディスカバリーの取得元
review-test-why = テストでは、ここに表示されている内容を使って、新しいタブで ID プロバイダーにサインインします。何も保存されず、アプリには誰もサインインしません。
