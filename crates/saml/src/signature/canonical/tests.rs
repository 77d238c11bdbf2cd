//! The canonical form: byte for byte against known pairs, by rule, and by its properties.

use proptest::prelude::*;

use super::*;

fn exclusive_of(xml: &str, prefixes: &[&str]) -> String {
    let prefixes = prefixes.iter().map(|&prefix| prefix.to_owned()).collect();
    octets(xml, &Canonicalization::Exclusive { prefixes }, "apex").unwrap()
}

/// Of the element with this local name.
fn octets(xml: &str, method: &Canonicalization, apex: &str) -> Result<String, Uncanonical> {
    let tree = Document::parse(xml).unwrap();
    let apex = tree.descendants().find(|node| node.tag_name().name() == apex).unwrap();
    method.octets(apex, None)
}

#[test]
fn the_pairs_are_equal_byte_for_byte() {
    let data = |path: String| {
        let path = format!("{}/tests/data/c14n/{path}", env!("CARGO_MANIFEST_DIR"));
        String::from_utf8(std::fs::read(path).unwrap()).unwrap()
    };
    for pair in ["charmods", "encoding", "nested_redeclaration", "saml", "start_end"] {
        let source = data(format!("{pair}/in.xml"));
        let canonical = exclusive(&Document::parse(&source).unwrap()).unwrap();
        // Some of the files end in a line break.
        assert_eq!(canonical, data(format!("{pair}/out.xml")).trim_end(), "{pair}");
    }
}

#[test]
fn declarations_stand_where_they_are_used() {
    let xml = "<r xmlns='urn:r' xmlns:a='urn:a' xmlns:b='urn:b'><apex><a:x b:y='1' z='2'/><a:x/></apex></r>";
    assert_eq!(
        exclusive_of(xml, &[]),
        "<apex xmlns=\"urn:r\"><a:x xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" z=\"2\" b:y=\"1\"></a:x>\
         <a:x xmlns:a=\"urn:a\"></a:x></apex>"
    );
    assert_eq!(
        exclusive_of(xml, &["a", "b", "not-there"]),
        "<apex xmlns=\"urn:r\" xmlns:a=\"urn:a\" xmlns:b=\"urn:b\"><a:x z=\"2\" b:y=\"1\"></a:x><a:x></a:x></apex>"
    );
}

#[test]
fn the_default_namespace_comes_and_goes() {
    let xml = "<r xmlns='urn:r' xmlns:a='urn:a'><a:apex><x xmlns=''><y xmlns='urn:r'/></x><y/></a:apex></r>";
    assert_eq!(
        exclusive_of(xml, &[]),
        "<a:apex xmlns:a=\"urn:a\"><x><y xmlns=\"urn:r\"></y></x><y xmlns=\"urn:r\"></y></a:apex>"
    );
    assert_eq!(
        exclusive_of(xml, &[""]),
        "<a:apex xmlns=\"urn:r\" xmlns:a=\"urn:a\"><x xmlns=\"\"><y xmlns=\"urn:r\"></y></x><y></y></a:apex>"
    );
    assert_eq!(
        octets(xml, &Canonicalization::Inclusive, "apex").unwrap(),
        "<a:apex xmlns=\"urn:r\" xmlns:a=\"urn:a\"><x xmlns=\"\"><y xmlns=\"urn:r\"></y></x><y></y></a:apex>"
    );
}

#[test]
fn inclusive_takes_what_is_in_scope_and_refuses_what_is_inherited() {
    let xml = "<r xmlns:a='urn:a'><apex xml:lang='en' xmlns:b='urn:b'><x xmlns:a='urn:other' xmlns:b='urn:b'/></apex></r>";
    assert_eq!(
        octets(xml, &Canonicalization::Inclusive, "apex").unwrap(),
        "<apex xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" xml:lang=\"en\"><x xmlns:a=\"urn:other\"></x></apex>"
    );
    assert_eq!(octets(xml, &Canonicalization::Inclusive, "x"), Err(Uncanonical::Inherited));
}

#[test]
fn values_are_escaped_comments_left_out_and_instructions_kept() {
    let xml = "<apex b='&lt;&gt;&amp;&quot;&#9;&#10;&#13;' a=\"it's\">a<!-- c -->b&lt;&gt;&amp;&#13;\"<![CDATA[<&>]]><?p  i ?><?q?></apex>";
    assert_eq!(
        exclusive_of(xml, &[]),
        "<apex a=\"it's\" b=\"&lt;>&amp;&quot;&#x9;&#xA;&#xD;\">ab&lt;&gt;&amp;&#xD;\"&lt;&amp;&gt;<?p i ?><?q?></apex>"
    );
}

#[test]
fn one_subtree_is_left_out() {
    let tree = Document::parse("<r><s><x/></s> <y/></r>").unwrap();
    let without = tree.root_element().first_element_child().unwrap();
    let method = Canonicalization::Exclusive { prefixes: Vec::new() };
    assert_eq!(method.octets(tree.root_element(), Some(without.id())).unwrap(), "<r> <y></y></r>");
}

