# リンクを開いたときのページ
arrival-title = { $product } から { $tasks } の設定への招待が届いています
arrival-for = { $organization } のための設定です。Okta、Microsoft Entra ID、Google Workspace など、ご利用の ID プロバイダーの管理者権限が必要です。
arrival-begin = 開始する
arrival-continue = 続きから再開する
arrival-invited-by = 招待元
arrival-organization = 対象組織
arrival-works-until = リンクの有効期限
arrival-until-saved = { $until }(設定が保存されるまで)
arrival-whom-to-ask = お問い合わせ先
arrival-ask-sender = このリンクの送信者
arrival-unexpected = お心当たりがない場合は、このページを閉じてください。開始するまでは何も行われません。
