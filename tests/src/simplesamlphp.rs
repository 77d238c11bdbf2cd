//! Debian's SimpleSAMLphp as an identity provider, served by PHP itself: `tests/php`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use url::Url;

use crate::server::free_port;
use crate::{Api, Folder, sdk, wait};

/// How long the start may take on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(30);

/// The running provider; everybody who comes there is Jane.
#[derive(Debug)]
pub struct SimpleSamlPhp {
    child: Child,
    folder: Folder,
    base: String,
}

impl SimpleSamlPhp {
    /// Starts one that knows no service provider yet.
    pub async fn start() -> Self {
        let folder = Folder::new("simplesamlphp");
        let source = sdk::source("php");
        let made = Command::new("php").arg(source.join("make_keys.php")).arg(folder.path()).status();
        assert!(made.unwrap().success(), "no keys");
        fs::write(folder.path().join("sp.xml"), NOBODY).unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let base = format!("http://{address}");
        let mut php = Command::new("php");
        php.args(["-S", &address, "-t"]).arg(program().join("www"));
        php.env("SIMPLESAMLPHP_CONFIG_DIR", source).env("TEST_FOLDER", folder.path()).env("TEST_BASE", &base);
        php.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let provider = Self { child: php.spawn().unwrap(), folder, base };
        let client = Api::new(&provider.base, None);
        let path = provider.metadata_url().replace(&provider.base, "");
        let look = || async { client.try_send(reqwest::Method::GET, &path, &[], None).await.ok() };
        let metadata = wait::until("SimpleSAMLphp", START_LIMIT, look).await;
        assert_eq!(metadata.status, 200, "{}", metadata.text());
        provider
    }

    /// `127.0.0.1:port`, as an allow-list takes it.
    pub fn authority(&self) -> String {
        self.base.trim_start_matches("http://").to_owned()
    }

    /// Where its metadata is; also its entity id.
    pub fn metadata_url(&self) -> String {
        format!("{}/saml2/idp/metadata.php", self.base)
    }

    /// Knows one service provider, by its metadata, and no other.
    pub fn know(&self, metadata: &[u8]) {
        fs::write(self.folder.path().join("sp.xml"), metadata).unwrap();
    }

    /// Switches on what `tests/php/saml20-idp-hosted.php` asks for by a file of this name.
    pub fn switch_on(&self, what: &str) {
        fs::write(self.folder.path().join(what), "").unwrap();
    }

    /// Where a sign-in begins that is this provider's idea.
    pub fn start_url(&self, sp: &str) -> String {
        let mut url = Url::parse(&format!("{}/saml2/idp/SSOService.php", self.base)).unwrap();
        url.query_pairs_mut().append_pair("spentityid", sp);
        url.into()
    }
}

impl Drop for SimpleSamlPhp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Metadata without anybody in it.
const NOBODY: &str = r#"<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>"#;

/// Where the program is: `VESTIBULE_TEST_SIMPLESAMLPHP`, or unpacked below the build's folder.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match std::env::var_os("VESTIBULE_TEST_SIMPLESAMLPHP") {
        Some(folder) => PathBuf::from(folder),
        None => unpack(),
    })
}

/// Unpacks Debian's package instead of installing it, which would start a web server on the machine.
fn unpack() -> PathBuf {
    let folder = sdk::tools("simplesamlphp");
    let program = folder.join("unpacked/usr/share/simplesamlphp");
    if !program.join("www").is_dir() {
        fs::create_dir_all(&folder).unwrap();
        let script = "apt-get --quiet download simplesamlphp && dpkg-deb -x simplesamlphp_*.deb unpacked";
        sdk::succeed(Command::new("sh").args(["-c", script]).current_dir(&folder));
    }
    program
}
