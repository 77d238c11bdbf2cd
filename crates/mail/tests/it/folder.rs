//! Delivery into a folder.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use mail_parser::MessageParser;
use vestibule_application::ports::mail::{MailError, Mailer as _};
use vestibule_mail::FolderMailer;

use crate::{from, invitation};

/// A directory of this test run that does not exist yet.
fn fresh_directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outbox").join(name);
    if directory.exists() {
        fs::remove_dir_all(&directory).unwrap();
    }
    directory
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_message_becomes_a_file_that_mail_programs_read() {
    let directory = fresh_directory("round-trip");
    let mailer = FolderMailer::new(&directory, from());
    let message = invitation(1);
    mailer.deliver(&message).await.unwrap();

    let path = directory.join(format!("{}.eml", message.id));
    let bytes = fs::read(&path).unwrap();
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(parsed.subject(), Some("Acme invites you to set up single sign-on for Glöbex"));
    assert!(parsed.body_text(0).unwrap().contains("https://setup.example.com/portal/l/vpt_x"));

    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_repeat_replaces_and_nothing_else_is_left() {
    let directory = fresh_directory("repeat");
    let mailer = FolderMailer::new(&directory, from());
    let (first, second) = (invitation(1), invitation(2));
    for message in [&first, &second, &first] {
        mailer.deliver(message).await.unwrap();
    }
    assert_eq!(names(&directory), [format!("{}.eml", first.id), format!("{}.eml", second.id)]);
}

#[tokio::test]
async fn what_a_crash_left_behind_is_not_written_through() {
    let directory = fresh_directory("crash");
    fs::create_dir_all(&directory).unwrap();
    let message = invitation(1);
    let elsewhere = directory.join("elsewhere");
    symlink(&elsewhere, directory.join(format!(".{}.tmp", message.id))).unwrap();
    FolderMailer::new(&directory, from()).deliver(&message).await.unwrap();
    assert!(!elsewhere.exists());
    assert_eq!(names(&directory), [format!("{}.eml", message.id)]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_worth_another_try() {
    let directory = fresh_directory("blocked");
    fs::create_dir_all(&directory).unwrap();
    // A file where the folder should be.
    let file = directory.join("file");
    fs::write(&file, "").unwrap();
    let mailer = FolderMailer::new(&file, from());
    let error = mailer.deliver(&invitation(1)).await.unwrap_err();
    assert!(matches!(error, MailError::Temporary { .. }), "{error:?}");
}
