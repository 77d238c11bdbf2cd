# 保存後
done-active = シングルサインオンの設定が完了しました
done-validating = 保存済み、ドメインの認証待ちです
done-saved = 保存しました
done-connection = { $provider } との接続：
done-return = { $product } に戻る
done-close = このページを閉じてかまいません。
done-look = 接続を表示する
