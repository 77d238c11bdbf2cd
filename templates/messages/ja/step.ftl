# 手順ガイドの 1 ステップ。他社コンソールの表記はその言語のまま
step-choose = 選択:
step-tick = チェック:
step-switch = 切り替え:
step-check = 確認して次へ
step-known-metadata = { $entity_id } のメタデータを読み取りました。置き換える場合は新しいデータを入力し、そうでなければ先へ進んでください。
step-known-issuer = プロバイダー { $issuer } を読み取りました。置き換える場合は値を変更し、そうでなければ先へ進んでください。
step-by-address = メタデータをアドレスで指定
step-by-document = メタデータをファイルまたはテキストで指定
step-by-hand = 手入力:エンティティ ID、アドレス、証明書
step-metadata-file = メタデータファイル
step-certificate-file = 証明書ファイル(テキストの代わり)
step-no-discovery = プロバイダーにディスカバリー文書がない場合
