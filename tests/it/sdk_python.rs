//! The unmodified Python SDK drives the service.

use crate::scene;
use vestibule_tests::sdk;

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_drives_the_service() {
    let scene = scene::for_sdks("python").await;
    let run = move || (sdk::run_python("suite.py", &scene.environment()), scene);
    let (checks, scene) = tokio::task::spawn_blocking(run).await.unwrap();
    sdk::assert_all(
        &checks,
        &[
            "a connection is deleted",
            "a domain is verified once its record is there",
            "a portal link is made for audit logs",
            "a portal link is made for certificate renewal",
            "a portal link is made for domain verification",
            "a portal link is made for dsync",
            "a portal link is made for log streams",
            "a portal link is made for sso",
            "a portal link without intent opens the home",
            "a saml connection is changed",
            "a saml connection is created read listed and found again",
            "a second connection of an organization is a conflict",
            "absent keeps and null clears",
            "an oidc connection is created and changed",
            "an organization is created",
            "an organization is deleted",
            "an organization is read by id and external id",
            "events are listed and typed",
            "identity provider certificates are added and removed but not the last",
            "it contacts are added invited and removed",
            "metadata is fetched when a connection names its address",
            "organization domains are added read and removed",
            "organizations are listed page by page",
            "our own certificates are made and removed",
            "status 400 is BadRequestError",
            "status 401 is AuthenticationError",
            "status 404 is NotFoundError",
            "status 409 is ConflictError",
            "status 422 is UnprocessableEntityError",
            "status 429 is RateLimitExceededError",
            "the links of one user are revoked",
            "webhook endpoints are managed and a real webhook is verified",
        ],
    );
    scene.server().assert_healthy().await;
}
