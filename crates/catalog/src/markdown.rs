//! Markdown of a provider file, rendered to HTML that is safe to put into a page as it is.
//!
//! The files are ours, yet they quote other people's consoles and grow by other people's patches:
//! nothing in them may become markup that the Markdown grammar itself does not make.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// A body in both forms.
pub(crate) struct Rendered {
    pub(crate) html: String,
    pub(crate) text: String,
}

/// Renders Markdown (`CommonMark`, no extensions).
///
/// Raw HTML is shown as the text it is, because labels such as `<Email Address>` look like tags.
/// Of an image the alternative text remains. A link whose address is not plain https loses its
/// address. A heading becomes a paragraph: the page owns the outline.
pub(crate) fn render(markdown: &str) -> Rendered {
    let mut links = Vec::new();
    let events: Vec<Event<'_>> =
        Parser::new_ext(markdown, Options::empty()).filter_map(|event| tame(event, &mut links)).collect();
    let text = plain_text(&events);
    let mut rendered = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut rendered, events.into_iter());
    Rendered { html: rendered, text }
}

/// Lets an event pass, replaces or drops it. `links` remembers, for each open link, whether its
/// tag was written.
fn tame<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::HtmlBlock | Tag::Heading { .. }) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock | TagEnd::Heading(_)) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { dest_url, .. }) => {
            let safe = is_plain_https(&dest_url);
            links.push(safe);
            safe.then(|| Event::InlineHtml(link_tag(&dest_url)))
        }
        Event::End(TagEnd::Link) => {
            links.pop().unwrap_or(false).then_some(Event::InlineHtml(CowStr::Borrowed("</a>")))
        }
        other => Some(other),
    }
}

/// Whether an address is https with a host and holds no character that an attribute or a browser
/// could read as something else.
fn is_plain_https(address: &str) -> bool {
    address.strip_prefix("https://").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        && address.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '`' | '\\'))
}

/// Opens a link in a new tab, since what was typed into the walkthrough must stay where it is.
fn link_tag<'a>(address: &str) -> CowStr<'a> {
    let address = address.replace('&', "&amp;");
    CowStr::from(format!(r#"<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">"#))
}

/// The words alone: one line per paragraph, item or line of code.
fn plain_text(events: &[Event<'_>]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(words),
            Event::SoftBreak => text.push(' '),
            Event::Start(Tag::Item) => text.push_str("- "),
            Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock)
                if !text.ends_with('\n') =>
            {
                text.push('\n');
            }
            _ => {}
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html_and_plain_text() {
        let rendered =
            render("Open **Apps**.\n\n- Keep `x`\n- Press\n  *Next*\n\n```json\n{ \"a\": 1 }\n```");
        assert_eq!(
            rendered.html,
            "<p>Open <strong>Apps</strong>.</p>\n<ul>\n<li>Keep <code>x</code></li>\n<li>Press\n<em>Next</em></li>\n</ul>\n\
             <pre><code class=\"language-json\">{ \"a\": 1 }\n</code></pre>\n"
        );
        assert_eq!(rendered.text, "Open Apps.\n- Keep x\n- Press Next\n{ \"a\": 1 }");
    }

    #[test]
    fn a_label_that_looks_like_a_tag_stays_readable() {
        let rendered = render("Choose **<Email Address>** and press **Save**.");
        assert_eq!(
            rendered.html,
            "<p>Choose <strong>&lt;Email Address&gt;</strong> and press <strong>Save</strong>.</p>\n"
        );
        assert_eq!(rendered.text, "Choose <Email Address> and press Save.");
    }

    #[test]
    fn an_https_link_opens_apart_and_tells_no_referrer() {
        let tag = r#"<a href="https://idp.acme.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">"#;
        let rendered = render("[the *docs*](https://idp.acme.com/?a=1&b=2 \"title\")");
        assert_eq!(rendered.html, format!("<p>{tag}the <em>docs</em></a></p>\n"));
        assert_eq!(rendered.text, "the docs");
    }

    /// Nothing but the elements of Markdown, and no attribute but those we write.
    fn assert_harmless(markdown: &str) -> String {
        let html = render(markdown).html;
        for tag in html.split('<').skip(1) {
            let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
            let known =
                ["p", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "hr /", "br /", "a"];
            let bare = tag.trim_start_matches('/');
            let element = bare.split([' ', '\n']).next().unwrap();
            assert!(
                known.contains(&bare)
                    || (element == "code" && bare.starts_with("code class=\"language-"))
                    || (element == "a" && bare.starts_with("a href=\"https://")),
                "{markdown:?} became {html:?}"
            );
        }
        html
    }

    #[test]
    fn hostile_markdown_is_harmless() {
        for hostile in [
            "<script>alert(1)</script>",
            "text <script src=//evil.example></script> text",
            "<img src=x onerror=alert(1)>",
            "<div\nonmouseover=alert(1)>\n\n</div>",
            "<!-- <script> --><style>*{}</style>",
            "<?php x ?><![CDATA[ <b> ]]><!DOCTYPE x>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java&#115;cript:alert&#40;1&#41;)",
            "[x](java\\script:alert(1))",
            "[x](<javascript:alert(1)>)",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](vbscript:x)",
            "[x](http://plain.example/)",
            "[x](//evil.example/)",
            "[x](/portal)",
            "[x](https://)",
            "[x](https:///evil)",
            "[x](https://a.example/&quot;onmouseover=alert(1))",
            "[x](https://a.example/\\\"onmouseover=alert(1))",
            "[x](<https://a.example/ onmouseover=alert(1)>)",
            "[x](https://a.example/ \"\\\" onmouseover=alert(1)\")",
            "<javascript:alert(1)>",
            "<mailto:a@b.example>",
            "<a@b.example>",
            "![x](https://a.example/pixel.png)",
            "![x](javascript:alert(1))",
            "[![x](https://a.example/p.png)](javascript:alert(1))",
            "![[x](javascript:alert(1))](https://a.example/p.png)",
            "[x]: javascript:alert(1)\n\n[x]",
            "```\"><script>alert(1)</script>\nx\n```",
            "```\" onmouseover=alert(1)\nx\n```",
            "# Heading <svg onload=alert(1)>",
            "- <iframe src=javascript:alert(1)>\n- `</code><script>`",
            "\0<scr\0ipt>",
        ] {
            let html = assert_harmless(hostile);
            assert!(!html.contains("<script"), "{html}");
            assert!(!html.contains("<img"), "{html}");
            assert!(!html.contains("href=\"javascript"), "{html}");
        }
    }

    #[test]
    fn refused_links_and_images_keep_their_words() {
        assert_eq!(
            render("[click](javascript:x) ![logo](https://a.example/i.png)").html,
            "<p>click logo</p>\n"
        );
        let nested = render("[![logo](https://a.example/i.png)](https://a.example/)").html;
        assert!(nested.contains("nofollow\">logo</a>"), "{nested}");
    }

    #[test]
    fn headings_do_not_disturb_the_outline_of_the_page() {
        assert_eq!(render("# One\n\nTwo").html, "<p>One</p>\n<p>Two</p>\n");
    }
}
