# 手順全体を 1 ページに
guide-link = すべての手順を 1 ページで表示
guide-title = { $provider } のすべての手順
guide-lead = 印刷用、またはコンソールにアクセスできる担当者への共有用です。値は { $organization } のものです。
guide-bring = ここから持ち帰るもの：
guide-back = 手順に戻る
