//! Drawings.

use std::fmt::Write as _;

use image::Rgba;
use vestibule_application::ports::pictures::{PictureError, PicturePlace};
use vestibule_domain::brand::BrandImage;

use crate::{draw, shown};

/// As `gate::COST_MAX`, `gate::DEPTH_MAX` and `gate::NODES_MAX` have it.
const COST_MAX: usize = 5_000;
const DEPTH_MAX: usize = 64;
const NODES_MAX: usize = 20_000;

const RED: Rgba<u8> = Rgba([255, 0, 0, 255]);

fn svg(inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         width=\"40\" height=\"40\" viewBox=\"0 0 10 10\">{inside}</svg>"
    )
}

fn logo(inside: &str) -> Result<BrandImage, PictureError> {
    draw(svg(inside).as_bytes(), PicturePlace::Logo)
}

fn part(name: &str) -> PictureError {
    PictureError::Part(name.to_owned())
}

#[test]
fn a_drawing_is_drawn_as_large_as_its_place() {
    let file = svg("<rect width=\"10\" height=\"10\" fill=\"red\"/>");
    let image = draw(file.as_bytes(), PicturePlace::Icon).unwrap();
    assert_eq!(image.sides_px(), (256, 256));
    assert_eq!(*shown(&image).get_pixel(128, 128), RED);
    let with_prologue = format!("\u{feff}<?xml version=\"1.0\"?>\n<!-- made by hand -->{file}");
    assert_eq!(draw(with_prologue.as_bytes(), PicturePlace::Logo).unwrap().sides_px(), (96, 96));
}

#[test]
fn what_design_tools_write_is_drawn() {
    let inside = "<metadata><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><x:text/></x:xmpmeta></metadata>\
        <style>.a{fill:url(#g)}</style>\
        <defs><linearGradient id=\"g\"><stop offset=\"0\" stop-color=\"red\"/><stop offset=\"1\" stop-color=\"red\"/></linearGradient>\
        <clipPath id=\"c\"><rect width=\"5\" height=\"10\"/></clipPath><symbol id=\"s\"><rect class=\"a\" width=\"10\" height=\"10\"/></symbol></defs>\
        <g clip-path=\"url(#c)\" style=\"filter:none;stroke-dasharray:none\"><use xlink:href=\"#s\"/></g>";
    let shown = shown(&logo(inside).unwrap());
    assert_eq!((*shown.get_pixel(10, 48), shown.get_pixel(90, 48).0[3]), (RED, 0));
}

#[test]
fn scripts_text_pictures_and_filters_are_named_and_refused() {
    for (inside, wanted) in [
        ("<script>alert(1)</script>", part("<script>")),
        ("<text>Acme</text>", PictureError::Text),
        ("<g><image href=\"data:image/png;base64,AAAA\"/></g>", PictureError::Outside),
        ("<foreignObject><p xmlns=\"http://www.w3.org/1999/xhtml\"/></foreignObject>", PictureError::Outside),
        ("<filter id=\"f\"/>", part("<filter>")),
        ("<pattern id=\"p\"/>", part("<pattern>")),
        ("<animate/>", part("<animate>")),
        ("<a href=\"javascript:alert(1)\"/>", part("<a>")),
        ("<g filter=\"blur(1000)\"/>", part("filter")),
        ("<g style=\"filter:blur(1000px)\"/>", part("filter")),
        ("<path stroke-dasharray=\"0.0001\" d=\"M0 0h10\"/>", part("stroke-dasharray")),
        ("<g mask=\"inherit\"/>", part("mask")),
        ("<style>g{mask:url(#m)}</style>", part("mask in a style sheet")),
        ("<style>*{filter:url(#m)}</style>", part("filter")),
    ] {
        assert_eq!(logo(inside), Err(wanted), "{inside}");
    }
    // A handler is an attribute that nobody reads.
    assert!(logo("<rect width=\"10\" height=\"10\" onclick=\"alert(1)\"/>").is_ok());
}

#[test]
fn nothing_outside_is_asked_for() {
    for inside in [
        "<image href=\"file:///etc/passwd\"/>",
        "<image xlink:href=\"https://evil.example/x.png\"/>",
        "<use href=\"https://evil.example/x.svg#a\"/>",
        "<use xlink:href=\"/etc/passwd\"/>",
        "<rect fill=\"url(https://evil.example/#a)\" width=\"1\" height=\"1\"/>",
        "<rect style=\"fill:url('//evil.example/#a')\" width=\"1\" height=\"1\"/>",
        "<style>rect{fill:url(//evil.example/#a)}</style>",
    ] {
        assert_eq!(logo(inside), Err(PictureError::Outside), "{inside}");
    }
    // An import is not followed.
    let import = "<style>@import url(https://evil.example/x.css);</style><rect width=\"9\" height=\"9\"/>";
    assert!(logo(import).is_ok());
}

