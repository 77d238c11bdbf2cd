# コンソール画面の図
drawing-title = { $provider } の画面の図
drawing-caption = スクリーンショットではなく図です。実際のコンソールとは表示が異なる場合があります。
