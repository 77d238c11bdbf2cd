//! Scenes that several tests share.

use vestibule_tests::http::HttpServer;
use vestibule_tests::server::free_port;
use vestibule_tests::{Api, Server, ServerBuilder, data, idp};

/// Requests per second that the limited deployment allows.
const LOW_LIMIT: &str = "5";

/// What an SDK's script works with: a deployment, one that limits early, a provider's server.
pub(crate) struct SdkScene {
    _server: Server,
    _limited_server: Server,
    api: Api,
    limited: Api,
    provider: HttpServer,
    values: Vec<(&'static str, String)>,
}

/// Makes the scene.
pub(crate) async fn for_sdks(name: &str) -> SdkScene {
    let provider = idp::provider().await;
    let receiver_port = free_port().to_string();
    let allow = [provider.authority(), format!("127.0.0.1:{receiver_port}")];
    let (server, api) = Server::with_team(&ServerBuilder::new(name).allow(&allow)).await;
    let limited =
        ServerBuilder::new(&format!("{name}-limited")).set("VESTIBULE_API_REQUESTS_PER_SECOND", LOW_LIMIT);
    let (limited_server, limited) = Server::with_team(&limited).await;
    let mut scene = SdkScene {
        _server: server,
        _limited_server: limited_server,
        api,
        limited,
        provider,
        values: Vec::new(),
    };
    scene.values = vec![
        ("VESTIBULE_URL", scene.api.base().to_owned()),
        ("VESTIBULE_API_KEY", scene.api.key().to_owned()),
        ("LIMITED_URL", scene.limited.base().to_owned()),
        ("LIMITED_API_KEY", scene.limited.key().to_owned()),
        ("RECEIVER_PORT", receiver_port),
        ("CERTIFICATE", data::certificate(data::OKTA)),
        ("OTHER_CERTIFICATE", data::certificate(data::MOCKSAML)),
        ("METADATA_URL", scene.provider.url(idp::OKTA_PATH)),
        (
            "DISCOVERY_URL",
            scene.provider.url(&format!("{}/.well-known/openid-configuration", idp::ISSUER_PATH)),
        ),
    ];
    scene
}

impl SdkScene {
    /// The environment of the script.
    pub(crate) fn environment(&self) -> Vec<(&str, &str)> {
        self.values.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}