#[test]
fn entities_are_not_read() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\
        <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\">&b;</svg>";
    assert_eq!(draw(bomb.as_bytes(), PicturePlace::Logo), Err(part("<!DOCTYPE>")));
    let file = "<!DOCTYPE svg SYSTEM \"file:///etc/passwd\"><svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    assert_eq!(draw(file.as_bytes(), PicturePlace::Logo), Err(part("<!DOCTYPE>")));
}

#[test]
fn a_huge_or_odd_view_is_drawn_small_or_refused() {
    for (attributes, sides) in [
        ("width=\"1e9\" height=\"1e9\"", Some((96, 96))),
        ("viewBox=\"0 0 1e9 1e3\"", Some((480, 1))),
        ("width=\"1\" height=\"1e9\"", Some((1, 96))),
        ("width=\"-1\" height=\"-1\"", None),
        ("width=\"0\" height=\"0\"", None),
        ("width=\"1e39\" height=\"1\"", None),
    ] {
        let file = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" {attributes}><rect width=\"1e9\" height=\"1e9\"/></svg>"
        );
        let drawn = draw(file.as_bytes(), PicturePlace::Logo);
        match sides {
            Some(sides) => assert_eq!(drawn.unwrap().sides_px(), sides, "{attributes}"),
            None => assert!(drawn.is_err(), "{attributes}"),
        }
    }
}

#[test]
fn what_repeats_itself_is_added_up_before_it_is_drawn() {
    let mut laughs = "<g id=\"l0\"><rect width=\"1\" height=\"1\"/></g>".to_owned();
    for level in 1..30 {
        let uses = format!("<use href=\"#l{}\"/>", level - 1).repeat(10);
        write!(laughs, "<g id=\"l{level}\">{uses}</g>").unwrap();
    }
    assert_eq!(logo(&laughs), Err(PictureError::TooComplex));
    let mut masks = String::new();
    for level in 0..20 {
        let inner = format!("<rect width=\"9\" height=\"9\" mask=\"url(#m{})\"/>", level + 1).repeat(3);
        write!(masks, "<mask id=\"m{level}\">{inner}</mask>").unwrap();
    }
    assert_eq!(logo(&masks), Err(PictureError::TooComplex));
    for itself in ["<g id=\"a\"><use href=\"#a\"/></g>", "<mask id=\"a\"><g mask=\"url(#a)\"/></mask>"] {
        assert_eq!(logo(itself), Err(PictureError::TooComplex), "{itself}");
    }
}

#[test]
fn what_a_drawing_costs_has_a_limit() {
    // Besides the root element.
    let rects = |count: usize| logo(&"<rect width=\"1\" height=\"1\"/>".repeat(count));
    assert!(rects(COST_MAX - 1).is_ok());
    assert_eq!(rects(COST_MAX), Err(PictureError::TooComplex));
    let path = |bytes: usize| {
        let d = format!("M0 0{}", "h1".repeat((bytes - 4) / 2));
        logo(&format!("<path d=\"{d}\" stroke=\"red\"/>"))
    };
    assert!(path((COST_MAX - 1) * 64 - 64).is_ok());
    assert_eq!(path((COST_MAX - 1) * 64), Err(PictureError::TooComplex));
}

#[test]
fn nesting_and_nodes_have_limits() {
    let nested = |depth: usize| {
        let inner = "<rect width=\"1\" height=\"1\"/>";
        logo(&format!("{}{inner}{}", "<g>".repeat(depth - 1), "</g>".repeat(depth - 1)))
    };
    assert!(nested(DEPTH_MAX).is_ok());
    assert_eq!(nested(DEPTH_MAX + 1), Err(PictureError::TooComplex));
    assert_eq!(logo(&"<g>".repeat(100_000)), Err(PictureError::TooComplex));
    let noted =
        |nodes: usize| logo(&format!("<rect width=\"1\" height=\"1\"/>{}", "<!---->".repeat(nodes - 3)));
    assert!(noted(NODES_MAX).is_ok());
    assert_eq!(noted(NODES_MAX + 1), Err(PictureError::TooComplex));
}

#[test]
fn what_is_no_drawing_is_told() {
    let file = |text: &str| draw(text.as_bytes(), PicturePlace::Logo);
    assert_eq!(file("<html/>"), Err(PictureError::Unknown));
    assert_eq!(file("<svg width=\"1\" height=\"1\"/>"), Err(PictureError::Unknown));
    assert_eq!(file("<svg xmlns=\"http://www.w3.org/2000/svg\">"), Err(PictureError::Broken));
    assert_eq!(draw(b"<svg \xff/>", PicturePlace::Logo), Err(PictureError::Unknown));
    assert_eq!(logo(""), Err(PictureError::Empty));
}
