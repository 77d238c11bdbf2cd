# 直前に起きたこと
notice-already-connected = 接続はすでに存在するため、変更は行われていません。1 つの組織が持てる接続は 1 つだけです。
notice-stale = 表示後に、別のタブなどで内容が変更されました。もう一度ご確認ください。
notice-still-needed = 確認と保存の前に、この入力が必要です。
notice-understood = 入力内容を読み取りました。残りの手順を完了してください。
notice-unconfirmed = リセットは行われていません。先にチェックボックスをオンにしてください。
notice-reset = 接続はリセットされました。新しい接続を設定できます。
notice-attributes-saved = 属性名を保存しました。
notice-sheet-sent = 手順を同僚に送信しました。
notice-options-saved = 保存しました。次回のサインインから有効になります。
notice-distrusted = この証明書は信頼されなくなりました。
notice-signing-key-switched = これからは、リクエストに次の証明書で署名します。
