//! Which mails a member wants.

/// A mail that goes to the members who want it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// A customer's single sign-on went live.
    ConnectionLive,
    /// A customer's certificates run out.
    CertificateExpiry,
    /// A customer's set-up is stuck.
    SetUpStuck,
    /// Deliveries to a webhook endpoint were given up.
    WebhookUndelivered,
}

impl Notice {
    /// All of them, in the order in which a page offers them.
    pub const ALL: [Self; 4] =
        [Self::ConnectionLive, Self::CertificateExpiry, Self::SetUpStuck, Self::WebhookUndelivered];

    /// The word in stores and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionLive => "connection_live",
            Self::CertificateExpiry => "certificate_expiry",
            Self::SetUpStuck => "set_up_stuck",
            Self::WebhookUndelivered => "webhook_undelivered",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == raw)
    }
}

/// The mails that a member wants; none at first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices(Vec<Notice>);

impl Notices {
    /// These, each once.
    pub fn of(wanted: impl IntoIterator<Item = Notice>) -> Self {
        let mut wanted: Vec<_> = wanted.into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        Self(wanted)
    }

    /// Whether one is wanted.
    pub fn has(&self, notice: Notice) -> bool {
        self.0.contains(&notice)
    }

    /// Those that are wanted.
    pub fn iter(&self) -> impl Iterator<Item = Notice> + '_ {
        self.0.iter().copied()
    }

    /// The words in stores, with a space between them.
    pub fn to_words(&self) -> String {
        self.0.iter().map(|notice| notice.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Reads the words.
    pub fn from_words(raw: &str) -> Option<Self> {
        raw.split_whitespace().map(Notice::parse).collect::<Option<Vec<_>>>().map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_survives_its_words() {
        for wanted in [Notices::default(), Notices::of([Notice::CertificateExpiry]), Notices::of(Notice::ALL)]
        {
            assert_eq!(Notices::from_words(&wanted.to_words()), Some(wanted));
        }
        assert_eq!(Notices::from_words("certificate_expiry rain"), None);
    }

    #[test]
    fn each_is_wanted_once() {
        let twice =
            Notices::of([Notice::CertificateExpiry, Notice::ConnectionLive, Notice::CertificateExpiry]);
        assert_eq!(twice.to_words(), "connection_live certificate_expiry");
        assert!(twice.has(Notice::ConnectionLive));
    }
}
