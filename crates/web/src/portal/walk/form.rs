//! What a step asks for.

use vestibule_catalog::{FieldKey, FieldKind, Group, InputMode, Provider, WeNeed};
use vestibule_domain::connection_type::Protocol;
use vestibule_domain::oidc::OidcClient;
use vestibule_domain::portal_session::{Candidate, CandidateData};
use vestibule_words::{Piece, Text, text};

use super::super::intake::{self, CERTIFICATE_FILE, METADATA_FILE};
use super::super::view::frame::{Field, field_id};
use super::super::view::walkthrough::{FormView, UploadView, WayView};
use super::asking_step;
use super::step::{Entered, Walk};

/// The form of a step; none if it asks for nothing.
pub(super) fn form(walk: &Walk<'_>, entered: &Entered<'_>) -> Option<FormView> {
    let step = &walk.provider.steps[walk.step];
    if step.collect.is_empty() {
        return None;
    }
    let candidate = walk.visitor.visit.session.progress.candidate.as_ref();
    let (ways, tried) = match walk.protocol() {
        Protocol::Saml => {
            let tried =
                entered.submission.map(|sent| intake::saml::marks(walk.provider, sent)).unwrap_or_default();
            (saml_ways(walk.provider, entered, candidate), tried)
        }
        Protocol::Oidc => (oidc_ways(walk, entered, candidate), String::new()),
    };
    let known = candidate.map(|candidate| match &candidate.data {
        CandidateData::Saml { idp, .. } => {
            text!("step-known-metadata", entity_id = idp.entity_id.as_str())
        }
        CandidateData::Oidc(client) => text!("step-known-issuer", issuer = client.provider.issuer.as_str()),
    });
    Some(FormView { ways, known, tried, submit: text!("step-check") })
}

fn saml_ways(provider: &Provider, entered: &Entered<'_>, candidate: Option<&Candidate>) -> Vec<WayView> {
    let fetched_from = match candidate.map(|candidate| &candidate.data) {
        Some(CandidateData::Saml { metadata_url: Some(url), .. }) => Some(url.as_str()),
        _ => None,
    };
    let wrong = |key: &str| entered.faults.iter().any(|fault| fault.field == key);
    let one = |key: FieldKey| -> Vec<Field> {
        let shown = fetched_from.filter(|_| key == FieldKey::IdpMetadataUrl);
        provider.field(key).map(|need| field(need, entered, shown)).into_iter().collect()
    };
    let is_open = |keys: &[&str]| {
        let filled = |key: &str| {
            let typed = FieldKey::find(key).and_then(|key| entered.submission?.text(key));
            typed.is_some() || wrong(key)
        };
        keys.iter().any(|key| filled(key))
    };
    let modes = provider.input_modes();
    modes
        .iter()
        .enumerate()
        .map(|(index, mode)| {
            let folded = index > 0;
            match mode {
                InputMode::MetadataUrl => WayView {
                    title: folded.then(|| text!("step-by-address")),
                    folded,
                    open: is_open(&[FieldKey::IdpMetadataUrl.as_str()]),
                    fields: one(FieldKey::IdpMetadataUrl),
                    file: None,
                },
                InputMode::MetadataXml => WayView {
                    title: folded.then(|| text!("step-by-document")),
                    folded,
                    open: is_open(&[FieldKey::IdpMetadataXml.as_str(), METADATA_FILE]),
                    file: Some(upload(
                        METADATA_FILE,
                        text!("step-metadata-file"),
                        ".xml,text/xml,application/xml",
                        entered,
                    )),
                    fields: one(FieldKey::IdpMetadataXml),
                },
                InputMode::Manual => {
                    let keys = [FieldKey::IdpEntityId, FieldKey::IdpSsoUrl, FieldKey::IdpCertificate];
                    let names: Vec<&str> =
                        keys.iter().map(|key| key.as_str()).chain([CERTIFICATE_FILE]).collect();
                    WayView {
                        title: folded.then(|| text!("step-by-hand")),
                        folded,
                        open: is_open(&names),
                        fields: keys.into_iter().flat_map(one).collect(),
                        file: Some(upload(
                            CERTIFICATE_FILE,
                            text!("step-certificate-file"),
                            ".pem,.cer,.crt,.cert,.der",
                            entered,
                        )),
                    }
                }
            }
        })
        .collect()
}

