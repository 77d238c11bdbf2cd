//! What a message is about.

use serde::{Deserialize, Serialize};
use vestibule_domain::Instant;
use vestibule_domain::certificate_watch::CertificateUse;
use vestibule_domain::connection::DomainStanding;
use vestibule_domain::digest::{Digest, StuckSetUp, UndeliveredTo};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{OrganizationId, PortalLinkId, WebhookEndpointId};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::message::{
    AccountChange, ExpiryNote, LiveNote, LiveReader, MessageKind, RenewalLink, StepsNote,
};
use vestibule_domain::secret::Sealed;
use vestibule_domain::text::Name;
use vestibule_domain::url::HttpsUrl;

use super::sheet::SheetForm;
use super::text::T;
use super::{Stored, StoredError, read, write};

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum MessageForm {
    Invitation {
        link_id: T<PortalLinkId>,
        sealed_url: Option<T<Sealed>>,
        intents: Vec<T<Intent>>,
        // Absent from what was written while invitations were in English only.
        language: Option<T<Language>>,
        expires_at: T<Instant>,
    },
    Code {
        link_id: T<PortalLinkId>,
        sealed_code: Option<T<Sealed>>,
        language: T<Language>,
        expires_at: T<Instant>,
    },
    Live {
        reader: T<LiveReader>,
        connection_name: T<Name>,
        set_up_by: Option<T<EmailAddress>>,
        domains: T<DomainStanding>,
        language: T<Language>,
    },
    Steps {
        from: Option<T<EmailAddress>>,
        sheet: SheetForm,
        language: T<Language>,
    },
    Expiry {
        reader: T<LiveReader>,
        connection_name: T<Name>,
        /// Messages from before our own were watched have none: they are about the provider's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<T<CertificateUse>>,
        expires_at: T<Instant>,
        metadata_url: Option<T<HttpsUrl>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        renewal: Option<RenewalForm>,
        language: T<Language>,
    },
    PasswordReset {
        sealed_url: Option<T<Sealed>>,
        expires_at: T<Instant>,
    },
    TeamInvitation {
        sealed_url: Option<T<Sealed>>,
        invited_by: String,
        expires_at: T<Instant>,
    },
    Account {
        change: T<AccountChange>,
    },
    StuckSetUps {
        named: Vec<StuckForm>,
        more: u32,
    },
    Undelivered {
        named: Vec<UndeliveredForm>,
        more: u32,
    },
}

#[derive(Serialize, Deserialize)]
struct StuckForm {
    organization_id: T<OrganizationId>,
    name: T<Name>,
    moved_at: T<Instant>,
    opened: bool,
}

#[derive(Serialize, Deserialize)]
struct UndeliveredForm {
    endpoint_id: T<WebhookEndpointId>,
    url: String,
    given_up: u32,
    last_at: T<Instant>,
    disabled: bool,
}

impl From<&Digest> for MessageForm {
    fn from(digest: &Digest) -> Self {
        match digest {
            Digest::StuckSetUps { named, more } => {
                let form = |stuck: &StuckSetUp| StuckForm {
                    organization_id: T(stuck.organization_id),
                    name: T(stuck.name.clone()),
                    moved_at: T(stuck.moved_at),
                    opened: stuck.opened,
                };
                Self::StuckSetUps { named: named.iter().map(form).collect(), more: *more }
            }
            Digest::Undelivered { named, more } => {
                let form = |endpoint: &UndeliveredTo| UndeliveredForm {
                    endpoint_id: T(endpoint.endpoint_id),
                    url: endpoint.url.clone(),
                    given_up: endpoint.given_up,
                    last_at: T(endpoint.last_at),
                    disabled: endpoint.disabled,
                };
                Self::Undelivered { named: named.iter().map(form).collect(), more: *more }
            }
        }
    }
}

impl From<StuckForm> for StuckSetUp {
    fn from(form: StuckForm) -> Self {
        Self {
            organization_id: form.organization_id.0,
            name: form.name.0,
            moved_at: form.moved_at.0,
            opened: form.opened,
        }
    }
}

impl From<UndeliveredForm> for UndeliveredTo {
    fn from(form: UndeliveredForm) -> Self {
        Self {
            endpoint_id: form.endpoint_id.0,
            url: form.url,
            given_up: form.given_up,
            last_at: form.last_at.0,
            disabled: form.disabled,
        }
    }
}

#[derive(Deserialize, Serialize)]
struct RenewalForm {
    sealed_url: Option<T<Sealed>>,
    expires_at: T<Instant>,
}

