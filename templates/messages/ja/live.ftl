# 接続が有効になったことを知らせるメール
live-subject-admin = { $organization } のシングルサインオンが有効になりました
live-subject-team = { $organization } がシングルサインオンを設定しました
live-admin = { $product } で、{ $organization } の { $connection } によるシングルサインオンが有効になりました。
live-team = { $organization } が { $product } 用に、{ $connection } によるシングルサインオンの設定を完了しました。
live-by = 設定者：{ $admin }（{ $at }）
live-at = 設定日時：{ $at }
live-open = そこでアプリを割り当てられた方は、今からサインインできます。
live-domain-admin = まだ誰もサインインできません。組織に認証済みのドメインがないためです。メールアドレスのドメインは { $product } が認証します。ポータルでの操作はこれ以上必要ありません。
live-domain-team = まだ誰もサインインできません。組織に認証済みのドメインがないためです。メールアドレスのドメインを認証してください。
live-questions = ご不明な点は、このメールに返信するか、{ $contact } までお問い合わせください。
live-unexpected = { $organization } のどなたにも心当たりがない場合は、すぐに { $product } へお知らせください。
live-why-team = このメールは { $product } のサポート用アドレス宛てにお送りしています。
live-why-member = このメールは、{ $product } の Vestibule ダッシュボードのアカウントで受信を希望された方にお送りしています。
