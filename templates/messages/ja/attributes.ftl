# 属性と項目の対応
attributes-title = { $provider } の属性
attributes-lead = サインイン時に、{ $provider } は利用者の属性を送信します。ここでは、どの属性が { $product } のどの項目に入るかを示します。コンソールが別の名前を送信する場合のみ変更してください。
attributes-fold = 属性名：{ $provider } の標準の名前が入力済みです
attributes-empty = 空欄の項目には、標準の名前の属性が送信された場合にその値が入ります。
attributes-usual = 標準どおり
attributes-none = 使用しない
attributes-custom-note = 空欄の場合、この属性は使用されません。
attributes-idp-id = 利用者の ID
attributes-email = メールアドレス
attributes-first-name = 名
attributes-last-name = 姓
attributes-groups = グループ
attributes-roles = ロール
attributes-name = 氏名
attributes-wrong = 改行を含めず、{ $bytes_max } バイト以内で入力してください。
attributes-save = 名前を保存する
attributes-back = 接続に戻る
