# 証明書の内容と問題点
certificate-heading = 署名証明書
certificate-valid = 有効期間
certificate-from-until = { $from }~{ $until }
certificate-key = 鍵
certificate-fingerprint = SHA-256 フィンガープリント
certificate-rsa = RSA、{ $bits } ビット
certificate-ec = EC、{ $curve }
certificate-other-key = 署名の検証に対応していない種類の鍵
certificate-not-yet = この証明書は { $from } から有効です。プロバイダーが別の証明書ですでに署名していることを確認してください。
certificate-expires-soon = この証明書は { $until } に期限が切れます(残り { $days } 日未満)。プロバイダーで更新してから、新しいメタデータを入力してください。
certificate-expired = この証明書は { $until } に期限が切れました。サインインが始まる前に、プロバイダーで更新して新しいメタデータを入力してください。
certificate-weak = 鍵が { $bits } ビットしかありません。{ $bits_min } ビット以上の鍵を使用してください。
certificate-weak-kind = この種類の鍵は、ここでは署名に使用できません。
