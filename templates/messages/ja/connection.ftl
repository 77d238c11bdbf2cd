# 既存の接続のページ
connection-title = { $provider } との接続
connection-heading = { $provider } によるシングルサインオン
connection-has = { $organization } の接続：
connection-validating = { $organization } の認証済みドメインを待っています。メールアドレスのドメインの認証を { $product } に依頼してください。認証されると、接続は自動的に有効になります。
connection-unproven = まだ誰もサインインできません。{ $organization } に認証済みのドメインがないためです。メールアドレスのドメインの認証を { $product } に依頼してください。ここでの操作はこれ以上必要ありません。
connection-certificates = 確認が必要な証明書が { $count } 件あります。以下をご覧ください。
connection-details = 詳細
connection-set-up-by = 設定者
connection-begun = 設定開始
connection-changed = 最終更新
connection-attributes = 属性
connection-attributes-change = 属性名を変更する
connection-change = 変更する
connection-renewed = 証明書を更新した、またはアドレスが変わった場合：{ $link }
connection-read-again = プロバイダーのデータを読み込み直す
connection-reset = 接続をリセットする
connection-reset-why = リセットするとこの接続は削除されます。この接続ではサインインできなくなり、プロバイダーのコンソールの値も入力し直す必要があります。
connection-reset-understood = 再設定するまで誰もサインインできないことを理解しました
connection-reset-button = リセット
connection-set-up-only = このリンクでは接続を設定できますが、変更はできません。変更するには、{ $product } からポータルを開くか、リンクの送信者にお問い合わせください。
connection-test = テストサインイン
connection-test-why = 新しいタブで ID プロバイダーにサインインし、すべての確認項目を表示します。{ $product } にはサインインせず、設定も変わりません。
connection-log = セッションログ
connection-options = サインインの受け付け方
connection-is-on = はい
connection-is-off = いいえ
connection-idp-initiated = ID プロバイダーから始まるサインインを受け付ける
connection-signed-requests = こちらからの要求に署名する
connection-clock-skew = 時計のずれの許容範囲
connection-seconds = { $count ->
   *[other] { $count } 秒
}
connection-sha1 = SHA-1 の署名を受け付ける
connection-short-rsa = 2048 ビット未満の RSA 鍵を受け付ける
connection-idp-initiated-why = { $provider } のアプリ一覧からサインインを始められます。誰かのブラウザーにこのような応答を送らせることができる人は、その人を別のアカウントで { $product } にサインインさせることができます。そこから始める人がいなければ無効にしてください。
connection-idp-initiated-off = プロバイダーから始まるサインインを無効にする
connection-idp-initiated-on = プロバイダーから始まるサインインを許可する
