//! An admin who has no mouse.

use serde_json::json;

use crate::browser::Browser;

/// Most stops on a page: the picker has one for each provider and a few around them.
const STOPS_MAX: usize = 90;

/// What has the focus: its test id, and whether one can see that it has it.
const FOCUSED: &str = "(() => { const at = document.activeElement; const style = getComputedStyle(at); \
    return [at.dataset.testid ?? '', at === document.body || style.outlineStyle !== 'none']; })()";

/// Presses and releases a key.
async fn key(browser: &Browser, name: &str, code: u32, text: &str) {
    for kind in ["keyDown", "keyUp"] {
        let event = json!({ "type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code,
            "text": if kind == "keyDown" { text } else { "" } });
        browser.tool("Input.dispatchKeyEvent", event).await;
    }
}

/// Goes by the Tab key to what has this test id; each stop on the way must show that it has the
/// focus.
///
/// # Panics
/// When the focus never gets there, or cannot be seen somewhere.
pub async fn tab_to(browser: &Browser, test_id: &str) {
    browser.find(test_id).await;
    for _ in 0..STOPS_MAX {
        let at = browser.evaluate(FOCUSED).await;
        assert_eq!(at[1], true, "no visible focus at {at} on {}", browser.url().await);
        if at[0] == test_id {
            return;
        }
        key(browser, "Tab", 9, "").await;
    }
    panic!("the Tab key does not reach `{test_id}` on {}", browser.url().await);
}

/// Presses Enter on what has this test id and waits until its page is gone.
pub async fn enter(browser: &Browser, test_id: &str) {
    tab_to(browser, test_id).await;
    let element = browser.find(test_id).await;
    key(browser, "Enter", 13, "\r").await;
    browser.wait_until_gone(&element, test_id).await;
}

/// Pastes into a field.
pub async fn paste(browser: &Browser, field: &str, text: &str) {
    tab_to(browser, &format!("field-{field}")).await;
    browser.tool("Input.insertText", json!({ "text": text })).await;
}
