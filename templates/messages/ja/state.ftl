# 接続の状態がお客様にとって意味すること
state-draft = プロバイダーは選択済みです。まだ何も保存されていません。
state-validating = データは保存されました。組織のドメインのいずれかが認証されると、接続は自動的に有効になります。
state-active = 接続は有効です。
state-inactive = 接続は無効です。この接続を使ってサインインすることはできません。
state-word-none = 未設定
state-word-draft = 設定中
state-word-validating = ドメインの認証待ち
state-word-active = 有効
state-word-inactive = 無効
state-word-verified = 認証済み
state-word-unverified = 未認証
