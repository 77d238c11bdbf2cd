//! The unmodified SDKs sign people in, as apps do.

use super::*;
use vestibule_tests::sdk;

#[tokio::test(flavor = "multi_thread")]
async fn the_sdks_sign_people_in_through_pysaml2() {
    let scene = Saml::set_up("sdk-sign-in").await;
    // pysaml2's person is in no group unless a wish says so: the default role is theirs.
    let maps = json!({ "attribute_maps": { "default_role": "member" } });
    scene.api().json(Method::PATCH, &format!("/connections/{}", scene.connection), &maps).await.expect(200);
    let redirect_uri = scene.vendor.redirect_uri();
    let run = {
        let values = [
            ("VESTIBULE_URL", scene.api().base().to_owned()),
            ("VESTIBULE_API_KEY", scene.api().key().to_owned()),
            ("CLIENT_ID", scene.vendor.client_id.clone()),
            ("REDIRECT_URI", redirect_uri),
            ("CONNECTION", scene.connection.clone()),
            ("ORGANIZATION", scene.organization.clone()),
            ("SAMPLE", sample()),
        ];
        move || {
            let environment: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            (sdk::run_node("sign_in.mjs", &environment), sdk::run_python("sign_in.py", &environment))
        }
    };
    let (node, python) = tokio::task::spawn_blocking(run).await.unwrap();
    sdk::assert_all(
        &node,
        &[
            "a person signs in by connection",
            "a person signs in by organization with a state",
            "a person signs in by pkce and a secret",
            "a person signs in by pkce without a secret",
            "a person signs in by the sample of the guide",
            "a used code is BadRequestException with its error",
            "a wrong secret is an exception with its error",
            "a wrong token is UnauthorizedException",
        ],
    );
    sdk::assert_all(
        &python,
        &[
            "a person signs in by connection",
            "a person signs in by organization with a state",
            "a person signs in by pkce and a secret",
            "a person signs in by pkce without a secret",
            "a used code is BadRequestError",
            "a wrong token is AuthenticationError",
        ],
    );
    scene.server.assert_healthy().await;
}

/// The code that the guide gives developers.
fn sample() -> String {
    let guide = include_str!("../../../docs/guides/sign-ins.md");
    let (_, code) = guide.split_once("```js\n").unwrap();
    code.split_once("```").unwrap().0.to_owned()
}
