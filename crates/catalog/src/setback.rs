//! What a walkthrough knows of a sign-in that went wrong: where to go back to, and what is known to
//! go wrong there.

use crate::facts::Quirk;
use crate::keys::{FieldKey, OurValue, ProfileField, SignInPoint};
use crate::provider::{Protocol, Provider};
use crate::steps::{EnterValue, Step};

impl Provider {
    /// What is known to go wrong at a point of a sign-in with this error, the worst first.
    pub fn hints(&self, point: SignInPoint, error: &str) -> Vec<&Quirk> {
        let mut hints: Vec<&Quirk> =
            self.quirks.iter().filter(|quirk| quirk.explains(point, error)).collect();
        hints.sort_by_key(|quirk| std::cmp::Reverse(quirk.severity));
        hints
    }

    /// Which of our values their console must have, so that a sign-in gets past a point.
    pub fn values_behind(&self, point: SignInPoint) -> &'static [OurValue] {
        match (point, self.protocol) {
            (SignInPoint::Destination | SignInPoint::Recipient, Protocol::Saml) => &[OurValue::AcsUrl],
            (SignInPoint::Audience, Protocol::Saml) => &[OurValue::SpEntityId],
            (SignInPoint::BeforeAnswer, Protocol::Saml) => &[OurValue::AcsUrl, OurValue::SpEntityId],
            (SignInPoint::BeforeAnswer | SignInPoint::Exchange, Protocol::Oidc) => &[OurValue::RedirectUri],
            _ => &[],
        }
    }

    /// Which of their values we must have, so that a sign-in gets past a point.
    pub fn fields_behind(&self, point: SignInPoint) -> &'static [FieldKey] {
        match (point, self.protocol) {
            (SignInPoint::Signature, Protocol::Saml) => {
                &[FieldKey::IdpMetadataUrl, FieldKey::IdpMetadataXml, FieldKey::IdpCertificate]
            }
            (SignInPoint::Issuer, Protocol::Saml) => {
                &[FieldKey::IdpMetadataUrl, FieldKey::IdpMetadataXml, FieldKey::IdpEntityId]
            }
            (SignInPoint::Signature | SignInPoint::Issuer, Protocol::Oidc) => &[FieldKey::Issuer],
            (SignInPoint::Audience, Protocol::Oidc) => &[FieldKey::ClientId],
            (SignInPoint::Exchange, Protocol::Oidc) => &[FieldKey::ClientSecret, FieldKey::ClientId],
            _ => &[],
        }
    }

    /// The step to go back to, from 0, if one has to do with the point.
    pub fn step_behind(&self, point: SignInPoint) -> Option<usize> {
        let collects = |key: FieldKey| self.steps.iter().rposition(|step| step.collect.contains(&key));
        let gives = |key: OurValue| self.steps.iter().position(|step| step.gives(key));
        if point == SignInPoint::Attributes {
            return self.step_of_attributes();
        }
        let values = self.values_behind(point);
        let ours = || values.iter().copied().find_map(gives);
        // Some consoles take our metadata in place of the single values.
        let document = || [OurValue::SpMetadataUrl, OurValue::SpMetadataXml].into_iter().find_map(gives);
        self.fields_behind(point)
            .iter()
            .copied()
            .find_map(collects)
            .or_else(ours)
            .or_else(|| if values.is_empty() { None } else { document() })
    }

    /// The step in which the admin says what is sent of a person.
    fn step_of_attributes(&self) -> Option<usize> {
        let names: Vec<&str> = self
            .attribute_map
            .iter()
            .filter(|row| row.required || row.key == ProfileField::Email)
            .map(|row| row.send_as.as_str())
            .collect();
        let enters = |step: &Step| {
            step.enter.iter().any(|row| {
                let literal = match &row.value {
                    EnterValue::Literal(literal) => literal.as_str(),
                    EnterValue::Ref(_) => "",
                };
                names.iter().any(|name| row.field == *name || literal.split(", ").any(|one| one == *name))
            })
        };
        let is_about = |step: &Step| {
            let title = step.title.to_lowercase();
            ["attribute", "claim", "mapp", "scope"].iter().any(|word| title.contains(word))
        };
        let mentions = |step: &Step| names.iter().any(|name| step.body_text.contains(name));
        let find = |is: &dyn Fn(&Step) -> bool| self.steps.iter().position(is);
        find(&enters).or_else(|| find(&is_about)).or_else(|| find(&mentions))
    }
}

impl Step {
    /// Whether the step carries one of our values to their console.
    fn gives(&self, key: OurValue) -> bool {
        self.copy.contains(&key) || self.enter.iter().any(|row| row.value == EnterValue::Ref(key))
    }
}
