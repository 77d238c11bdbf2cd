//! How far an IT admin is.

use serde::{Deserialize, Serialize};
use vestibule_domain::portal_session::{Candidate, CandidateData, Progress};
use vestibule_domain::url::HttpsUrl;

use super::connection::{IdentityProviderForm, OidcClientForm};
use super::text::T;
use super::{Stored, StoredError, read, write};

#[derive(Serialize, Deserialize)]
struct ProgressForm {
    provider: Option<String>,
    step: u16,
    candidate: Option<CandidateForm>,
    /// Rows of before have none.
    #[serde(default)]
    sheets_sent: u16,
}

#[derive(Serialize, Deserialize)]
struct CandidateForm {
    revision: String,
    data: DataForm,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "protocol", rename_all = "snake_case")]
enum DataForm {
    Saml { idp: IdentityProviderForm, metadata_url: Option<T<HttpsUrl>> },
    Oidc { client: OidcClientForm },
}

impl Stored for Progress {
    fn to_stored(&self) -> String {
        let candidate = |candidate: &Candidate| CandidateForm {
            revision: candidate.revision.clone(),
            data: match &candidate.data {
                CandidateData::Saml { idp, metadata_url } => {
                    DataForm::Saml { idp: idp.into(), metadata_url: metadata_url.clone().map(T) }
                }
                CandidateData::Oidc(client) => DataForm::Oidc { client: client.into() },
            },
        };
        write(&ProgressForm {
            provider: self.provider.clone(),
            step: self.step,
            candidate: self.candidate.as_ref().map(candidate),
            sheets_sent: self.sheets_sent,
        })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let form: ProgressForm = read(document)?;
        let candidate = |candidate: CandidateForm| Candidate {
            revision: candidate.revision,
            data: match candidate.data {
                DataForm::Saml { idp, metadata_url } => {
                    CandidateData::Saml { idp: idp.into(), metadata_url: metadata_url.map(|T(url)| url) }
                }
                DataForm::Oidc { client } => CandidateData::Oidc(client.into()),
            },
        };
        Ok(Self {
            provider: form.provider,
            step: form.step,
            candidate: form.candidate.map(candidate),
            sheets_sent: form.sheets_sent,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::json;
    use time::macros::datetime;
    use vestibule_domain::certificate::{Certificate, Fingerprint, KeyKind};
    use vestibule_domain::saml::{IdentityProvider, SsoBinding, SsoEndpoint};
    use vestibule_domain::url::EntityId;

    #[test]
    fn progress_with_a_saml_candidate_has_this_form() {
        let at = datetime!(2026-11-21 12:00 UTC);
        let progress = Progress {
            provider: Some("okta-saml".into()),
            step: 3,
            candidate: Some(Candidate {
                revision: "r1".into(),
                data: CandidateData::Saml {
                    idp: IdentityProvider {
                        entity_id: EntityId::parse("urn:idp").unwrap(),
                        sso: vec![SsoEndpoint {
                            binding: SsoBinding::Post,
                            url: HttpsUrl::parse("https://idp.example/sso").unwrap(),
                        }],
                        slo: Vec::new(),
                        signing_certificates: vec![Certificate {
                            der: vec![1],
                            fingerprint: Fingerprint::of_der(&[1]),
                            subject: "s".into(),
                            issuer: "i".into(),
                            not_before: at,
                            not_after: at,
                            key: KeyKind::EcP256,
                        }],
                        name_id_formats: Vec::new(),
                        wants_signed_requests: false,
                        valid_until: Some(at),
                        sha1_only: false,
                    },
                    metadata_url: None,
                },
            }),
            sheets_sent: 2,
        };
        let document = json!({
            "v": 1,
            "provider": "okta-saml",
            "step": 3,
            "candidate": {
                "revision": "r1",
                "data": {
                    "protocol": "saml",
                    "idp": {
                        "entity_id": "urn:idp",
                        "sso": [{ "binding": "post", "url": "https://idp.example/sso" }],
                        "slo": [],
                        "signing_certificates": [{
                            "der": "AQ==", "subject": "s", "issuer": "i", "key": "ec-p256",
                            "not_before": "2026-11-21T12:00:00Z", "not_after": "2026-11-21T12:00:00Z",
                        }],
                        "name_id_formats": [],
                        "wants_signed_requests": false,
                        "valid_until": "2026-11-21T12:00:00Z",
                    },
                    "metadata_url": null,
                },
            },
            "sheets_sent": 2,
        });
        assert_eq!(kept(&progress), document);
        assert_eq!(reread(document), Ok(progress));
    }

    #[test]
    fn the_beginning_has_this_form() {
        let document = json!({ "v": 1, "provider": null, "step": 0, "candidate": null, "sheets_sent": 0 });
        assert_eq!(kept(&Progress::default()), document);
        assert_eq!(reread(document), Ok(Progress::default()));
    }

    #[test]
    fn a_row_from_before_anything_was_counted_is_read() {
        let document = json!({ "v": 1, "provider": null, "step": 0, "candidate": null });
        assert_eq!(reread(document), Ok(Progress::default()));
    }
}
