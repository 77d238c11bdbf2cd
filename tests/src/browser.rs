//! Chromium, driven through chromedriver.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use thirtyfour::{By, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver, WebElement};

use crate::server::free_port;
use crate::{Folder, api, binary, wait};

/// How long a page may take on a busy machine.
const PAGE_LIMIT: Duration = Duration::from_secs(30);

/// How long chromedriver and Chromium may take to start.
const START_LIMIT: Duration = Duration::from_mins(1);

/// Flags that make Chromium quiet and the same everywhere.
const FLAGS: [&str; 10] = [
    "--window-size=1280,900",
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// Whether pages may run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// As everywhere.
    On,
    /// As an admin who turned them off.
    Off,
}

/// How a picture is taken.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Width of the viewport, in CSS pixels.
    pub width: u32,
    /// `light` or `dark`.
    pub scheme: &'static str,
}

/// The looks that every page is pictured in.
pub const LOOKS: [Look; 4] = [
    Look { width: 390, scheme: "light" },
    Look { width: 390, scheme: "dark" },
    Look { width: 1280, scheme: "light" },
    Look { width: 1280, scheme: "dark" },
];

/// What an admin had to do on our pages. Choosing a file counts as a paste: one thing brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Buttons and links pressed.
    pub clicks: u32,
    /// Values brought from the provider's console.
    pub pastes: u32,
    /// Values copied into it.
    pub copies: u32,
}

/// A browser with a profile of its own; it ends when dropped.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    process: Child,
    profile: Folder,
    tally: Mutex<Tally>,
}

