//! How the portal looks, as the dashboard sets it.

use actix_web::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_application::ports::pictures::PICTURE_BYTES_MAX;
use vestibule_application::ports::store::Store as _;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::environment::Branding;
use vestibule_domain::member::MemberRole;

use crate::operator::Operator;
use crate::support::{Answer, Tenant, TestApp, request};

const LOGO: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 1\"><rect width=\"4\" height=\"1\" fill=\"red\"/></svg>";

async fn signed_in() -> (TestApp, Tenant, Operator) {
    let (app, tenant) = TestApp::new().await;
    let admin = Operator::join(&app, &tenant, MemberRole::Admin).await;
    (app, tenant, admin)
}

async fn branding(app: &TestApp, tenant: &Tenant) -> Branding {
    app.store.queries().environment(tenant.environment.id).await.unwrap().unwrap().branding
}

/// The value of a hidden field.
fn hidden<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1)?.split('"').next()
}

/// Sends the form as a browser does: typed values, and files with their names.
async fn send(app: &TestApp, operator: &Operator, typed: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
    let path = operator.path("branding");
    let page = operator.get(app, &path).await.text();
    let mut body = Vec::new();
    let mut part = |head: String, value: &[u8]| {
        body.extend(format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend(value);
        body.extend(b"\r\n");
    };
    for name in ["form_token", "made_from"] {
        if !typed.iter().any(|(key, _)| *key == name)
            && let Some(value) = hidden(&page, name)
        {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
    }
    for (name, value) in typed {
        part(format!("name=\"{name}\""), value.as_bytes());
    }
    for (name, file) in files {
        part(format!("name=\"{name}\"; filename=\"file\"\r\nContent-Type: image/png"), file);
    }
    // As browsers send a field that was left alone.
    part("name=\"favicon\"; filename=\"\"\r\nContent-Type: application/octet-stream".to_owned(), b"");
    body.extend(b"--x--\r\n");
    let sent = request(Method::POST, &path)
        .insert_header(("Cookie", operator.cookie()))
        .insert_header(("Content-Type", "multipart/form-data; boundary=x"))
        .set_payload(body);
    app.send(sent).await
}

#[actix_web::test]
async fn name_address_colour_and_pictures_are_saved_and_drawn_afresh() {
    let (app, tenant, admin) = signed_in().await;
    let typed = [("product_name", "Acme App"), ("support_email", "help@acme.example"), ("color", "#FFE600")];
    let saved = send(&app, &admin, &typed, &[("logo", LOGO), ("icon", LOGO)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let held = branding(&app, &tenant).await;
    assert_eq!(held.product_name.as_ref().unwrap().as_str(), "Acme App");
    assert_eq!(held.color.unwrap().to_string(), "#ffe600");
    assert_eq!(held.logo.as_ref().unwrap().sides_px(), (384, 96));
    assert_eq!(held.icon.as_ref().unwrap().sides_px(), (256, 256));
    assert_eq!((held.logo_dark.as_ref(), held.favicon.as_ref()), (None, None));
    let entries = app.entries(&tenant).await;
    let entry = entries.iter().rev().find(|entry| entry.action == AuditAction::EnvironmentBranded).unwrap();
    let set = |field: &str| {
        let change = entry.changes.iter().find(|change| change.field == field).unwrap();
        (change.before.clone(), change.after.clone().unwrap())
    };
    assert_eq!(set("logo"), (None, "384 × 96".to_owned()));
    assert_eq!(set("color"), (None, "#ffe600".to_owned()));
    assert!(entry.actor.origin.is_some() && entry.details.is_empty(), "{entry:?}");
    let page = admin.get(&app, &admin.path("branding")).await.text();
    assert!(page.contains("picture-logo") && page.contains("weak-light") && !page.contains("weak-dark"));
    // What is not sent again stays, and what is ticked goes.
    let typed = [("product_name", "Acme App"), ("support_email", ""), ("color", ""), ("remove", "icon")];
    assert_eq!(send(&app, &admin, &typed, &[]).await.status, StatusCode::SEE_OTHER);
    let now = branding(&app, &tenant).await;
    assert_eq!((now.logo, now.icon, now.support_email, now.color), (held.logo, None, None, None));
}

#[actix_web::test]
async fn a_preview_shows_what_is_typed_and_saves_nothing() {
    let (app, tenant, admin) = signed_in().await;
    let typed = [("product_name", "Acme <App>"), ("color", "#b71c1c"), ("action", "preview")];
    let shown = send(&app, &admin, &typed, &[("logo", LOGO)]).await;
    assert_eq!(shown.status, StatusCode::OK);
    let policy = shown.header("content-security-policy").unwrap().to_owned();
    assert!(policy.contains("frame-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let page = shown.text();
    // The portal's own page is in the frame, as text of an attribute.
    let frame = page.split("srcdoc=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(frame.contains("portal-landing") && frame.contains("/assets/brand/b71c1c.css"), "{frame}");
    assert!(frame.contains("&amp;lt;App&amp;gt;") && frame.contains("data:image/png;base64,"), "{frame}");
    assert!(page.contains("sandbox=\"\"") && page.contains("legibility"));
    assert_eq!(branding(&app, &tenant).await, tenant.environment.branding);
    // The file cannot be handed back as a file; the picture can.
    let kept = hidden(&page, "kept_logo").unwrap().to_owned();
    let typed = [("product_name", "Acme"), ("color", "#b71c1c"), ("kept_logo", &*kept)];
    assert_eq!(send(&app, &admin, &typed, &[]).await.status, StatusCode::SEE_OTHER);
    let logo = branding(&app, &tenant).await.logo.unwrap();
    assert_eq!((logo.sides_px(), STANDARD.encode(logo.as_png())), ((384, 96), kept));
}

#[actix_web::test]
async fn what_is_wrong_is_told_beside_its_field_and_nothing_is_lost() {
    let (app, tenant, admin) = signed_in().await;
    let script = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>";
    let large = vec![b' '; PICTURE_BYTES_MAX + 1];
    let typed = [("product_name", &*"x".repeat(500)), ("support_email", "nobody"), ("color", "red")];
    let files: [(&str, &[u8]); 3] = [("logo", script), ("logo_dark", &large), ("icon", LOGO)];
    let refused = send(&app, &admin, &typed, &files).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    for field in ["product_name", "support_email", "color", "logo", "logo_dark"] {
        assert!(page.contains(&format!("error-{field}\"")), "{field}");
    }
    assert!(page.contains("holds “&lt;script&gt;”") && page.contains("at most 1024 KiB"), "{page}");
    assert!(page.contains("value=\"red\"") && hidden(&page, "kept_icon").is_some());
    assert_eq!(branding(&app, &tenant).await, tenant.environment.branding);
    let garbage = [("product_name", ""), ("kept_icon", "bm8gcGljdHVyZQ==")];
    assert!(send(&app, &admin, &garbage, &[]).await.text().contains("error-icon"));
}

#[actix_web::test]
async fn the_later_of_two_is_told_what_changed() {
    let (app, tenant, admin) = signed_in().await;
    let early = admin.get(&app, &admin.path("branding")).await.text();
    let early = hidden(&early, "made_from").unwrap().to_owned();
    send(&app, &admin, &[("product_name", "One")], &[("logo", LOGO)]).await;
    let told = send(&app, &admin, &[("made_from", &early), ("product_name", "Two")], &[("icon", LOGO)]).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    let page = told.text();
    let wanted =
        ["data-testid=\"meanwhile\"", ">One<", "value=\"Two\"", "256 × 256", "Save anyway", " changed this"];
    for wanted in wanted {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let (from, kept) = (hidden(&page, "made_from").unwrap(), hidden(&page, "kept_icon").unwrap());
    let again = [("made_from", from), ("product_name", "Two"), ("kept_icon", kept)];
    assert_eq!(send(&app, &admin, &again, &[]).await.status, StatusCode::SEE_OTHER);
    let now = branding(&app, &tenant).await;
    assert_eq!(now.product_name.unwrap().as_str(), "Two");
    assert!(now.logo.is_some() && now.icon.is_some(), "what the other one uploaded stays");
}

#[actix_web::test]
async fn a_mail_is_shown_in_our_frames_alone_and_cannot_run_anything() {
    let (app, _, admin) = signed_in().await;
    let path = admin.path("branding/mail?product_name=Acme%20%3Cb%3E&support_email=help%40acme.example");
    let shown = admin.get(&app, &path).await;
    assert_eq!(shown.status, StatusCode::OK);
    let policy = shown.header("content-security-policy").unwrap();
    for wanted in ["default-src 'none'", "frame-ancestors 'self'", "sandbox", "form-action 'none'"] {
        assert!(policy.contains(wanted), "{policy}");
    }
    assert!(!policy.contains("script-src") && !policy.contains("allow-"));
    assert_eq!(shown.header("x-frame-options"), Some("SAMEORIGIN"));
    let mail = shown.text();
    assert!(mail.contains("Acme &lt;b&gt;") && mail.contains("help@acme.example"));
    // Every other page is framed by nobody.
    let page = admin.get(&app, &admin.path("branding")).await;
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
}

/// Where the page has the mail.
fn mail_path(page: &str) -> String {
    let (before, _) = page.split_once("\" data-testid=\"preview-mail\"").unwrap();
    before.rsplit_once("src=\"").unwrap().1.replace("&amp;", "&")
}

#[actix_web::test]
async fn a_mail_shows_the_colour_that_is_typed_and_the_logo_that_is_saved() {
    let (app, tenant, admin) = signed_in().await;
    let typed = [("product_name", "Acme App"), ("color", "#FFE600"), ("action", "preview")];
    let page = send(&app, &admin, &typed, &[("logo", LOGO)]).await.text();
    assert!(page.contains("It shows the new logo once that is saved."));
    let mail = admin.get(&app, &mail_path(&page)).await.text();
    // Black on yellow, with an edge that is seen.
    assert!(mail.contains("background-color:#ffe600;color:#000000"), "{mail}");
    assert!(!mail.contains("<img") && !mail.contains("1px solid #ffe600"), "{mail}");

    let typed = [("product_name", "Acme App"), ("color", "#FFE600")];
    assert_eq!(send(&app, &admin, &typed, &[("logo", LOGO)]).await.status, StatusCode::SEE_OTHER);
    let page = admin.get(&app, &admin.path("branding")).await.text();
    assert!(!page.contains("once that is saved"));
    let shown = admin.get(&app, &mail_path(&page)).await;
    assert!(shown.header("content-security-policy").unwrap().contains("img-src 'self';"));
    let mail = shown.text();
    let (_, rest) = mail.split_once("<img class=\"logo\" src=\"").unwrap();
    let (logo, rest) = rest.split_once('"').unwrap();
    assert!(rest.starts_with(" alt=\"Acme App\" width=\"128\" height=\"32\""), "{rest}");
    let picture = app.send(request(Method::GET, logo)).await;
    assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, Some("image/png")));

    // What is about to go is not shown any more.
    let typed = [("product_name", "Acme App"), ("color", ""), ("remove", "logo"), ("action", "preview")];
    let page = send(&app, &admin, &typed, &[]).await.text();
    let mail = admin.get(&app, &mail_path(&page)).await.text();
    assert!(!mail.contains("<img") && !mail.contains("#ffe600"), "{mail}");
    assert!(branding(&app, &tenant).await.logo.is_some());
}

#[actix_web::test]
async fn a_member_sees_it_and_is_offered_no_form_and_a_form_without_token_changes_nothing() {
    let (app, tenant, admin) = signed_in().await;
    let member = Operator::join(&app, &tenant, MemberRole::Member).await;
    let page = member.get(&app, &member.path("branding")).await.text();
    assert!(page.contains("preview-portal") && !page.contains("save-branding"));
    let forged = [("form_token", "x"), ("product_name", "Evil")];
    assert_eq!(send(&app, &admin, &forged, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(branding(&app, &tenant).await, tenant.environment.branding);
}
