//! Switching the second factor on and off, and making new recovery codes.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_application::ambient::SecretOf;
use vestibule_application::usecases::disable_second_factor::{
    DisableSecondFactor, DisableSecondFactorCommand,
};
use vestibule_application::usecases::enable_second_factor::{
    EnableSecondFactor, EnableSecondFactorCommand, NotEnabled,
};
use vestibule_application::usecases::renew_recovery_codes::{RenewRecoveryCodes, RenewRecoveryCodesCommand};
use vestibule_domain::secret::Sealed;
use vestibule_domain::totp::{RecoveryCode, TOTP_SECRET_BYTES, TotpCode, TotpSecret};

use super::Dashboard;
use super::account::{ACCOUNT, done, note_unconfirmed, own_password};
use super::answer::{page, see_other};
use super::done::Done;
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed};
use super::qr::qr_path;
use super::view::second_factor::{AskPage, EnrolPage, Offer, RecoveryCodesPage};
use super::view::shell::Place;
use crate::portal::Field;

/// What apps show beside the account.
const ISSUER: &str = "Vestibule";

/// Where it is switched on.
const ENROL: &str = "/dashboard/account/second-factor";

/// Characters between two gaps of the secret as it is typed.
const GROUP_CHARS: usize = 4;

/// Offers a secret. It is in the form, sealed for this visit, and nowhere else before a code shows
/// that the member's app has it.
pub(super) async fn offer(dashboard: Data<Dashboard>, operator: Operator) -> Result<HttpResponse, Failure> {
    if operator.visit.member.second_factor.is_some() {
        return Ok(see_other(ACCOUNT));
    }
    let mut bytes = [0; TOTP_SECRET_BYTES];
    dashboard.app.ambient.entropy.fill(&mut bytes);
    let secret = TotpSecret::from_bytes(bytes);
    enrol(&dashboard, &operator, StatusCode::OK, &secret, &Wrong::default())
}

/// Switches it on once a code fits, and shows the recovery codes once.
pub(super) async fn enable(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    Signed { operator, form }: Signed,
) -> Result<HttpResponse, Failure> {
    let app = &dashboard.app;
    // An offer of another visit, or none: there is a new one.
    let Some(secret) = offered(&dashboard, &operator, form.one("offer")) else {
        return Ok(see_other(ENROL));
    };
    let mut wrong = Wrong::default();
    let code = TotpCode::parse(form.one("code")).ok_or("must be the six digits that the app shows");
    let code = wrong.take("code", code);
    if let Some(code) = code {
        let command = EnableSecondFactorCommand {
            by: operator.acting(),
            session_id: operator.visit.session.id,
            compared: own_password(&dashboard, &operator, form.as_typed("password")).await?,
            secret: secret.clone(),
            code,
        };
        match app.run(EnableSecondFactor { ambient: app.ambient.clone() }, command).await? {
            Ok(codes) => return show_codes(&operator, &codes, true),
            Err(NotEnabled::AlreadyOn) => return Ok(see_other(ACCOUNT)),
            Err(NotEnabled::WrongCode) => {
                wrong.note("code", "does not fit. Look whether the clock of your device is right");
            }
            Err(NotEnabled::Unconfirmed(unconfirmed)) => {
                note_unconfirmed(&dashboard, &request, &mut wrong, "password", unconfirmed)?;
            }
        }
    }
    enrol(&dashboard, &operator, StatusCode::UNPROCESSABLE_ENTITY, &secret, &wrong)
}

/// What asks for the password, and nothing else.
#[derive(Clone, Copy)]
enum Ask {
    Off,
    NewCodes,
}

/// Asks for the password before it is switched off.
pub(super) async fn ask_off(operator: Operator) -> Result<HttpResponse, Failure> {
    ask(&operator, StatusCode::OK, Ask::Off, &Wrong::default())
}

/// Switches it off.
pub(super) async fn disable(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    Signed { operator, form }: Signed,
) -> Result<HttpResponse, Failure> {
    let app = &dashboard.app;
    let compared = own_password(&dashboard, &operator, form.as_typed("password")).await?;
    let command = DisableSecondFactorCommand { by: operator.acting(), compared };
    match app.run(DisableSecondFactor { ambient: app.ambient.clone() }, command).await? {
        Ok(()) => Ok(done(Done::SecondFactorOff)),
        Err(unconfirmed) => {
            let mut wrong = Wrong::default();
            note_unconfirmed(&dashboard, &request, &mut wrong, "password", unconfirmed)?;
            ask(&operator, StatusCode::UNPROCESSABLE_ENTITY, Ask::Off, &wrong)
        }
    }
}

