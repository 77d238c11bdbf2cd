//! Delivery into a folder: for development, tests and deployments without a mail server.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use vestibule_application::ports::mail::{MailError, Mailer};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::message::OutgoingMessage;

use crate::compose::Composer;

/// Writes each message to `<message id>.eml` in a directory, whole or not at all, readable by this
/// user only: the messages carry links that open the portal.
#[derive(Clone, Debug)]
pub struct FolderMailer {
    composer: Composer,
    directory: PathBuf,
}

impl FolderMailer {
    /// A mailer that writes to a directory, which is made with the first message.
    pub fn new(directory: impl Into<PathBuf>, from: EmailAddress) -> Self {
        Self { composer: Composer::new(from), directory: directory.into() }
    }
}

#[async_trait]
impl Mailer for FolderMailer {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), MailError> {
        let bytes = self.composer.compose(message)?.formatted();
        let directory = self.directory.clone();
        let name = message.id.to_string();
        let written = tokio::task::spawn_blocking(move || write(&directory, &name, &bytes))
            .await
            .map_err(|_| MailError::Temporary { reason: "writing was interrupted".to_owned() })?;
        match written {
            Ok(path) => {
                tracing::info!(message.id = %message.id, file = %path.display(), "wrote a message");
                Ok(())
            }
            Err(error) => Err(MailError::Temporary {
                reason: format!("the message could not be written to the folder: {error}"),
            }),
        }
    }
}

/// Writes beside the target and renames, so that whoever watches the folder sees whole messages.
fn write(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    create_private_directory(directory)?;
    let temporary = directory.join(format!(".{name}.tmp"));
    let target = directory.join(format!("{name}.eml"));
    let mut file = create_private_file(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, &target)?;
    Ok(target)
}

#[cfg(unix)]
fn create_private_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn create_private_directory(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(directory)
}

/// A new file: what a crash left behind under the name is removed first, so that neither its
/// permissions nor a link in its place are taken over.
fn create_private_file(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
