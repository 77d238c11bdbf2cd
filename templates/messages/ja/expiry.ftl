# 署名証明書の期限切れを予告するメール
expiry-subject = { $days ->
   *[other] { $organization } の署名証明書はあと { $days } 日で期限切れになります
 }
expiry-subject-ended = { $organization } の署名証明書の有効期限が切れました
expiry-ends = { $organization } から { $product } へのサインインに { $connection } が署名する証明書は、{ $at } に期限切れになります。
expiry-ended = { $organization } から { $product } へのサインインに { $connection } が署名する証明書は、{ $at } に期限切れになりました。
expiry-effect = ID プロバイダーが別の証明書で署名し始めると、{ $product } がその証明書を受け取るまで誰もサインインできません。
expiry-by-metadata = ID プロバイダーで証明書を更新してください。メタデータは毎日読み込まれ、新しい証明書は自動的に取り込まれます。新しい証明書を公開してから署名に使い始めるまで、1 日以上空けてください。メタデータの読み込み元：
expiry-by-hand-admin = ID プロバイダーで証明書を更新し、新しい証明書を登録するためのリンクを { $product } にご依頼ください。プロバイダーが新しい証明書で署名し始める前に登録してください。その間は両方の証明書が有効です。
expiry-by-link = ID プロバイダーで証明書を更新し、次のリンクから新しい証明書を登録してください。プロバイダーが新しい証明書で署名し始める前に登録してください。その間は両方の証明書が有効です。
expiry-renew = 証明書を更新する
expiry-by-hand-team = 設定を行った IT 管理者、または組織の連絡先に、新しい証明書を登録するためのリンクをお送りしました。届かない場合は、証明書を更新するためのリンクを組織にお送りください。その間は両方の証明書が有効です。
expiry-questions = ご不明な点は、このメールに返信するか、{ $contact } までお問い合わせください。
expiry-why-admin = このメールは、{ $organization } のシングルサインオンを設定した方、または担当者の方にお送りしています。
expiry-why-team = このメールは { $product } のサポート用アドレス宛てにお送りしています。
expiry-why-member = このメールは、{ $product } の Vestibule ダッシュボードのアカウントで受信を希望された方にお送りしています。
expiry-ours-subject = { $organization } のサインインに使う { $product } の証明書の期限が近づいています
expiry-ours-signing = { $organization } のために { $product } が { $connection } への要求に署名する証明書は、{ $at } まで有効です。期限後の要求を拒否する ID プロバイダーもあります。
expiry-ours-encryption = { $organization } から { $product } へのサインインを { $connection } が暗号化する証明書は、{ $at } まで有効です。期限後は使わなくなる ID プロバイダーもあります。
expiry-ours-admin = 次の証明書の準備ができました。ID プロバイダーに登録するか、次の場所にあるメタデータを読み込み直させてください。
expiry-ours-switch = 登録が済んだら、次のリンクから試し、切り替えてください。
expiry-ours-team = 切り替えの時期を組織と取り決めてください。組織の ID プロバイダーが次の証明書を知っている必要があります。次の証明書はすでにメタデータに載っています。署名の証明書は、その後ダッシュボードか管理 API で切り替えるか、証明書更新のリンクで組織に切り替えてもらってください。古い暗号化の証明書は、プロバイダーが次の証明書を使い始めたら削除してください。プロバイダーは次の場所から読み込みます。
