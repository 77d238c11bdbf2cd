# 手順を同僚に送る：フォーム
sheet-open = この手順を同僚に送る
sheet-lead = コンソールを別の担当者が管理していますか。すべての手順とお客様の値を、このページの言語でメールでお送りします。ポータルへのリンクは含まれません。保存はお客様ご自身で行ってください。
sheet-field = 同僚のメールアドレス
sheet-send = 手順を送る
sheet-address-wrong = name@example.com のようなアドレスを入力してください。
sheet-too-many = 手順はすでに { $count } 回送信されており、このリンクの上限に達しています。このページを印刷するか、以前のメールを転送してもらってください。
# メール
sheet-subject = { $product } のための { $provider } での手順
sheet-from = { $organization } の皆様が { $product } にサインインできるよう、{ $admin } が { $provider } の準備をお願いしています。
sheet-from-somebody = 組織の皆様が { $product } にサインインできるよう、{ $organization } の管理者が { $provider } の準備をお願いしています。
sheet-how = コンソールで以下の手順を行い、手順に書かれている情報を依頼者にお渡しください。{ $product } へのアクセス権は不要です。
sheet-bring = ここから渡すもの：
sheet-unexpected = お心当たりがない場合は、変更する前に依頼者に確認するか、このメールを無視してください。
