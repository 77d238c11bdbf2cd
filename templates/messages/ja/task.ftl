# リンクの用途(文中で使用:「…の設定」)
task-sso = シングルサインオン (SSO)
task-dsync = ディレクトリ同期
task-domain-verification = ドメイン認証
task-audit-logs = 監査ログ
task-log-streams = ログストリーム
task-certificate-renewal = 証明書の更新
