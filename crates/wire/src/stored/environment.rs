//! Redirects and branding of an environment.

use serde::{Deserialize, Serialize};
use vestibule_domain::brand::{BrandColor, BrandImage};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{Branding, PortalRedirects};
use vestibule_domain::intent::Intent;
use vestibule_domain::text::Name;
use vestibule_domain::url::ReturnUrl;

use super::text::T;
use super::{Stored, StoredError, read, write};

#[derive(Serialize, Deserialize)]
struct RedirectsForm {
    default_return_url: Option<T<ReturnUrl>>,
    #[serde(default)]
    success_urls: Vec<SuccessForm>,
}

#[derive(Serialize, Deserialize)]
struct SuccessForm {
    intent: T<Intent>,
    url: T<ReturnUrl>,
}

impl Stored for PortalRedirects {
    fn to_stored(&self) -> String {
        let success =
            |(intent, url): &(Intent, ReturnUrl)| SuccessForm { intent: T(*intent), url: T(url.clone()) };
        write(&RedirectsForm {
            default_return_url: self.default_return_url.clone().map(T),
            success_urls: self.success_urls.iter().map(success).collect(),
        })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let form: RedirectsForm = read(document)?;
        Ok(Self {
            default_return_url: form.default_return_url.map(|T(url)| url),
            success_urls: form.success_urls.into_iter().map(|s| (s.intent.0, s.url.0)).collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct BrandingForm {
    product_name: Option<T<Name>>,
    support_email: Option<T<EmailAddress>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    color: Option<T<BrandColor>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logo: Option<T<BrandImage>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logo_dark: Option<T<BrandImage>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    icon: Option<T<BrandImage>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    favicon: Option<T<BrandImage>>,
}

impl Stored for Branding {
    fn to_stored(&self) -> String {
        write(&BrandingForm {
            product_name: self.product_name.clone().map(T),
            support_email: self.support_email.clone().map(T),
            color: self.color.map(T),
            logo: self.logo.clone().map(T),
            logo_dark: self.logo_dark.clone().map(T),
            icon: self.icon.clone().map(T),
            favicon: self.favicon.clone().map(T),
        })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let form: BrandingForm = read(document)?;
        Ok(Self {
            product_name: form.product_name.map(|T(name)| name),
            support_email: form.support_email.map(|T(email)| email),
            color: form.color.map(|T(color)| color),
            logo: form.logo.map(|T(image)| image),
            logo_dark: form.logo_dark.map(|T(image)| image),
            icon: form.icon.map(|T(image)| image),
            favicon: form.favicon.map(|T(image)| image),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::json;
    use vestibule_domain::environment::EnvironmentKind;

    #[test]
    fn redirects_have_this_form() {
        let url = |raw| ReturnUrl::parse(raw, EnvironmentKind::Production).unwrap();
        let redirects = PortalRedirects {
            default_return_url: Some(url("https://app.example/")),
            success_urls: vec![(Intent::Sso, url("https://app.example/sso"))],
        };
        let document = json!({
            "v": 1,
            "default_return_url": "https://app.example/",
            "success_urls": [{ "intent": "sso", "url": "https://app.example/sso" }],
        });
        assert_eq!(kept(&redirects), document);
        assert_eq!(reread(document), Ok(redirects));
    }

    #[test]
    fn branding_has_this_form() {
        let branding = Branding {
            product_name: Some(Name::parse("Acme").unwrap()),
            support_email: Some(EmailAddress::parse("help@acme.example").unwrap()),
            ..Branding::default()
        };
        let document = json!({ "v": 1, "product_name": "Acme", "support_email": "help@acme.example" });
        assert_eq!(kept(&branding), document);
        assert_eq!(reread(document), Ok(branding));
        assert_eq!(reread(json!({ "v": 1 })), Ok(Branding::default()));
    }

    #[test]
    fn colour_and_pictures_have_this_form() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01";
        let image = BrandImage::parse(png.to_vec()).unwrap();
        let branding = Branding {
            color: Some(BrandColor::parse("#2f5bd0").unwrap()),
            logo: Some(image.clone()),
            logo_dark: Some(image.clone()),
            icon: Some(image.clone()),
            favicon: Some(image),
            ..Branding::default()
        };
        let text = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB";
        let document = json!({
            "v": 1, "product_name": null, "support_email": null,
            "color": "#2f5bd0", "logo": text, "logo_dark": text, "icon": text, "favicon": text,
        });
        assert_eq!(kept(&branding), document);
        assert_eq!(reread(document), Ok(branding));
        for wrong in [json!({ "v": 1, "color": "red" }), json!({ "v": 1, "logo": "AAAA" })] {
            assert!(reread::<Branding>(wrong).is_err());
        }
    }
}
