# すべてのページに共通する部分
frame-portal = 管理者ポータル
frame-skip = 本文へ移動
frame-sandbox = テスト環境
frame-for = { $organization } 用
frame-back = { $product } に戻る
frame-questions = ご不明な点は { $contact } までお問い合わせください。
frame-questions-sender = ご不明な点は、リンクの送信者にお問い合わせください。
frame-language = 言語
