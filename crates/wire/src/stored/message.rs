//! What a message is about.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_domain::Instant;
use vestibule_domain::id::PortalLinkId;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::message::MessageKind;
use vestibule_domain::secret::Sealed;

use super::text::T;
use super::{Stored, StoredError, read, write};

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum MessageForm {
    Invitation {
        link_id: T<PortalLinkId>,
        sealed_url: Option<T<Sealed>>,
        intents: Vec<T<Intent>>,
        expires_at: T<Instant>,
    },
    Code {
        link_id: T<PortalLinkId>,
        sealed_code: Option<T<Sealed>>,
        language: T<Language>,
        expires_at: T<Instant>,
    },
}

impl Stored for MessageKind {
    fn to_stored(&self) -> Value {
        match self {
            Self::Invitation { link_id, sealed_url, intents, expires_at } => {
                write(&MessageForm::Invitation {
                    link_id: T(*link_id),
                    sealed_url: sealed_url.clone().map(T),
                    intents: intents.iter().copied().map(T).collect(),
                    expires_at: T(*expires_at),
                })
            }
            Self::Code { link_id, sealed_code, language, expires_at } => write(&MessageForm::Code {
                link_id: T(*link_id),
                sealed_code: sealed_code.clone().map(T),
                language: T(*language),
                expires_at: T(*expires_at),
            }),
        }
    }

    fn from_stored(document: Value) -> Result<Self, StoredError> {
        match read(document)? {
            MessageForm::Invitation { link_id, sealed_url, intents, expires_at } => Ok(Self::Invitation {
                link_id: link_id.0,
                sealed_url: sealed_url.map(|T(sealed)| sealed),
                intents: intents.into_iter().map(|T(intent)| intent).collect(),
                expires_at: expires_at.0,
            }),
            MessageForm::Code { link_id, sealed_code, language, expires_at } => Ok(Self::Code {
                link_id: link_id.0,
                sealed_code: sealed_code.map(|T(sealed)| sealed),
                language: language.0,
                expires_at: expires_at.0,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use time::macros::datetime;
    use ulid::Ulid;
    use vestibule_domain::id::Id as _;

    #[test]
    fn an_invitation_has_this_form() {
        let kind = MessageKind::Invitation {
            link_id: PortalLinkId::from_ulid(Ulid::from_parts(1, 2)),
            sealed_url: Some(Sealed::from_bytes(vec![1, 2, 3])),
            intents: vec![Intent::Sso],
            expires_at: datetime!(2026-11-21 12:00 UTC),
        };
        let document = json!({
            "v": 1,
            "kind": "invitation",
            "link_id": "portal_link_00000000010000000000000002",
            "sealed_url": "AQID",
            "intents": ["sso"],
            "expires_at": "2026-11-21T12:00:00Z",
        });
        assert_eq!(kind.to_stored(), document);
        assert_eq!(Stored::from_stored(document), Ok(kind));
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
        assert_eq!(kind.to_stored(), document);
        assert_eq!(Stored::from_stored(document), Ok(kind));
    }
}
