# フォームに共通する部分
form-errors = 確認が必要な項目が { $count } 件あります
form-error-title = エラー:{ $title }
form-optional = (任意)
form-found-at = 表示場所:{ $place }
form-kept = 以前の値が保持されており、再表示されません。保持する場合は空のまま、置き換える場合は入力してください。
form-example = 例:{ $example }
form-copy = コピー
form-copied = コピーしました
form-copy-by-hand = 選択してください
form-back = 戻る
form-drop = またはここにドロップ
form-checking = 確認しています…
form-fetching = 取得しています…
form-copy-label = { $label } をコピー
