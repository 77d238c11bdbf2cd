//! Certificates as people paste them.
//!
//! They come from consoles, mail programs, word processors, JSON files and shells, each of which
//! breaks them in its own way; what was meant is clear in nearly all cases, and a person should
//! not be sent back for it. What was pasted instead by mistake is recognised and named; a private
//! key above all, which must never be echoed, logged or kept.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use vestibule_application::ports::saml::CertificateError;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::saml::IDP_CERTIFICATES_MAX;

use crate::certificate::{CERTIFICATE_BYTES_MAX, read_der};
use crate::text::decode;

/// Padding gets lost, and some writers leave bits set behind the end.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How many blocks of PEM are told apart, at most: as many as a connection may trust, each with an
/// authority or two.
const BLOCKS_MAX: usize = 3 * IDP_CERTIFICATES_MAX;

/// Reads the one certificate that the input holds, whatever its key.
pub(crate) fn read(input: &[u8]) -> Result<Certificate, CertificateError> {
    let mut certificates = read_all(input)?;
    match certificates.pop() {
        Some(only) if certificates.is_empty() => Ok(only),
        _ => Err(CertificateError::Several),
    }
}

/// Reads every certificate that the input holds, each once, whatever its key; never none.
pub(crate) fn read_all(input: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
    if input.len() > CERTIFICATE_BYTES_MAX {
        return Err(CertificateError::TooLarge { max: CERTIFICATE_BYTES_MAX });
    }
    if let Some(binary) = Binary::of(input) {
        return binary.certificate(input).map(|only| vec![only]);
    }
    let text = straighten(&decode(input).map_err(|_| CertificateError::Encoding)?);
    if text.trim().is_empty() {
        return Err(CertificateError::Empty);
    }
    refuse_other_labels(&text)?;
    let bodies = bodies(&text);
    if let [only] = bodies.as_slice() {
        return read_body(only).map_err(|error| other_kind(&text).unwrap_or(error));
    }
    distinct(bodies.iter().map(|body| read_body(body)))
}

/// Each certificate once.
fn distinct(
    certificates: impl Iterator<Item = Result<Vec<Certificate>, CertificateError>>,
) -> Result<Vec<Certificate>, CertificateError> {
    let mut kept: Vec<Certificate> = Vec::new();
    for certificate in certificates.collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
        if kept.iter().all(|held| held.fingerprint != certificate.fingerprint) {
            kept.push(certificate);
        }
    }
    if kept.len() > BLOCKS_MAX {
        Err(CertificateError::TooMany { max: IDP_CERTIFICATES_MAX })
    } else {
        Ok(kept)
    }
}

/// Reads the base64 of one certificate, or of a PEM file.
fn read_body(body: &str) -> Result<Vec<Certificate>, CertificateError> {
    let decoded = BASE64.decode(body).map_err(|_| CertificateError::Encoding)?;
    if let Some(binary) = Binary::of(&decoded) {
        return binary.certificate(&decoded).map(|only| vec![only]);
    }
    if decoded.is_empty() {
        return Err(CertificateError::Encoding);
    }
    // Some consoles encode the whole PEM file once more. Once: text that is base64 of base64 of
    // base64 was made to cost time.
    let inner = straighten(&decode(&decoded).map_err(|_| CertificateError::NotX509)?);
    refuse_other_labels(&inner)?;
    let bodies = bodies_of_pem(&inner);
    if bodies.is_empty() {
        return Err(CertificateError::NotX509);
    }
    let decode = |body: &String| BASE64.decode(body).map_err(|_| CertificateError::Encoding);
    distinct(bodies.iter().map(|body| Ok(vec![read_der(&decode(body)?)?])))
}

/// What a text is that holds no certificate.
fn other_kind(text: &str) -> Option<CertificateError> {
    let words = text.trim_start();
    if contains_word(text, "PUBLIC", "KEY") || words.starts_with("ssh-") {
        Some(CertificateError::PublicKey)
    } else if contains_word(text, "BEGIN", "PKCS7") {
        Some(CertificateError::Bundle)
    } else if is_fingerprint(text) {
        Some(CertificateError::Fingerprint)
    } else {
        None
    }
}

/// Hexadecimal digits of a digest by MD5, SHA-1 or SHA-256, as consoles show them: with or without
/// separators, perhaps behind a label.
fn is_fingerprint(text: &str) -> bool {
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ':' | '-');
    let value = text.rsplit('=').next().unwrap_or(text);
    let digits: Vec<char> = value.chars().filter(|c| !is_separator(*c)).collect();
    matches!(digits.len(), 32 | 40 | 64) && digits.iter().all(char::is_ascii_hexdigit)
}

/// The object identifier of PKCS#7's signed data. Source: RFC 2315, section 14.
const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// DER that begins like a structure of interest; its first element tells what it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    /// A certificate's or a request's body, or an algorithm: a sequence.
    Sequence,
    /// PKCS#1, PKCS#8 and SEC 1 begin with a version of 0 or 1; PKCS#12, which wraps a private
    /// key, with 3.
    PrivateKey,
    /// PKCS#7.
    Bundle,
}

impl Binary {
    /// `0x30` is the digit 0 as well, but no text goes on with these: every DER of use has more
    /// than 127 bytes, and so a length in long form.
    pub(crate) fn of(input: &[u8]) -> Option<Self> {
        let ([0x30, 0x80, content @ ..]
        | [0x30, 0x81, _, content @ ..]
        | [0x30, 0x82, _, _, content @ ..]
        | [0x30, 0x83, _, _, _, content @ ..]) = input
        else {
            return None;
        };
        Some(match content {
            [0x02, 0x01, 0 | 1 | 3, ..] => Self::PrivateKey,
            content if content.starts_with(&SIGNED_DATA) => Self::Bundle,
            _ => Self::Sequence,
        })
    }

