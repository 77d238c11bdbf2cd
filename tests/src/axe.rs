//! axe-core over the page that a browser shows.

use std::fmt::Write as _;
use std::sync::OnceLock;

use serde_json::Value;

use crate::browser::{Browser, Look};
use crate::sdk;

/// The looks in which every page must be without fault.
pub const LOOKS: [Look; 6] = [
    Look { width: 390, scheme: "light" },
    Look { width: 390, scheme: "dark" },
    Look { width: 768, scheme: "light" },
    Look { width: 768, scheme: "dark" },
    Look { width: 1280, scheme: "light" },
    Look { width: 1280, scheme: "dark" },
];

/// WCAG 2.0 to 2.2, levels A and AA, and axe's best practices; what it cannot decide is left out.
const RUN: &str = "axe.run(document, { \
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], \
    resultTypes: ['violations'] }).then(found => ({ passes: found.passes.length, \
    violations: found.violations.map(rule => ({ id: rule.id, help: rule.help, \
    nodes: rule.nodes.map(node => node.html + ' — ' + node.failureSummary) })) }))";

/// What axe finds wrong with the page in every look: one line for each, none when all is well.
///
/// # Panics
/// When axe checked nothing, as on a blank page.
pub async fn faults(browser: &Browser, page: &str) -> Vec<String> {
    // The value of the script itself is of no use and large.
    browser.evaluate(&format!("{}; 0", script())).await;
    let mut faults = Vec::new();
    for look in LOOKS {
        browser.dress(look).await;
        let found = browser.evaluate(RUN).await;
        assert!(found["passes"].as_u64() > Some(0), "axe checked nothing on {page}: {found}");
        for rule in found["violations"].as_array().unwrap() {
            faults.push(fault(page, look, rule));
        }
    }
    browser.plain().await;
    faults
}

fn fault(page: &str, look: Look, rule: &Value) -> String {
    let mut line = format!("{page} at {} {}: {} ({})", look.width, look.scheme, rule["id"], rule["help"]);
    for node in rule["nodes"].as_array().unwrap() {
        write!(line, "\n    {}", node.as_str().unwrap()).unwrap();
    }
    line
}

/// The script, from the package that `tests/node/package.json` pins.
fn script() -> &'static str {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let file = sdk::node_modules().join("axe-core/axe.min.js");
        std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::Scripts;
    use crate::http::{HttpServer, Reply};

    const FAULTY: &str = "<!doctype html><html lang=en><title>t</title><main><h1>h</h1>\
        <img src=data:,><p style='color:#999;background:#fff'>pale</p></main>";

    #[tokio::test(flavor = "multi_thread")]
    async fn faults_are_found_where_they_are() {
        let page = |_| Reply::Full(200, "text/html", FAULTY.as_bytes().to_vec());
        let server = HttpServer::start(page).await;
        let browser = Browser::start(Scripts::On).await;
        browser.open(&server.url("/")).await;
        let faults = faults(&browser, "faulty").await;
        assert_eq!(faults.len(), 2 * LOOKS.len(), "{faults:#?}");
        assert!(faults.iter().any(|fault| fault.contains("image-alt")));
        assert!(faults.iter().any(|fault| fault.contains("color-contrast")));
    }
}
