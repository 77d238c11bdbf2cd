//! Documents made to break a reader before it has understood anything. Each limit is tried at the
//! limit and one past it.

use std::fmt::Write;

use proptest::prelude::*;
use vestibule_application::ports::saml::{METADATA_BYTES_MAX, MetadataError};
use vestibule_saml::gate::{ATTRIBUTES_MAX, DEPTH_MAX, NODES_MAX, SIGNS_MAX};

use crate::support::{OKTA, bytes, okta, okta_with, read, read_one};

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn size_is_limited_exactly() {
    let mut document = bytes(OKTA);
    document.resize(METADATA_BYTES_MAX, b'\n');
    assert!(read(&document).is_ok());
    document.push(b'\n');
    assert_eq!(read(&document), Err(MetadataError::TooLarge));
}

#[test]
fn depth_is_limited_exactly_and_before_a_tree_is_built() {
    // The extension stands below two elements of the document.
    let nested =
        |depth: usize| okta_with(&format!("{}{}", "<a>".repeat(depth - 2), "</a>".repeat(depth - 2)));
    assert!(read(&nested(DEPTH_MAX)).is_ok());
    assert_eq!(read(&nested(DEPTH_MAX + 1)), Err(MetadataError::TooDeep { max: DEPTH_MAX }));
    let bomb = "<a>".repeat(METADATA_BYTES_MAX / 3);
    assert!(matches!(
        read(bomb.as_bytes()),
        Err(MetadataError::TooManyNodes { .. } | MetadataError::TooDeep { .. })
    ));
    let unclosed = "<a>".repeat(DEPTH_MAX + 1);
    assert_eq!(read(unclosed.as_bytes()), Err(MetadataError::TooDeep { max: DEPTH_MAX }));
}

#[test]
fn nodes_are_limited_exactly() {
    let not_metadata = Err(MetadataError::NotMetadata { root: "r".into() });
    let too_many = Err(MetadataError::TooManyNodes { max: NODES_MAX });
    let elements = |nodes: usize| format!("<r>{}</r>", "<a/>".repeat(nodes - 1));
    assert_eq!(read(elements(NODES_MAX).as_bytes()), not_metadata);
    assert_eq!(read(elements(NODES_MAX + 1).as_bytes()), too_many);
    // An element and its attribute are two.
    let attributes = |nodes: usize| format!("<r c=''>{}</r>", "<a b=''/>".repeat((nodes - 2) / 2));
    assert_eq!(read(attributes(NODES_MAX).as_bytes()), not_metadata);
    assert_eq!(read(attributes(NODES_MAX + 2).as_bytes()), too_many);
    // An element that declares a namespace costs itself and all that it has in scope: two here.
    let namespaces =
        |nodes: usize| format!("<r xmlns:p='p' c=''>{}</r>", "<a xmlns:q='q'/>".repeat((nodes - 3) / 3));
    assert_eq!(read(namespaces(NODES_MAX).as_bytes()), not_metadata);
    assert_eq!(read(namespaces(NODES_MAX + 3).as_bytes()), too_many);
}

#[test]
fn signs_that_reserve_memory_are_limited_exactly_wherever_they_stand() {
    // The markup around has three of one and none of the other.
    for (sign, around) in [("<", 3), ("=", 0)] {
        let document = |signs: usize| format!("<r><!--{}--></r>", sign.repeat(signs - around));
        let wanted = Err(MetadataError::NotMetadata { root: "r".into() });
        assert_eq!(read(document(SIGNS_MAX).as_bytes()), wanted, "{sign}");
        let too_many = Err(MetadataError::TooManyNodes { max: NODES_MAX });
        assert_eq!(read(document(SIGNS_MAX + 1).as_bytes()), too_many, "{sign}");
    }
}

#[test]
fn attributes_of_one_element_are_limited_exactly() {
    let numbered = |n: usize, prefix: &str| {
        (0..n).fold(String::new(), |mut all, i| {
            write!(all, " {prefix}{i}='{i}'").unwrap();
            all
        })
    };
    let too_many = Err(MetadataError::TooManyAttributes { max: ATTRIBUTES_MAX });
    let extension = |attributes: String| okta_with(&format!("<e{attributes}/>"));
    // Two namespaces of the document are in scope there.
    let in_scope = okta().split("<md:NameIDFormat>").next().unwrap().matches("xmlns:md=").count();
    assert!(read(&extension(numbered(ATTRIBUTES_MAX - in_scope, "a"))).is_ok());
    assert_eq!(read(&extension(numbered(ATTRIBUTES_MAX - in_scope + 1, "a"))), too_many);
    // Namespaces add up along the path.
    let nested =
        |n: usize| format!("<r{}><s{}/></r>", numbered(64, "xmlns:a"), numbered(n, "xmlns:b")).into_bytes();
    assert!(matches!(read(&nested(ATTRIBUTES_MAX - 64)), Err(MetadataError::NotMetadata { .. })));
    assert_eq!(read(&nested(ATTRIBUTES_MAX - 64 + 1)), too_many);
}

