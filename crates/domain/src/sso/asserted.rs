//! What an identity provider says of a person.

/// What an identity provider said of a person, read from verified bytes alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// The person's id there: the name id of SAML, `sub` of OpenID Connect.
    pub subject: String,
    /// The name id's format, if it has one.
    pub subject_format: Option<String>,
    /// The provider's own session, for logging out there.
    pub session_index: Option<String>,
    /// Attributes or claims, in the order in which they came, each name once.
    pub attributes: Vec<AssertedAttribute>,
}

/// One attribute of SAML, or one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertedAttribute {
    /// Its name, as the provider writes it.
    pub name: String,
    /// The name for people that came with it.
    pub friendly_name: Option<String>,
    /// Its values as text, in order; may be empty. What is neither text nor a list of texts comes
    /// as JSON.
    pub values: Vec<String>,
}

/// Most attributes that are taken of one message.
///
/// The largest message of the corpus has 22; a provider that sends all it knows of a person stays
/// below fifty.
pub const ATTRIBUTES_MAX: usize = 250;

/// Most values that are taken of one attribute: people are in many groups.
pub const ATTRIBUTE_VALUES_MAX: usize = 2_000;

/// Most bytes of all names and values together.
pub const ATTRIBUTE_BYTES_MAX: usize = 256 * 1024;

impl Asserted {
    /// The values under a name. A name for people is tried after all real names.
    pub fn values(&self, name: &str) -> Option<&[String]> {
        let named = self.attributes.iter().find(|attribute| attribute.name == name);
        let known_as =
            || self.attributes.iter().find(|attribute| attribute.friendly_name.as_deref() == Some(name));
        named.or_else(known_as).map(|attribute| attribute.values.as_slice())
    }

    /// The first value under a name that is more than white space.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.values(name)?.iter().map(|value| value.trim()).find(|value| !value.is_empty())
    }
}