#[test]
fn methods_that_saml_does_not_use_are_not_followed() {
    let read = |method: &str| {
        let tree = Document::parse(method).unwrap();
        Canonicalization::read(tree.root_element())
    };
    let method = |algorithm: &str, inside: &str| read(&format!("<m Algorithm='{algorithm}'>{inside}</m>"));
    let list = format!("<e:InclusiveNamespaces xmlns:e='{EXCLUSIVE}' PrefixList='#default a\n b'/>");
    let prefixes = ["", "a", "b"].map(str::to_owned).to_vec();
    assert_eq!(method(EXCLUSIVE, &list), Ok(Canonicalization::Exclusive { prefixes }));
    for (algorithm, inside) in [
        ("", ""),
        ("http://www.w3.org/2001/10/xml-exc-c14n#WithComments", ""),
        ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", ""),
        (INCLUSIVE_1_0, list.as_str()),
        (EXCLUSIVE, "<x/>"),
    ] {
        assert_eq!(method(algorithm, inside), Err(Uncanonical::Algorithm), "{algorithm}");
    }
}

/// One thing in an element.
#[derive(Clone, Debug)]
enum Part {
    Element(Element),
    Text(&'static str),
}

#[derive(Clone, Debug)]
struct Element {
    prefix: &'static str,
    declares: Vec<(&'static str, &'static str)>,
    attributes: Vec<(&'static str, &'static str)>,
    inside: Vec<Part>,
}

fn element() -> impl Strategy<Value = Element> {
    let prefix = || prop::sample::select(vec!["", "a:", "b:"]);
    let declaration = (
        prop::sample::select(vec!["xmlns", "xmlns:a", "xmlns:b"]),
        prop::sample::select(vec!["urn:1", "urn:2", "urn:&amp;"]),
    );
    let attribute = (
        prop::sample::select(vec!["x", "a:x", "b:x", "y", "a:z", "xml:lang"]),
        prop::sample::select(vec!["", "1", " &#9;&#xD;&lt;&quot;'>&amp;", "a\nb\tc", "ä€𝄞"]),
    );
    let text = || {
        prop::sample::select(vec![
            "t",
            " \n ",
            "&lt;&gt;&amp;&#13;\"",
            "<![CDATA[<&>]]>",
            "<!-- c -->",
            "<?p i?>",
            "]]&gt;",
            "ä€𝄞",
            "\r\n",
        ])
    };
    let own = move || {
        let declares = prop::collection::vec(declaration.clone(), 0..3);
        (prefix(), declares, prop::collection::vec(attribute.clone(), 0..4))
    };
    let made = |((prefix, declares, attributes), inside)| Element { prefix, declares, attributes, inside };
    let leaf = (own(), prop::collection::vec(text().prop_map(Part::Text), 0..3)).prop_map(made);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let part = prop_oneof![inner.prop_map(Part::Element), text().prop_map(Part::Text)];
        (own(), prop::collection::vec(part, 0..4)).prop_map(made)
    })
}

fn write(element: &Element) -> String {
    let signs: Vec<_> = element
        .declares
        .iter()
        .chain(&element.attributes)
        .map(|(name, value)| format!("\n{name} = \"{value}\""))
        .collect();
    let signs = signs.concat();
    let inside: String = element
        .inside
        .iter()
        .map(|part| match part {
            Part::Element(element) => write(element),
            Part::Text(text) => (*text).to_owned(),
        })
        .collect();
    format!("<{0}e{signs}>{inside}</{0}e >", element.prefix)
}

/// What a document means, whatever its prefixes.
fn meaning(node: Node<'_, '_>) -> String {
    match node.node_type() {
        NodeType::Element => {
            let mut attributes: Vec<_> = node
                .attributes()
                .map(|attribute| {
                    format!("{:?} {} {:?}", attribute.namespace(), attribute.name(), attribute.value())
                })
                .collect();
            attributes.sort();
            let inside: String = node.children().map(meaning).collect();
            format!("<{:?} {attributes:?}>{inside}</>", node.tag_name())
        }
        NodeType::Text => node.text().unwrap_or("").to_owned(),
        NodeType::PI => format!("{:?}", node.pi()),
        NodeType::Comment | NodeType::Root => String::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The canonical form means the same, is its own canonical form, and that of an element does not
    /// depend on where the element stands.
    #[test]
    fn the_form_keeps_the_meaning_and_is_stable(root in element()) {
        let inside = write(&root);
        let xml = format!("<r xmlns:a='urn:1' xmlns:b='urn:2' xmlns='urn:3'>{inside}</r>");
        // An attribute may have been chosen twice.
        let Ok(tree) = Document::parse(&xml) else { return Ok(()) };
        for method in [Canonicalization::Exclusive { prefixes: vec!["a".into(), String::new()] }, Canonicalization::Inclusive] {
            let octets = method.octets(tree.root_element(), None).unwrap();
            let again = Document::parse(&octets).unwrap();
            prop_assert_eq!(meaning(tree.root_element()), meaning(again.root_element()));
            prop_assert_eq!(&octets, &method.octets(again.root_element(), None).unwrap());
        }
        let exclusive = Canonicalization::Exclusive { prefixes: Vec::new() };
        for apex in tree.descendants().filter(Node::is_element) {
            let octets = exclusive.octets(apex, None).unwrap();
            let again = Document::parse(&octets).unwrap();
            prop_assert_eq!(meaning(apex), meaning(again.root_element()));
            prop_assert_eq!(&octets, &exclusive.octets(again.root_element(), None).unwrap());
        }
    }
}