    fn certificate(self, der: &[u8]) -> Result<Certificate, CertificateError> {
        use x509_parser::prelude::{FromDer, X509CertificationRequest};
        match self {
            Self::PrivateKey => Err(CertificateError::PrivateKey),
            Self::Bundle => Err(CertificateError::Bundle),
            Self::Sequence => read_der(der).map_err(|error| {
                let is_request = X509CertificationRequest::from_der(der).is_ok();
                if is_request { CertificateError::SigningRequest } else { error }
            }),
        }
    }
}

/// Undoes what programs do to text on its way: typographic dashes and spaces, escaped line ends,
/// character references, line ends of other systems.
fn straighten(text: &str) -> String {
    let text: String = text
        .chars()
        .filter_map(|c| match c {
            // Hyphens, dashes, minus.
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => Some('-'),
            // Marks without width.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
            c if c.is_whitespace() && c != '\n' && c != '\r' => Some(' '),
            c => Some(c),
        })
        .collect();
    ["\r\n", "\r", "\\r\\n", "\\n", "\\r", "&#13;", "&#xD;", "&#xd;", "&#10;", "&#xA;", "&#xa;"].iter().fold(
        text,
        |text, line_end| if text.contains(line_end) { text.replace(line_end, "\n") } else { text },
    )
}

/// Private keys first: whatever else is there, the person must learn that one was.
fn refuse_other_labels(text: &str) -> Result<(), CertificateError> {
    if contains_word(text, "PRIVATE", "KEY") {
        return Err(CertificateError::PrivateKey);
    }
    if contains_word(text, "CERTIFICATE", "REQUEST") {
        return Err(CertificateError::SigningRequest);
    }
    Ok(())
}

/// The base64 of each certificate in the text.
fn bodies(text: &str) -> Vec<String> {
    if let Some(bodies) = bodies_of_elements(text) {
        return bodies;
    }
    let bodies = bodies_of_pem(text);
    if bodies.is_empty() { vec![base64_of(text)] } else { bodies }
}

/// Contents of `X509Certificate` elements, where somebody copied a piece of metadata.
fn bodies_of_elements(text: &str) -> Option<Vec<String>> {
    let mut pieces = text.split("X509Certificate>");
    pieces.next()?;
    // The first piece ends in `<ds:`; then contents, which end in `</ds:`, and gaps take turns.
    let bodies: Vec<_> = pieces
        .step_by(2)
        .map(|piece| piece.split('<').next().unwrap_or(piece))
        .map(|content| bodies_of_pem(content).pop().unwrap_or_else(|| base64_of(content)))
        .collect();
    (!bodies.is_empty()).then_some(bodies)
}

/// What stands between the markers of PEM. Dashes and spaces of the markers may be lost, and the
/// first or the last marker may be missing; the words may not.
fn bodies_of_pem(text: &str) -> Vec<String> {
    let mut bodies = Vec::new();
    let mut rest = text;
    if let Some(end) = find_words(rest, "END", "CERTIFICATE")
        && find_words(rest, "BEGIN", "CERTIFICATE").is_none_or(|begin| begin.start > end.start)
    {
        bodies.push(base64_of(&rest[..end.start]));
        rest = &rest[end.end..];
    }
    while bodies.len() < BLOCKS_MAX
        && let Some(begin) = find_words(rest, "BEGIN", "CERTIFICATE")
    {
        rest = &rest[begin.end..];
        let ends = [find_words(rest, "END", "CERTIFICATE"), find_words(rest, "BEGIN", "CERTIFICATE")];
        let end = ends.into_iter().flatten().map(|words| words.start).min().unwrap_or(rest.len());
        bodies.push(base64_of(&rest[..end]));
        rest = &rest[end..];
    }
    bodies
}

pub(crate) fn contains_word(text: &str, first: &str, second: &str) -> bool {
    find_words(text, first, second).is_some()
}

/// Where two words stand with nothing but spaces between them, in either case of letters.
fn find_words(text: &str, first: &str, second: &str) -> Option<std::ops::Range<usize>> {
    let is_at = |at: usize, word: &str| {
        text.as_bytes()
            .get(at..at + word.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    (0..text.len()).filter(|at| is_at(*at, first)).find_map(|start| {
        let after = start + first.len();
        let spaces = text.as_bytes()[after..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        is_at(after + spaces, second).then(|| start..after + spaces + second.len())
    })
}

/// Drops what surrounds and separates base64: dashes of markers, quotes of programs and mails,
/// white space, and the soft line ends of quoted-printable (RFC 2045, section 6.7).
fn base64_of(text: &str) -> String {
    let is_wrapping =
        |c: char| c.is_whitespace() || matches!(c, '-' | '"' | '\'' | '`' | ',' | ';' | '>' | '\\');
    let lines: Vec<_> =
        text.lines().map(|line| line.trim_matches(is_wrapping)).filter(|line| !line.is_empty()).collect();
    let last = lines.len().saturating_sub(1);
    let joined: String = lines
        .iter()
        .enumerate()
        .flat_map(|(index, line)| {
            let line = if index < last { line.trim_end_matches('=') } else { line };
            line.chars().filter(|c| !c.is_whitespace())
        })
        .collect();
    joined.replace("=3D", "=")
}
