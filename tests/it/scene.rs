//! Scenes that several tests share.

use vestibule_tests::http::HttpServer;
use vestibule_tests::name_server::NameServer;
use vestibule_tests::server::free_port;
use vestibule_tests::{Server, ServerBuilder, data, idp};

/// What an SDK's script works with: a deployment and a provider's server.
pub(crate) struct SdkScene {
    values: Vec<(&'static str, String)>,
    server: Server,
    _provider: HttpServer,
    _names: NameServer,
}

/// Makes the scene.
pub(crate) async fn for_sdks(name: &str) -> SdkScene {
    let provider = idp::provider().await;
    let receiver_port = free_port().to_string();
    let allow = [provider.authority(), format!("127.0.0.1:{receiver_port}")];
    let names = NameServer::start().await;
    let builder = names.asked_by(ServerBuilder::new(name).allow(&allow));
    let (server, api) = Server::with_team(&builder).await;
    let discovery = provider.url(&format!("{}/.well-known/openid-configuration", idp::ISSUER_PATH));
    let values = vec![
        ("VESTIBULE_URL", api.base().to_owned()),
        ("VESTIBULE_API_KEY", api.key().to_owned()),
        ("RECEIVER_PORT", receiver_port),
        ("CERTIFICATE", data::certificate(data::OKTA)),
        ("OTHER_CERTIFICATE", data::certificate(data::KEYCLOAK)),
        ("METADATA_URL", provider.url(idp::OKTA_PATH)),
        ("DISCOVERY_URL", discovery),
        ("NAME_SERVER_DESK", names.desk()),
    ];
    SdkScene { values, server, _provider: provider, _names: names }
}

impl SdkScene {
    /// The environment of the script.
    pub(crate) fn environment(&self) -> Vec<(&str, &str)> {
        self.values.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// The service after the script.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }
}