impl Stored for MessageKind {
    fn to_stored(&self) -> String {
        match self {
            Self::Invitation { link_id, sealed_url, intents, language, expires_at } => {
                write(&MessageForm::Invitation {
                    link_id: T(*link_id),
                    sealed_url: sealed_url.clone().map(T),
                    intents: intents.iter().copied().map(T).collect(),
                    language: Some(T(*language)),
                    expires_at: T(*expires_at),
                })
            }
            Self::Code { link_id, sealed_code, language, expires_at } => write(&MessageForm::Code {
                link_id: T(*link_id),
                sealed_code: sealed_code.clone().map(T),
                language: T(*language),
                expires_at: T(*expires_at),
            }),
            Self::Live(note) => write(&MessageForm::Live {
                reader: T(note.reader),
                connection_name: T(note.connection_name.clone()),
                set_up_by: note.set_up_by.clone().map(T),
                domains: T(note.domains),
                language: T(note.language),
            }),
            Self::Steps(note) => write(&MessageForm::Steps {
                from: note.from.clone().map(T),
                sheet: (&note.sheet).into(),
                language: T(note.language),
            }),
            Self::Expiry(note) => write(&MessageForm::Expiry {
                reader: T(note.reader),
                connection_name: T(note.connection_name.clone()),
                of: Some(note.of).filter(|of| *of != CertificateUse::ResponseSigning).map(T),
                expires_at: T(note.expires_at),
                metadata_url: note.metadata_url.clone().map(T),
                renewal: note.renewal.as_ref().map(|link| RenewalForm {
                    sealed_url: link.sealed_url.clone().map(T),
                    expires_at: T(link.expires_at),
                }),
                language: T(note.language),
            }),
            Self::PasswordReset { sealed_url, expires_at } => write(&MessageForm::PasswordReset {
                sealed_url: sealed_url.clone().map(T),
                expires_at: T(*expires_at),
            }),
            Self::TeamInvitation { sealed_url, invited_by, expires_at } => {
                write(&MessageForm::TeamInvitation {
                    sealed_url: sealed_url.clone().map(T),
                    invited_by: invited_by.clone(),
                    expires_at: T(*expires_at),
                })
            }
            Self::Account(change) => write(&MessageForm::Account { change: T(*change) }),
            Self::Digest(digest) => write(&MessageForm::from(digest)),
        }
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        match read(document)? {
            MessageForm::Invitation { link_id, sealed_url, intents, language, expires_at } => {
                Ok(Self::Invitation {
                    link_id: link_id.0,
                    sealed_url: sealed_url.map(|T(sealed)| sealed),
                    intents: intents.into_iter().map(|T(intent)| intent).collect(),
                    language: language.map(|T(language)| language).unwrap_or_default(),
                    expires_at: expires_at.0,
                })
            }
            MessageForm::Code { link_id, sealed_code, language, expires_at } => Ok(Self::Code {
                link_id: link_id.0,
                sealed_code: sealed_code.map(|T(sealed)| sealed),
                language: language.0,
                expires_at: expires_at.0,
            }),
            MessageForm::Live { reader, connection_name, set_up_by, domains, language } => {
                Ok(Self::Live(LiveNote {
                    reader: reader.0,
                    connection_name: connection_name.0,
                    set_up_by: set_up_by.map(|T(address)| address),
                    domains: domains.0,
                    language: language.0,
                }))
            }
            MessageForm::Steps { from, sheet, language } => Ok(Self::Steps(StepsNote {
                from: from.map(|T(address)| address),
                sheet: sheet.into(),
                language: language.0,
            })),
            MessageForm::Expiry {
                reader,
                connection_name,
                of,
                expires_at,
                metadata_url,
                renewal,
                language,
            } => Ok(Self::Expiry(ExpiryNote {
                reader: reader.0,
                connection_name: connection_name.0,
                of: of.map_or(CertificateUse::ResponseSigning, |T(of)| of),
                expires_at: expires_at.0,
                metadata_url: metadata_url.map(|T(url)| url),
                renewal: renewal.map(|link| RenewalLink {
                    sealed_url: link.sealed_url.map(|T(sealed)| sealed),
                    expires_at: link.expires_at.0,
                }),
                language: language.0,
            })),
            MessageForm::PasswordReset { sealed_url, expires_at } => Ok(Self::PasswordReset {
                sealed_url: sealed_url.map(|T(sealed)| sealed),
                expires_at: expires_at.0,
            }),
            MessageForm::TeamInvitation { sealed_url, invited_by, expires_at } => Ok(Self::TeamInvitation {
                sealed_url: sealed_url.map(|T(sealed)| sealed),
                invited_by,
                expires_at: expires_at.0,
            }),
            MessageForm::Account { change } => Ok(Self::Account(change.0)),
            MessageForm::StuckSetUps { named, more } => Ok(Self::Digest(Digest::StuckSetUps {
                named: named.into_iter().map(Into::into).collect(),
                more,
            })),
            MessageForm::Undelivered { named, more } => Ok(Self::Digest(Digest::Undelivered {
                named: named.into_iter().map(Into::into).collect(),
                more,
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::json;
    use time::macros::datetime;
    use ulid::Ulid;
    use vestibule_domain::id::Id as _;
    use vestibule_domain::step_sheet::{SheetEntry, SheetStep, StepSheet};

    #[test]
    fn an_invitation_has_this_form() {
        let kind = MessageKind::Invitation {
            link_id: PortalLinkId::from_ulid(Ulid::from_parts(1, 2)),
            sealed_url: Some(Sealed::from_bytes(vec![1, 2, 3])),
            intents: vec![Intent::Sso],
            language: Language::Fr,
            expires_at: datetime!(2026-11-21 12:00 UTC),
        };
        let mut document = json!({
            "v": 1,
            "kind": "invitation",
            "link_id": "portal_link_00000000010000000000000002",
            "sealed_url": "AQID",
            "intents": ["sso"],
            "language": "fr",
            "expires_at": "2026-11-21T12:00:00Z",
        });
        assert_eq!(kept(&kind), document);
        assert_eq!(reread(document.clone()), Ok(kind));
        document.as_object_mut().unwrap().remove("language");
        assert!(matches!(
            reread::<MessageKind>(document),
            Ok(MessageKind::Invitation { language: Language::En, .. })
        ));
    }

    #[test]
    fn a_code_has_this_form() {
        let kind = MessageKind::Code {
            link_id: PortalLinkId::from_ulid(Ulid::from_parts(1, 2)),
            sealed_code: Some(Sealed::from_bytes(vec![1, 2, 3])),
            language: Language::Pt,
            expires_at: datetime!(2026-11-21 12:10 UTC),
        };
        let document = json!({
            "v": 1,
            "kind": "code",
            "link_id": "portal_link_00000000010000000000000002",
            "sealed_code": "AQID",
            "language": "pt",
            "expires_at": "2026-11-21T12:10:00Z",
        });
        assert_eq!(kept(&kind), document);
        assert_eq!(reread(document), Ok(kind));
    }

    #[test]
    fn a_note_that_a_connection_is_live_has_this_form() {
        let kind = MessageKind::Live(LiveNote {
            reader: LiveReader::Team,
            connection_name: Name::parse("Okta").unwrap(),
            set_up_by: EmailAddress::parse("it@acme.example").ok(),
            domains: DomainStanding::Unverified,
            language: Language::En,
        });
        let document = json!({
            "v": 1,
            "kind": "live",
            "reader": "team",
            "connection_name": "Okta",
            "set_up_by": "it@acme.example",
            "domains": "unverified",
            "language": "en",
        });
        assert_eq!(kept(&kind), document);
        assert_eq!(reread(document), Ok(kind));
    }

    #[test]
    fn a_note_that_certificates_run_out_has_this_form() {
        let kind = MessageKind::Expiry(ExpiryNote {
            reader: LiveReader::Admin,
            connection_name: Name::parse("Okta").unwrap(),
            of: CertificateUse::ResponseEncryption,
            expires_at: datetime!(2026-11-21 12:00 UTC),
            metadata_url: HttpsUrl::parse("https://idp.example/metadata").ok(),
            renewal: None,
            language: Language::De,
        });
        let document = json!({
            "v": 1,
            "kind": "expiry",
            "reader": "admin",
            "connection_name": "Okta",
            "of": "response_encryption",
            "expires_at": "2026-11-21T12:00:00Z",
            "metadata_url": "https://idp.example/metadata",
            "language": "de",
        });
        assert_eq!(kept(&kind), document);
        assert_eq!(reread(document.clone()), Ok(kind.clone()));

        let with_link = |sealed_url| {
            let expires_at = datetime!(2026-12-21 12:00 UTC);
            let MessageKind::Expiry(note) = &kind else { unreachable!("made above") };
            let renewal = Some(RenewalLink { sealed_url, expires_at });
            MessageKind::Expiry(ExpiryNote { renewal, ..note.clone() })
        };
        let kind = with_link(Some(Sealed::from_bytes(vec![1, 2, 3])));
        let mut document = document;
        document["renewal"] = json!({ "sealed_url": "AQID", "expires_at": "2026-12-21T12:00:00Z" });
        assert_eq!(kept(&kind), document);
        assert_eq!(reread(document), Ok(kind.clone()));
        assert_eq!(kind.without_secret(), with_link(None));
    }

    #[test]
    fn what_members_are_told_of_their_accounts_has_this_form() {
        let expires_at = datetime!(2026-11-21 12:00 UTC);
        let sealed_url = Some(Sealed::from_bytes(vec![1, 2, 3]));
        let at = "2026-11-21T12:00:00Z";
        for (kind, document) in [
            (
                MessageKind::PasswordReset { sealed_url: sealed_url.clone(), expires_at },
                json!({ "v": 1, "kind": "password_reset", "sealed_url": "AQID", "expires_at": at }),
            ),
            (
                MessageKind::TeamInvitation { sealed_url, invited_by: "Ada".to_owned(), expires_at },
                json!({
                    "v": 1, "kind": "team_invitation", "sealed_url": "AQID", "invited_by": "Ada",
                    "expires_at": at,
                }),
            ),
            (
                MessageKind::Account(AccountChange::SecondFactorOff),
                json!({ "v": 1, "kind": "account", "change": "second_factor_off" }),
            ),
        ] {
            assert_eq!(kept(&kind), document);
            assert_eq!(reread(document), Ok(kind));
        }
    }

    #[test]
    fn digests_have_this_form() {
        let at = datetime!(2026-11-21 12:00 UTC);
        let stuck = Digest::StuckSetUps {
            named: vec![StuckSetUp {
                organization_id: OrganizationId::from_ulid(ulid::Ulid::from_parts(1, 2)),
                name: Name::parse("Globex").unwrap(),
                moved_at: at,
                opened: true,
            }],
            more: 3,
        };
        let undelivered = Digest::Undelivered {
            named: vec![UndeliveredTo {
                endpoint_id: WebhookEndpointId::from_ulid(ulid::Ulid::from_parts(1, 2)),
                url: "https://app.example/hooks".to_owned(),
                given_up: 12,
                last_at: at,
                disabled: false,
            }],
            more: 0,
        };
        for (digest, document) in [
            (
                stuck,
                json!({
                    "v": 1, "kind": "stuck_set_ups", "more": 3,
                    "named": [{
                        "organization_id": "org_00000000010000000000000002", "name": "Globex",
                        "moved_at": "2026-11-21T12:00:00Z", "opened": true,
                    }],
                }),
            ),
            (
                undelivered,
                json!({
                    "v": 1, "kind": "undelivered", "more": 0,
                    "named": [{
                        "endpoint_id": "we_00000000010000000000000002", "url": "https://app.example/hooks",
                        "given_up": 12, "last_at": "2026-11-21T12:00:00Z", "disabled": false,
                    }],
                }),
            ),
        ] {
            let kind = MessageKind::Digest(digest);
            assert_eq!(kept(&kind), document);
            assert_eq!(reread(document), Ok(kind));
        }
    }

    #[test]
    fn steps_for_a_colleague_have_this_form() {
        let entry = |name: &str| SheetEntry { name: name.to_owned(), value: "v".to_owned() };
        let kind = MessageKind::Steps(StepsNote {
            from: None,
            sheet: StepSheet {
                provider: "Okta".to_owned(),
                console: None,
                menu: "Applications".to_owned(),
                role: Some("Admin".to_owned()),
                steps: vec![SheetStep {
                    title: "t".to_owned(),
                    when: None,
                    body: "b".to_owned(),
                    entries: vec![entry("e")],
                    values: vec![entry("o")],
                    brings: Vec::new(),
                }],
            },
            language: Language::Ja,
        });
        let document = json!({
            "v": 1,
            "kind": "steps",
            "from": null,
            "sheet": {
                "provider": "Okta",
                "console": null,
                "menu": "Applications",
                "role": "Admin",
                "steps": [{
                    "title": "t", "when": null, "body": "b",
                    "entries": [{ "name": "e", "value": "v" }],
                    "values": [{ "name": "o", "value": "v" }],
                    "brings": [],
                }],
            },
            "language": "ja",
        });
        assert_eq!(kept(&kind), document);
        assert_eq!(reread(document), Ok(kind));
    }
}
