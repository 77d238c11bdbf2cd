//! Further claims from userinfo.

use serde_json::json;
use vestibule_application::ports::oidc_sign_in::{OidcJudgement, USER_INFO_BYTES_MAX};
use vestibule_application::ports::outbound::{Method, OutboundAnswer, OutboundError};
use vestibule_domain::oidc::{OidcClient, OidcProvider};
use vestibule_domain::sso::check::{CheckName, CheckOutcome};
use vestibule_domain::sso::session::MessageKind;

use crate::provider::{
    ACCESS_TOKEN, Provider, client, honest_token, json_answer, judge, refused, tells_no_secret,
};

fn asking() -> OidcClient {
    OidcClient { fetch_user_info: true, ..client() }
}

async fn judged(answer: Result<OutboundAnswer, OutboundError>) -> OidcJudgement {
    let provider = Provider::new();
    provider.script(|script| script.user_info = answer);
    judge(&provider, &asking()).await
}

#[tokio::test]
async fn userinfo_completes_what_the_id_token_says() {
    let provider = Provider::new();
    let claims = json!({ "sub": "u-1", "email": "other@example.com", "given_name": "Ada", "iss": "x" });
    provider.script(|script| script.user_info = Ok(json_answer(200, &claims)));
    let judgement = judge(&provider, &asking()).await;
    let asserted = judgement.outcome.clone().unwrap();
    assert_eq!(asserted.first("given_name"), Some("Ada"));
    // What was signed stands.
    assert_eq!(asserted.first("email"), Some("ada@example.com"));
    let check = judgement.checks.last().unwrap();
    assert_eq!((check.name, check.outcome), (CheckName::UserInfo, CheckOutcome::Passed));
    assert_eq!(judgement.messages.last().unwrap().0, MessageKind::UserInfo);
    tells_no_secret(&judgement);

    let asked = provider.requests().pop().unwrap();
    assert_eq!((asked.method, asked.url.as_str()), (Method::Get, "https://idp.example/userinfo"));
    assert!(asked.headers.contains(&("authorization".into(), format!("Bearer {ACCESS_TOKEN}"))));
    assert!(asked.body.is_empty());
}

#[tokio::test]
async fn userinfo_is_asked_only_where_it_is_wanted_and_is() {
    let nowhere = OidcProvider { userinfo_endpoint: None, ..client().provider };
    for client in [client(), OidcClient { provider: nowhere, ..asking() }] {
        let provider = Provider::new();
        let judgement = judge(&provider, &client).await;
        assert!(judgement.outcome.is_ok());
        assert_eq!(judgement.checks.last().unwrap().outcome, CheckOutcome::Skipped);
        assert_eq!(provider.requests().len(), 1);
    }
}

#[tokio::test]
async fn userinfo_speaks_of_the_same_person_or_not_at_all() {
    let jwt = OutboundAnswer {
        status: 200,
        content_type: Some("application/jwt; charset=utf-8".into()),
        body: honest_token().into_bytes(),
    };
    let bytes = |body: &[u8]| OutboundAnswer { status: 200, content_type: None, body: body.to_vec() };
    for (answer, received) in [
        (Ok(json_answer(200, &json!({ "sub": "u-2" }))), "u-2"),
        (Ok(json_answer(200, &json!({ "email": "ada@example.com" }))), "no sub"),
        (Ok(json_answer(200, &json!({ "sub": ["u-1"] }))), "no sub"),
        (Ok(json_answer(401, &json!({ "sub": "u-1" }))), "status 401"),
        (Ok(json_answer(302, &json!({ "sub": "u-1" }))), "status 302"),
        (Ok(jwt), "application/jwt; charset=utf-8"),
        (Ok(bytes(b"<html>")), "expected value at line 1 column 1"),
        (Ok(bytes(br#"{"sub":"u-2","sub":"u-1"}"#)), "`sub` is there twice at line 1 column 25"),
        (Err(OutboundError::TooLarge { bytes_max: 5 }), "the answer is larger than 5 bytes"),
    ] {
        let (check, came, ..) = refused(&judged(answer).await);
        assert_eq!((check, came.as_str()), (CheckName::UserInfo, received));
    }
}

#[tokio::test]
async fn an_answer_may_have_exactly_the_limit() {
    let sized = |length: usize| {
        let mut answer = json_answer(200, &json!({ "sub": "u-1" }));
        answer.body.resize(length, b' ');
        Ok(answer)
    };
    assert!(judged(sized(USER_INFO_BYTES_MAX)).await.outcome.is_ok());
    let (check, received, ..) = refused(&judged(sized(USER_INFO_BYTES_MAX + 1)).await);
    assert_eq!(check, CheckName::UserInfo);
    assert_eq!(received, format!("the answer is larger than {USER_INFO_BYTES_MAX} bytes"));
}

#[tokio::test]
async fn without_a_bearer_token_there_is_no_userinfo() {
    for other in
        [json!({ "token_type": "DPoP" }), json!({ "access_token": null }), json!({ "access_token": 7 })]
    {
        let provider = Provider::new();
        let mut answer = crate::provider::tokens(honest_token());
        for (name, value) in other.as_object().unwrap() {
            answer[name] = value.clone();
        }
        provider.script(|script| script.token = Ok(json_answer(200, &answer)));
        let (check, received, ..) = refused(&judge(&provider, &asking()).await);
        assert_eq!((check, received.as_str()), (CheckName::UserInfo, "no access token"));
    }
}
