//! The unmodified Node SDK drives the service.

use crate::scene;
use vestibule_tests::sdk;

#[tokio::test(flavor = "multi_thread")]
async fn the_node_sdk_drives_the_service() {
    let scene = scene::for_sdks("node").await;
    let run = move || (sdk::run_node("suite.mjs", &scene.environment()), scene);
    let (checks, scene) = tokio::task::spawn_blocking(run).await.unwrap();
    sdk::assert_all(
        &checks,
        &[
            "400 is BadRequestException and names the field",
            "401 is UnauthorizedException",
            "404 is NotFoundException with its code",
            "409 is ConflictException",
            "422 is UnprocessableEntityException with its codes",
            "429 is RateLimitExceededException with the time to wait",
            "a connection is changed",
            "a connection is deleted",
            "a domain is verified once its record is there",
            "a portal link is made for the intent audit_logs",
            "a portal link is made for the intent certificate_renewal",
            "a portal link is made for the intent domain_verification",
            "a portal link is made for the intent dsync",
            "a portal link is made for the intent log_streams",
            "a portal link is made for the intent sso",
            "a real webhook is verified and becomes an event",
            "an exactly full last page says that nothing follows",
            "an external id is cleared by null and kept when absent",
            "an idempotency key makes one organization of two requests",
            "an organization is created with domains, external id and metadata",
            "an organization is deleted",
            "an organization is read by its external id",
            "an organization is read by its id",
            "connections are listed and read",
            "domain data replaces the domains",
            "domains are added, read and removed",
            "events are listed oldest first and page on",
            "metadata is merged, and null takes a key away",
            "organizations are listed by domain",
            "organizations are listed page by page",
            "the SDK pages through everything by itself",
        ],
    );
    scene.server().assert_healthy().await;
}
