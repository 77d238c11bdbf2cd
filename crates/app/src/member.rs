//! `vestibule member`: a way back in for a member whom nobody of their team can help.

use std::io::Write;

use clap::Args;
use time::format_description::well_known::Rfc3339;
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::store::Store;
use vestibule_application::usecase;
use vestibule_application::usecases::let_member_in::{
    LetIn, LetMemberIn, LetMemberInCommand, LetMemberInError, Remedy,
};
use vestibule_domain::email::EmailAddress;

use crate::config::Config;
use crate::{Failure, logging, wiring};

/// Who, and what they lost.
#[derive(Debug, Args)]
pub(crate) struct MemberArguments {
    /// The address that the member signs in with.
    email: String,
    /// Take away the second factor: signing in takes the password alone until they set up another.
    /// Ends all of their visits; they are told by mail.
    #[arg(long, required_unless_present = "password_link")]
    reset_second_factor: bool,
    /// Print a link to choose a new password. It works once, for an hour; links that were mailed
    /// before stop working.
    #[arg(long)]
    password_link: bool,
}

fn remedy(wanted: bool) -> Remedy {
    if wanted { Remedy::Replace } else { Remedy::Keep }
}

/// Runs `member`.
pub(crate) async fn run(config: &Config, arguments: MemberArguments) -> Result<(), Failure> {
    let ambient = wiring::ambient(config, config.bind)?;
    let store = wiring::connect(config).await?;
    let text = let_in(&store, &ambient, &arguments).await?;
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::other("cannot print", &error))
}

/// Does it, and says what was done.
async fn let_in(
    store: &dyn Store,
    ambient: &Ambient,
    arguments: &MemberArguments,
) -> Result<String, Failure> {
    let email = EmailAddress::parse(&arguments.email)
        .map_err(|error| Failure::Configuration(format!("`{}`: {error}", arguments.email)))?;
    let refused = || Failure::Other(format!("{email}: {}", LetMemberInError::Unknown));
    let failed = |error: &dyn std::error::Error| Failure::Other(logging::chain(error));
    let member = store.queries().member_by_email(&email).await.map_err(|error| failed(&error))?;
    let command = LetMemberInCommand {
        member_id: member.ok_or_else(refused)?.id,
        second_factor: remedy(arguments.reset_second_factor),
        password: remedy(arguments.password_link),
    };
    let case = LetMemberIn { ambient: ambient.clone() };
    let done = usecase::run(store, &case, command).await.map_err(|error| match error {
        LetMemberInError::Unknown => refused(),
        LetMemberInError::Store(_) => failed(&error),
    })?;
    Ok(describe(arguments, &done))
}

fn describe(arguments: &MemberArguments, done: &LetIn) -> String {
    let email = &done.member.email;
    let mut lines = Vec::new();
    if arguments.reset_second_factor {
        lines.push(if done.factor_taken {
            format!("{email}: the second factor is off; all visits have ended\n")
        } else {
            format!("{email}: there is no second factor\n")
        });
    }
    if let Some(link) = &done.link {
        let until = link.expires_at.format(&Rfc3339).unwrap_or_default();
        lines.push(format!("{email}: choose a new password by {until}, once:\n{}\n", link.url));
    }
    lines.concat()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: MemberArguments,
    }

    #[test]
    fn somebody_and_something_that_they_lost_must_be_named() {
        let read = |words: &[&str]| Line::try_parse_from([&["member"], words].concat());
        assert!(read(&[]).is_err());
        assert!(read(&["ada@vendor.example"]).is_err(), "nothing to do");
        assert!(read(&["--password-link"]).is_err());
        let Line { arguments } = read(&["ada@vendor.example", "--password-link"]).unwrap();
        assert_eq!((arguments.reset_second_factor, arguments.password_link), (false, true));
        let Line { arguments } = read(&["ada@vendor.example", "--reset-second-factor"]).unwrap();
        assert_eq!((arguments.reset_second_factor, arguments.password_link), (true, false));
    }
}