impl Browser {
    /// Starts chromedriver on a free port, and Chromium through it.
    pub async fn start(scripts: Scripts) -> Self {
        // The client library builds a TLS client although the driver speaks plain http.
        let _ = api::http_client();
        let port = free_port();
        let mut chromedriver = Command::new("chromedriver");
        chromedriver.arg(format!("--port={port}")).stdin(Stdio::null());
        // A group of its own, with Chromium in it, so that both can be ended together.
        chromedriver.process_group(0);
        let process = chromedriver.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let profile = Folder::new("chromium");
        let mut capabilities = DesiredCapabilities::chrome();
        for flag in FLAGS {
            capabilities.add_arg(flag).unwrap();
        }
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display())).unwrap();
        if scripts == Scripts::Off {
            let blocked = json!({ "profile.managed_default_content_settings.javascript": 2 });
            capabilities.add_experimental_option("prefs", blocked).unwrap();
        }
        let address = format!("http://127.0.0.1:{port}");
        let connect = || async { WebDriver::new(&address, capabilities.clone()).await.ok() };
        let driver = wait::until("Chromium", START_LIMIT, connect).await;
        Self { driver, process, profile, tally: Mutex::default() }
    }

    /// What was clicked, pasted and copied so far.
    pub fn tally(&self) -> Tally {
        *self.tally.lock().unwrap()
    }

    fn count(&self, what: impl FnOnce(&mut Tally)) {
        what(&mut self.tally.lock().unwrap());
    }

    /// Calls a method of the Chrome `DevTools` protocol.
    pub async fn tool(&self, method: &str, parameters: Value) -> Value {
        let answer = self.driver.cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Runs an expression in the page, whatever its policy for scripts says, and waits for what it
    /// promises.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.tool("Runtime.evaluate", asked).await;
        assert!(answer["exceptionDetails"].is_null(), "{}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// The page's address.
    pub async fn url(&self) -> String {
        self.driver.current_url().await.unwrap().to_string()
    }

    /// The page's source.
    pub async fn source(&self) -> String {
        self.driver.source().await.unwrap()
    }

    /// Whether something with a test id is on the page.
    pub async fn has(&self, test_id: &str) -> bool {
        !self.driver.find_all(by(test_id)).await.unwrap().is_empty()
    }

    /// Waits for what has this test id.
    pub async fn find(&self, test_id: &str) -> WebElement {
        let start = std::time::Instant::now();
        loop {
            if let Ok(element) = self.driver.find(by(test_id)).await {
                return element;
            }
            let in_time = start.elapsed() < PAGE_LIMIT;
            assert!(in_time, "no `{test_id}` on {}:\n{}", self.url().await, self.source().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits for the first of several test ids to be there.
    pub async fn first_of(&self, test_ids: &[&str]) -> String {
        let start = std::time::Instant::now();
        loop {
            for test_id in test_ids {
                if self.has(test_id).await {
                    return (*test_id).to_owned();
                }
            }
            let in_time = start.elapsed() < PAGE_LIMIT;
            assert!(in_time, "none of {test_ids:?} on {}:\n{}", self.url().await, self.source().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Presses what has this test id, and waits until its page is gone.
    pub async fn press(&self, test_id: &str) {
        let element = self.find(test_id).await;
        element.scroll_into_view().await.unwrap_or_default();
        element.click().await.unwrap();
        self.count(|tally| tally.clicks += 1);
        self.wait_until_gone(&element, test_id).await;
    }

    /// Waits until the page with this element is gone.
    pub async fn wait_until_gone(&self, element: &WebElement, test_id: &str) {
        let is_gone =
            || async { element.is_present().await.map_or(Some(()), |there| (!there).then_some(())) };
        wait::until(&format!("the page after `{test_id}`"), PAGE_LIMIT, is_gone).await;
    }

    /// Presses a button that copies a value; without JavaScript there is none to press.
    pub async fn copy(&self, key: &str) {
        self.find(&format!("copy-{key}")).await.click().await.unwrap();
        self.count(|tally| tally.copies += 1);
    }

    /// Pastes into a field, in place of what is there.
    pub async fn fill(&self, key: &str, text: &str) {
        self.type_into(key, text).await;
        self.count(|tally| tally.pastes += 1);
    }

    /// Types into a field what is read elsewhere, as a code in a message.
    pub async fn type_into(&self, key: &str, text: &str) {
        let field = self.find(&format!("field-{key}")).await;
        self.reveal(&field).await;
        field.clear().await.unwrap();
        field.click().await.unwrap();
        // As a paste does it: at once, however long the text is.
        self.driver.cdp().send_raw("Input.insertText", json!({ "text": text })).await.unwrap();
    }

    /// Chooses a file in a field.
    pub async fn choose_file(&self, key: &str, name: &str, bytes: &[u8]) {
        let path = self.profile.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let field = self.find(&format!("field-{key}")).await;
        self.reveal(&field).await;
        field.send_keys(path.display().to_string()).await.unwrap();
        self.count(|tally| tally.pastes += 1);
    }

    /// Follows a link that is seen, by its address.
    ///
    /// With the mouse itself: the driver refuses all that is in a closed `details`, also where the
    /// list of steps is shown beside the step without being opened.
    pub async fn follow(&self, href: &str) {
        let selector = format!("a[href='{href}']");
        let link = self.driver.find(By::Css(selector.as_str())).await.unwrap();
        let place = format!(
            "(() => {{ const at = document.querySelector(\"{selector}\"); at.scrollIntoView({{ block: 'center' }}); \
             const box = at.getBoundingClientRect(); \
             return [at.checkVisibility(), box.x + box.width / 2, box.y + box.height / 2]; }})()"
        );
        let place = self.evaluate(&place).await;
        assert_eq!(place[0], true, "{href} is not seen on {}", self.url().await);
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": place[1], "y": place[2], "button": "left", "clickCount": 1 });
            self.tool("Input.dispatchMouseEvent", event).await;
        }
        self.count(|tally| tally.clicks += 1);
        self.wait_until_gone(&link, href).await;
    }

    /// The keys of the values that the page offers to copy.
    pub async fn copies(&self) -> Vec<String> {
        let script = "[...document.querySelectorAll('[data-testid^=\"copy-\"]')]\
            .map(at => at.dataset.testid.slice('copy-'.length))";
        let keys = self.evaluate(script).await;
        keys.as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect()
    }

    /// Opens or closes what this summary belongs to.
    pub async fn unfold(&self, test_id: &str) {
        self.find(test_id).await.click().await.unwrap();
        self.count(|tally| tally.clicks += 1);
    }

    /// Opens the `details` around an element the way a person does: by a click on the summary.
    async fn reveal(&self, element: &WebElement) {
        let closed = By::XPath("ancestor::details[not(@open)]/summary");
        for summary in element.find_all(closed).await.unwrap_or_default() {
            summary.click().await.unwrap();
            self.count(|tally| tally.clicks += 1);
        }
    }

    /// An attribute of what has this test id.
    pub async fn attribute(&self, test_id: &str, name: &str) -> String {
        self.find(test_id).await.attr(name).await.unwrap().unwrap_or_default()
    }

    /// The text of what has this test id.
    pub async fn text(&self, test_id: &str) -> String {
        self.find(test_id).await.text().await.unwrap()
    }

    /// Shows the page in a look, until [`Browser::plain`].
    pub async fn dress(&self, Look { width, scheme }: Look) {
        // Still: what moves would be measured and pictured half-way.
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.tool("Emulation.setEmulatedMedia", media).await;
        let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.tool("Emulation.setDeviceMetricsOverride", size).await;
        // A bar would take its width from a page that is pictured whole.
        self.tool("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
    }

    /// Shows the page as the browser does by itself.
    pub async fn plain(&self) {
        self.tool("Emulation.setEmulatedMedia", json!({ "features": [] })).await;
        self.tool("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.tool("Emulation.setScrollbarsHidden", json!({ "hidden": false })).await;
    }

    /// Pictures of the page in every look, below `target/screenshots/`, for people to look at.
    pub async fn picture(&self, name: &str) {
        self.picture_into(&screenshots(), name).await;
    }

    /// Pictures of the page in every look, in a folder.
    pub async fn picture_into(&self, folder: &Path, name: &str) {
        std::fs::create_dir_all(folder).unwrap();
        for look in LOOKS {
            self.dress(look).await;
            let whole = json!({ "format": "png", "captureBeyondViewport": true });
            let picture = self.tool("Page.captureScreenshot", whole).await;
            let bytes = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
            let Look { width, scheme } = look;
            std::fs::write(folder.join(format!("{name}-{width}-{scheme}.png")), bytes).unwrap();
        }
        self.plain().await;
    }

    /// How far the page is wider than its viewport of this width, in CSS pixels.
    pub async fn overflow(&self, width: u32) -> i64 {
        let tools = self.driver.cdp();
        let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        tools.send_raw("Emulation.setDeviceMetricsOverride", size).await.unwrap();
        let metrics = tools.send_raw("Page.getLayoutMetrics", json!({})).await.unwrap();
        tools.send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await.unwrap();
        metrics["cssContentSize"]["width"].as_i64().unwrap_or_default() - i64::from(width)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.process.wait();
    }
}

fn by(test_id: &str) -> By {
    By::Css(format!("[data-testid='{test_id}']"))
}

/// Where pictures go.
pub fn screenshots() -> PathBuf {
    Path::new(&binary::target()).join("screenshots")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{HttpServer, Reply};

    const PAGE: &str = "<!doctype html><p data-testid=static>there</p><a data-testid=next href='/2'>on</a>\
        <script>document.querySelector('p').textContent = 'scripted'</script>";

    #[tokio::test(flavor = "multi_thread")]
    async fn scripts_run_only_where_they_are_on() {
        let server = HttpServer::start(|_| Reply::Full(200, "text/html", PAGE.as_bytes().to_vec())).await;
        for (scripts, wanted) in [(Scripts::On, "scripted"), (Scripts::Off, "there")] {
            let browser = Browser::start(scripts).await;
            browser.open(&server.url("/")).await;
            assert_eq!(browser.text("static").await, wanted);
            browser.press("next").await;
            assert_eq!(browser.url().await, server.url("/2"));
            assert!(browser.overflow(390).await <= 0);
        }
    }
}
