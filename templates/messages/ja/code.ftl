# コードでメールアドレスを確認するページ
code-title = 確認コードを入力してください
code-sent = { $address } に 6 桁の確認コードをお送りしました。{ $minutes } 分間有効です。
code-sent-if = { $address } がこのリンクの対象のアドレスであれば、6 桁の確認コードが届きます。{ $minutes } 分間有効です。
code-field = 確認コード
code-newest = 最新のコードのみ有効です。
code-confirm = 続ける
code-nothing-came = 1 分たっても届かない場合は、迷惑メールフォルダーをご確認いただくか、コードを再送信してください。
code-again = コードを再送信する
code-again-sent = 新しいコードをお送りしました。以前のコードは無効になりました。
code-other-address = 別のメールアドレスを使う
code-syntax = 確認コードは 6 桁の数字です。
code-wrong = 最新のコードと一致しません。あと { $left } 回入力できます。
code-tried-too-often = このコードは入力できる回数を超えました。コードを再送信してください。
code-over = このコードは無効です。コードを再送信してください。
code-too-many = このリンクでの送信回数が上限に達しました。{ $minutes } 分後に再送信できます。
# コードを伝えるメール
code-mail-subject = { $code } は { $product } の確認コードです
code-mail-why = { $organization } のために { $product } を設定するリンクを開く操作がありました。確認コードは次のとおりです。
code-mail-until = コードを求めているページに入力してください。{ $until } まで有効です。新しいコードを請求した場合、このコードは無効になります。
code-mail-warning = コードは誰にも教えないでください。電話やメッセージでお尋ねすることはありません。
code-mail-unexpected = お心当たりがない場合は、このメールを無視してください。コードがなければリンクは開きません。
code-mail-questions = ご不明な点は、このメールに返信するか、{ $contact } までお問い合わせください。
