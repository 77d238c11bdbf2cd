# Drawn pictures of console pages.
drawing-title = Drawing of a page in { $provider }
drawing-caption = A drawing, not a screenshot: your console may look different.
