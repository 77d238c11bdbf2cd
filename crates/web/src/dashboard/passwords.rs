//! Comparing and choosing passwords: slow on purpose, few at a time, and never on a thread that
//! answers requests.

use std::sync::{Arc, OnceLock};

use vestibule_application::usecases::begin_member_session::ComparedPassword;
use vestibule_domain::password::{Password, PasswordError};

use super::Dashboard;
use super::failure::Failure;

/// Compares a password with a hash, or with one that nobody has, which takes as long.
pub(super) async fn compare(
    dashboard: &Dashboard,
    typed: &str,
    known: Option<String>,
) -> Result<ComparedPassword, Failure> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let passwords = Arc::clone(&dashboard.app.passwords);
    let permit = Arc::clone(&dashboard.comparing).acquire_owned().await.map_err(Failure::internal)?;
    let typed = typed.to_owned();
    let compared = actix_web::web::block(move || {
        let _permit = permit;
        let hash = known.unwrap_or_else(|| NOBODY.get_or_init(|| passwords.hash("nobody")).clone());
        let right = passwords.verify(&typed, &hash);
        ComparedPassword { hash, right }
    });
    compared.await.map_err(Failure::internal)
}

/// The hash of a new password, or why it is none that we take: judged by somebody who knows
/// `own_words` too.
pub(super) async fn choose(
    dashboard: &Dashboard,
    typed: &str,
    own_words: Vec<String>,
) -> Result<Result<String, PasswordError>, Failure> {
    let password = match Password::parse(typed) {
        Ok(password) => password,
        Err(error) => return Ok(Err(error)),
    };
    let (passwords, strength) = (Arc::clone(&dashboard.app.passwords), Arc::clone(&dashboard.app.strength));
    let permit = Arc::clone(&dashboard.comparing).acquire_owned().await.map_err(Failure::internal)?;
    let chosen = actix_web::web::block(move || {
        let _permit = permit;
        let words: Vec<&str> = own_words.iter().map(String::as_str).collect();
        match strength.weakness(&password, &words) {
            Some(weakness) => Err(PasswordError::Guessable(weakness)),
            None => Ok(passwords.hash(password.expose())),
        }
    });
    chosen.await.map_err(Failure::internal)
}