/// Asks for the password before recovery codes are replaced.
pub(super) async fn ask_codes(operator: Operator) -> Result<HttpResponse, Failure> {
    ask(&operator, StatusCode::OK, Ask::NewCodes, &Wrong::default())
}

/// Replaces the recovery codes and shows the new ones once.
pub(super) async fn renew_codes(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    Signed { operator, form }: Signed,
) -> Result<HttpResponse, Failure> {
    let app = &dashboard.app;
    let compared = own_password(&dashboard, &operator, form.as_typed("password")).await?;
    let command = RenewRecoveryCodesCommand { by: operator.acting(), compared };
    match app.run(RenewRecoveryCodes { ambient: app.ambient.clone() }, command).await? {
        Ok(codes) if codes.is_empty() => Ok(see_other(ACCOUNT)),
        Ok(codes) => show_codes(&operator, &codes, false),
        Err(unconfirmed) => {
            let mut wrong = Wrong::default();
            note_unconfirmed(&dashboard, &request, &mut wrong, "password", unconfirmed)?;
            ask(&operator, StatusCode::UNPROCESSABLE_ENTITY, Ask::NewCodes, &wrong)
        }
    }
}

/// The secret that this visit was offered.
fn offered(dashboard: &Dashboard, operator: &Operator, raw: &str) -> Option<TotpSecret> {
    let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(raw).ok()?);
    let context = SecretOf::TotpOffer(operator.visit.session.id);
    let bytes = dashboard.app.ambient.open(context, &sealed).ok()?;
    Some(TotpSecret::from_bytes(bytes.try_into().ok()?))
}

fn enrol(
    dashboard: &Dashboard,
    operator: &Operator,
    status: StatusCode,
    secret: &TotpSecret,
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    let visit = &operator.visit;
    let sealed = dashboard.app.ambient.seal(SecretOf::TotpOffer(visit.session.id), secret.expose());
    let account = visit.member.email.as_str();
    let issuer = format!("{ISSUER} ({})", visit.team.name);
    let text: Vec<char> = secret.to_base32().chars().collect();
    let code = Field {
        note: Some("The six digits that the app shows for this account now.".into()),
        ..Field::plain("code", "Code", "line")
    };
    let password = Field::plain("password", "Your password", "secret");
    let ([code, password], errors) = wrong.onto([code, password]);
    let content = EnrolPage {
        shell: operator.shell_of(Place::Account),
        offer: Offer {
            qr: qr_path(&secret.to_uri(&issuer, account)),
            secret: text.chunks(GROUP_CHARS).map(String::from_iter).collect::<Vec<_>>().join(" "),
            account: account.to_owned(),
            sealed: URL_SAFE_NO_PAD.encode(sealed.as_bytes()),
        },
        errors,
        code,
        password,
    };
    page(status, &content)
}

fn ask(operator: &Operator, status: StatusCode, what: Ask, wrong: &Wrong) -> Result<HttpResponse, Failure> {
    if operator.visit.member.second_factor.is_none() {
        return Ok(see_other(ACCOUNT));
    }
    let ([password], errors) = wrong.onto([Field::plain("password", "Your password", "secret")]);
    let (heading, explanation, action, button) = match what {
        Ask::Off => (
            "Switch the second factor off?",
            "From then on your password alone opens the dashboard, and your recovery codes stop working.",
            "/dashboard/account/second-factor/off",
            "Switch it off",
        ),
        Ask::NewCodes => (
            "Make new recovery codes?",
            "Those that you have stop working.",
            "/dashboard/account/recovery-codes",
            "Make new codes",
        ),
    };
    let shell = operator.shell_of(Place::Account);
    page(status, &AskPage { shell, heading, explanation, action, button, errors, password })
}

fn show_codes(
    operator: &Operator,
    codes: &[RecoveryCode],
    just_enabled: bool,
) -> Result<HttpResponse, Failure> {
    let codes: Vec<String> = codes.iter().map(RecoveryCode::expose).collect();
    let content = RecoveryCodesPage {
        shell: operator.shell_of(Place::Account),
        just_enabled,
        all: codes.join("\n"),
        codes,
    };
    page(StatusCode::OK, &content)
}
