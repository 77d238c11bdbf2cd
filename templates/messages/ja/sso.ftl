# Pages that people see on their way through a sign-in.
sso-onward = サインインページへ進みます
sso-onward-go = 続ける
sso-client = このサインインのリンクは不完全です
sso-client-why = アプリからの情報が足りないか、登録されていないアプリです。アプリに戻ってもう一度お試しください。解決しない場合は、アプリの提供元による確認が必要です。
sso-redirect-uri = アプリに戻ることができません
sso-redirect-uri-why = アプリが指定した戻り先のアドレスが登録されていません。アプリの提供元による登録が必要です。
sso-refused = サインインできませんでした
sso-refused-why = 所属組織の ID プロバイダーから応答がありましたが、受け付けられませんでした。理由は、IT 部門がセッションログで確認できます。
sso-late = サインインに時間がかかりすぎました
sso-late-why = 時間内に完了しなかったか、すでに完了しています。アプリに戻って最初からやり直してください。
sso-unreadable = 応答を読み取れませんでした
sso-unreadable-why = ID プロバイダーから送られたものは、サインインの応答ではありません。アプリに戻って最初からやり直してください。
sso-busy = ただいま混み合っています
sso-busy-why = アプリに戻り、数秒後にもう一度お試しください。
