# ポータルのホーム
home-title = { $product } の設定
home-heading = 何を設定しますか？
home-heading-none = ここではまだ設定できません
home-sso = シングルサインオン
home-sso-why = ID プロバイダーでサインインできるようにします
home-domains = 認証済みドメイン
home-domains-why = 認証済みドメインのメールアドレスを持つ方だけがサインインできます。認証は { $product } が行います。お客様のドメインがない場合はお問い合わせください。
home-missing-also = リンクには次の機能も含まれています：{ $tasks }。このポータルではまだ設定できません。進め方は { $contact } にお問い合わせください。
home-missing = リンクの対象：{ $tasks }。このポータルではまだ設定できません。進め方は { $contact } にお問い合わせください。
home-sender = リンクの送信者
