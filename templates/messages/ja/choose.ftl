# メタデータ文書にある複数のプロバイダーからの選択
choose-title = ご利用の ID プロバイダーはどれですか?
choose-title-error = エラー: ご利用の ID プロバイダーはどれですか?
choose-lead =
    { $total ->
       *[other] メタデータには { $total } 個の ID プロバイダーが含まれています。
    }サインインに使うものを選択してください。
choose-legend = ID プロバイダー
choose-none = サインインに使う ID プロバイダーを選択してください。
choose-other = 一覧にない場合は、エンティティ ID を入力してください
choose-back = 戻る
choose-continue = 続ける
