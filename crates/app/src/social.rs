//! The part of `vestibule environment` that is about public providers.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use vestibule_application::ambient::Ambient;
use vestibule_application::usecase;
use vestibule_application::usecases::set_social_provider::{
    SetSocialProvider, SetSocialProviderCommand, SetSocialProviderError, SocialChange,
};
use vestibule_domain::audit::Actor;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::secret::SecretText;
use vestibule_domain::social::{SOCIAL_CLIENT_SECRET_BYTES_MAX, SocialProvider};
use vestibule_store_sql::SqlStore;

use crate::{Failure, logging};

/// What stands for standard input.
const STDIN: &str = "-";

/// With which accounts of their own people sign in. Secrets come from files alone: a command line
/// is seen by everybody on the machine.
#[derive(Debug, Args)]
pub(crate) struct SocialArguments {
    /// The client id from Google's console; people sign in with Google from then on.
    #[arg(long, value_name = "ID")]
    google_client_id: Option<String>,
    /// The file with the client secret from Google's console; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    google_client_secret_file: Option<PathBuf>,
    /// People sign in with Google no more; their profiles go.
    #[arg(long, conflicts_with_all = ["google_client_id", "google_client_secret_file"])]
    remove_google: bool,
    /// The application (client) id from Microsoft's console; people sign in with Microsoft from then
    /// on.
    #[arg(long, value_name = "ID")]
    microsoft_client_id: Option<String>,
    /// The file with the client secret from Microsoft's console; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    microsoft_client_secret_file: Option<PathBuf>,
    /// People sign in with Microsoft no more; their profiles go.
    #[arg(long, conflicts_with_all = ["microsoft_client_id", "microsoft_client_secret_file"])]
    remove_microsoft: bool,
}

impl SocialArguments {
    /// Sets what was asked, and says one sentence for each provider.
    pub(crate) async fn run(
        &self,
        ambient: &Ambient,
        store: &SqlStore,
        environment_id: EnvironmentId,
    ) -> Result<Vec<String>, Failure> {
        let mut said = Vec::new();
        for (provider, change) in self.changes()? {
            let command = SetSocialProviderCommand {
                actor: Actor::system(),
                environment_id,
                provider,
                change,
                made_from: None,
            };
            let case = SetSocialProvider { ambient: ambient.clone() };
            let outcome = usecase::run(store, &case, command).await.map_err(|error| match error {
                SetSocialProviderError::Unknown
                | SetSocialProviderError::NotRegistered(_)
                | SetSocialProviderError::ClientId(_)
                | SetSocialProviderError::ClientSecret(_)
                | SetSocialProviderError::ClientIdRequired
                | SetSocialProviderError::ClientSecretRequired
                | SetSocialProviderError::Overtaken(_) => {
                    Failure::Other(format!("{environment_id}: {provider}: {error}"))
                }
                SetSocialProviderError::Store(_) => Failure::Other(logging::chain(&error)),
            })?;
            said.push(match outcome {
                Some(set) => format!(
                    "people sign in with {provider} through client {}; its redirect URI is {}",
                    set.client.id,
                    ambient.addresses.oidc_redirect_uri()
                ),
                None => format!("nobody signs in with {provider}"),
            });
        }
        Ok(said)
    }

    fn changes(&self) -> Result<Vec<(SocialProvider, SocialChange)>, Failure> {
        let asked = [
            (
                SocialProvider::Google,
                &self.google_client_id,
                &self.google_client_secret_file,
                self.remove_google,
            ),
            (
                SocialProvider::Microsoft,
                &self.microsoft_client_id,
                &self.microsoft_client_secret_file,
                self.remove_microsoft,
            ),
        ];
        let mut changes = Vec::new();
        for (provider, client_id, file, remove) in asked {
            let client_secret = file.as_deref().map(secret).transpose()?;
            if remove {
                changes.push((provider, SocialChange::Remove));
            } else if client_id.is_some() || client_secret.is_some() {
                changes.push((provider, SocialChange::Set { client_id: client_id.clone(), client_secret }));
            }
        }
        Ok(changes)
    }
}

/// Reads a secret, without the end of its line.
fn secret(path: &Path) -> Result<SecretText, Failure> {
    let unreadable =
        |error| Failure::Configuration(format!("the secret in {} cannot be read: {error}", path.display()));
    // One byte more than a secret may have, besides the end of its line: it is refused then.
    let limit = u64::try_from(SOCIAL_CLIENT_SECRET_BYTES_MAX + 3).unwrap_or(u64::MAX);
    let mut text = String::new();
    if path == Path::new(STDIN) {
        std::io::stdin().lock().take(limit).read_to_string(&mut text).map_err(unreadable)?;
    } else {
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(limit).read_to_string(&mut text).map_err(unreadable)?;
    }
    Ok(SecretText::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_from_a_file_without_the_end_of_its_line() {
        let folder = std::env::temp_dir().join(format!("vestibule-secret-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("secret");
        std::fs::write(&file, "hush\r\n").unwrap();
        assert_eq!(secret(&file).unwrap().expose(), "hush");
        assert!(secret(&folder.join("none")).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