#[test]
fn a_document_type_is_refused_before_an_entity_is_looked_at() {
    let laughs = "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><l>&b;</l>";
    let external = "<!DOCTYPE e [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><e>&x;</e>";
    let parameter = "<!-- c --><?p?><!DOCTYPE e SYSTEM 'http://198.51.100.1/evil.dtd'><e/>";
    let late = "<e><!DOCTYPE e></e>";
    for document in [laughs, external, parameter, late, "<!doctype e><e/>"] {
        assert_eq!(read(document.as_bytes()), Err(MetadataError::Doctype), "{document}");
        let marked = utf16(&format!("\u{feff}{document}"), u16::to_le_bytes);
        assert_eq!(read(&marked), Err(MetadataError::Doctype), "{document}, in UTF-16");
    }
    let undefined = okta_with("<e>&x;</e>");
    assert!(matches!(read(&undefined), Err(MetadataError::NotWellFormed { .. })));
}

#[test]
fn a_web_page_is_told_apart_from_bad_metadata() {
    let pages = [
        "<!DOCTYPE html><html><body>Sign in</body></html>",
        "\n\n<!doctype HTML>\n<p>unclosed",
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd'>",
        "<html lang=en><br>",
        "<HTML>",
        "<!-- served by x --><html xmlns='http://www.w3.org/1999/xhtml'><head/></html>",
    ];
    for page in pages {
        assert_eq!(read(page.as_bytes()), Err(MetadataError::WebPage), "{page}");
    }
    for other in ["<htmlx/>", "<html-x/>", "<html:x xmlns:html='h'/>", "<r><html/></r>"] {
        assert!(matches!(read(other.as_bytes()), Err(MetadataError::NotMetadata { .. })), "{other}");
    }
}

#[test]
fn every_encoding_of_one_document_means_the_same() {
    let wanted = read_one(&bytes(OKTA)).unwrap();
    let marked = format!("\u{feff}{}", okta());
    assert_eq!(read_one(marked.as_bytes()), Ok(wanted.clone()));
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        assert_eq!(read_one(&utf16(&marked, bytes)), Ok(wanted.clone()));
        assert_eq!(read_one(&utf16(&okta(), bytes)), Ok(wanted.clone()), "without a byte order mark");
    }
}

#[test]
fn a_declared_encoding_matters_only_beyond_ascii() {
    let declared = |name: &str, id: &str| {
        let document = okta();
        let body = document.split_once("?>").unwrap().1.replacen("exkdoocxa1VmjpXmX697", id, 1);
        format!("<?xml version=\"1.0\" encoding='{name}'?>{body}").into_bytes()
    };
    for name in ["UTF-8", "utf8", "UTF-16", "ISO-8859-1", "windows-1252", "US-ASCII"] {
        assert!(read_one(&declared(name, "idp")).is_ok(), "{name}");
    }
    for name in ["UTF-8", "utf8", "UTF-16"] {
        assert!(read_one(&declared(name, "ïdp")).unwrap().entity_id.as_str().ends_with("ïdp"), "{name}");
    }
    for name in ["ISO-8859-1", "windows-1252", "US-ASCII"] {
        assert_eq!(read(&declared(name, "ïdp")), Err(MetadataError::Encoding), "{name}");
    }
}

#[test]
fn what_is_no_text_is_named_so() {
    let latin = okta().replacen("md:", "m\u{fc}:", 1).chars().map(|c| c as u8).collect::<Vec<_>>();
    let with_nul = okta_with("\0");
    for document in [&b"\x7fELF\x02\x01\x01\0"[..], &latin, &with_nul, &[0; 64], b"\xff\xfe\x3c"] {
        assert_eq!(read(document), Err(MetadataError::Encoding), "{:x?}", &document[..8.min(document.len())]);
    }
    for document in [&b""[..], b" \r\n\t", b"\xef\xbb\xbf", b"\xff\xfe \0"] {
        assert_eq!(read(document), Err(MetadataError::Empty), "{document:x?}");
    }
}

#[test]
fn what_is_not_well_formed_is_shown_by_line_and_column() {
    let cases = [
        ("<a>\n <b></a>", 2, 5),
        ("<a>\n&nbsp;</a>", 2, 1),
        ("<a>", 1, 4),
        ("<a", 1, 1),
        ("<a>\n\n  <!-- x", 3, 3),
        ("<a b=c/>", 1, 4),
        ("<a b='1' b='2'/>", 1, 10),
        ("<a/>\n<b/>", 2, 1),
        ("<p:a/>", 1, 2),
        ("<a xmlns:p=''/>", 1, 1),
        ("<é>\n<é xmlns:p=''/></é>", 2, 1),
    ];
    for (document, wanted_line, wanted_column) in cases {
        match read(document.as_bytes()) {
            Err(MetadataError::NotWellFormed { line, column, reason }) => {
                assert_eq!((line, column), (wanted_line, wanted_column), "{document}: {reason}");
                assert!(
                    !reason.is_empty() && !reason.contains(&format!("{line}:{column}")),
                    "{document}: {reason}"
                );
            }
            other => panic!("{document}: {other:?}"),
        }
    }
}

#[test]
fn an_endless_name_does_not_come_back_in_the_error() {
    let name = "n".repeat(100_000);
    for document in [format!("<{name}></x>"), format!("<{name}/>"), format!("<a xmlns='{name}'/>")] {
        let shown = read(document.as_bytes()).unwrap_err().to_string();
        assert!(shown.len() < 500, "{} bytes", shown.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn markup_soup_never_panics(soup in "([<>/!?&;='\" \\[\\]a-cé:-]|<!--|-->|<!\\[CDATA\\[|\\]\\]>|xmlns|<a>|</a>|<b c='d'/>){0,40}") {
        let _ = read(soup.as_bytes());
    }
}