fn oidc_ways(walk: &Walk<'_>, entered: &Entered<'_>, candidate: Option<&Candidate>) -> Vec<WayView> {
    let provider = walk.provider;
    let client = match candidate.map(|candidate| &candidate.data) {
        Some(CandidateData::Oidc(client)) => Some(client),
        _ => None,
    };
    let here = &provider.steps[walk.step].collect;
    let last = walk.step == asking_step(provider);
    let asked = provider.we_need.iter().filter(|need| {
        let needed_still = last && need.must_be_asked() && entered.typed.get(need.key).is_none();
        let asked_here = here.contains(&need.key) && need.fixed_value.is_none();
        // One of an earlier step, perhaps: what is wrong must have its place.
        let wrong = entered.faults.iter().any(|fault| fault.field == need.key.as_str());
        need.group != Group::Manual && intake::oidc::keeps(need.key) && (asked_here || needed_still || wrong)
    });
    let mut ways = vec![WayView {
        title: None,
        folded: false,
        open: false,
        fields: asked
            .map(|need| field(need, entered, client.and_then(|client| saved(client, need.key))))
            .collect(),
        file: None,
    }];
    let by_hand: Vec<Field> = provider.manual_fields().map(|need| field(need, entered, None)).collect();
    if last && !by_hand.is_empty() {
        let open = by_hand.iter().any(|field| !field.value.is_empty() || field.error.is_some());
        let title = Some(text!("step-no-discovery"));
        ways.push(WayView { title, folded: true, open, fields: by_hand, file: None });
    }
    ways
}

/// What a candidate says about a field that may be shown.
fn saved(client: &OidcClient, key: FieldKey) -> Option<&str> {
    match key {
        FieldKey::Issuer => Some(client.provider.issuer.as_str()),
        FieldKey::ClientId => Some(&client.client_id),
        _ => None,
    }
}

fn field(need: &WeNeed, entered: &Entered<'_>, saved: Option<&str>) -> Field {
    let typed = match (need.kind, entered.submission) {
        (FieldKind::Secret, _) => "",
        (_, Some(submission)) => submission.typed(need.key).unwrap_or_default(),
        (kind, None) => match entered.typed.shown(need.key, kind) {
            "" => saved.or(need.default.as_deref()).unwrap_or_default(),
            known => known,
        },
    };
    Field {
        value: typed.to_owned(),
        optional: !need.required && need.group == Group::None,
        place: need.where_.clone(),
        note: need.note.clone().map(Piece::from),
        example: need.example.clone().filter(|example| need.kind != FieldKind::Secret && example.len() < 120),
        options: need.options.clone(),
        kept: need.kind == FieldKind::Secret && entered.typed.get(need.key).is_some(),
        error: entered
            .faults
            .iter()
            .find(|fault| fault.field == need.key.as_str())
            .map(|fault| fault.text.clone().into()),
        ..Field::plain(need.key.as_str(), need.label.as_str(), control(need.kind))
    }
}

fn control(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::MetadataUrl | FieldKind::Url => "url",
        FieldKind::MetadataXml | FieldKind::Certificate => "area",
        FieldKind::Text | FieldKind::Toggle => "line",
        FieldKind::Secret => "secret",
        FieldKind::Select => "choice",
    }
}

fn upload(key: &'static str, label: Text, accept: &'static str, entered: &Entered<'_>) -> UploadView {
    let error = entered.faults.iter().find(|fault| fault.field == key).map(|fault| fault.text.clone().into());
    UploadView { key, id: field_id(key), label, accept, error }
}
