//! Drawn pictures of console pages: which fields a step names, in which order, and what they hold.
//!
//! This module does the geometry; `templates/portal/drawing.html` draws it. Text in SVG does not
//! wrap, so it is measured here with widths that no usual typeface exceeds. The picture is drawn
//! from the catalogue's data alone and is nobody's screenshot.

use serde::Serialize;

/// Width of a picture, in its own units; it scales to the column it stands in.
pub(crate) const WIDTH: u32 = 400;
/// Space between the window's edge and what stands in it.
const MARGIN: u32 = 16;
/// Where labels and controls begin: behind the numbers.
const INDENT: u32 = 46;
/// Where every line ends at the latest.
const RIGHT: u32 = WIDTH - MARGIN;
/// Height of the window's title bar.
const BAR_HEIGHT: u32 = 34;
/// Where the title begins: behind the three dots.
const TITLE_X: u32 = 60;
/// Size of labels, and the distance between their lines.
const LABEL: TextSize = TextSize { size: 13, line: 18 };
/// Size of everything else.
const SMALL: TextSize = TextSize { size: 12, line: 17 };
/// Height of a box that holds text.
const BOX_HEIGHT: u32 = 30;
/// Space between a box's edge and its text.
const BOX_PADDING: u32 = 10;
/// What a box keeps free on its right for the sign of a list or of copying.
const BOX_SIGN: u32 = 24;
/// Height of a line with a box to tick, or a switch.
const OPTION_HEIGHT: u32 = 24;
/// Where the text of such a line begins.
const OPTION_X: u32 = INDENT + 26;
/// The same beside a switch, which is wider.
const SWITCH_X: u32 = INDENT + 42;
/// Space between fields.
const GAP: u32 = 14;

/// Size of a text, and the distance between its lines.
#[derive(Clone, Copy)]
struct TextSize {
    size: u32,
    line: u32,
}

/// How a field is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shape {
    /// A box to type into.
    Text,
    /// A drop-down list.
    Select,
    /// Buttons of which one is chosen.
    Radio,
    /// Boxes to tick.
    Checkbox,
    /// A switch that is turned on.
    On,
    /// A switch that is turned off.
    Off,
    /// A place for a file.
    File,
    /// A value to take away from there.
    Copy,
}

/// A field to draw.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    /// Its label in their console.
    pub label: String,
    /// What stands in it; shortened where it does not fit.
    pub value: String,
    /// How it looks.
    pub shape: Shape,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// Where it begins.
    pub x: u32,
    /// Its base line.
    pub y: u32,
    /// The text.
    pub text: String,
}

/// A field as drawn.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DrawnField {
    /// Its number, which the table and the form show as well.
    pub number: usize,
    /// Centre of the number, from above.
    pub pin_y: u32,
    /// Its label in one piece, for those who do not see the picture.
    pub label: String,
    /// The label's lines.
    pub lines: Vec<Line>,
    /// How it looks.
    pub shape: Shape,
    /// Upper edge of the control.
    pub top: u32,
    /// What stands in the control, or beside each of its boxes.
    pub values: Vec<Line>,
}

/// A picture of a page of somebody's console.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Drawing {
    /// Tells the pictures of one page apart.
    pub id: String,
    /// Whose console it is.
    pub provider: String,
    /// The window's title: the provider's name, as far as it fits.
    pub title: Line,
    /// Where the page is, in words.
    pub path: Vec<String>,
    /// The same as lines.
    pub crumbs: Vec<Line>,
    /// Lower edge of the part with the path.
    pub crumbs_end: u32,
    /// The fields.
    pub fields: Vec<DrawnField>,
    /// Width of the picture.
    pub width: u32,
    /// Height of the picture.
    pub height: u32,
}

/// Draws pages one after the other, and numbers their fields throughout.
#[derive(Debug)]
pub(crate) struct Sketchbook {
    step: usize,
    drawings: Vec<Drawing>,
    fields: usize,
}

impl Sketchbook {
    /// A book for a step, from 1: a page may show the pictures of several.
    pub(crate) fn new(step: usize) -> Self {
        Self { step, drawings: Vec::new(), fields: 0 }
    }

    /// Draws a page with these fields, and answers with the number of the first.
    pub(crate) fn draw(&mut self, provider: &str, path: Option<&str>, sketches: Vec<Sketch>) -> usize {
        let first = self.fields + 1;
        let path = path.map(menu_path).unwrap_or_default();
        let (crumbs, crumbs_end) = crumbs(&path);
        let mut y = crumbs_end + GAP;
        let mut fields = Vec::with_capacity(sketches.len());
        for (index, sketch) in sketches.into_iter().enumerate() {
            let (field, end) = field(first + index, sketch, y);
            fields.push(field);
            y = end + GAP;
        }
        self.fields += fields.len();
        self.drawings.push(Drawing {
            id: format!("{}-{}", self.step, self.drawings.len() + 1),
            provider: provider.to_owned(),
            title: Line { x: TITLE_X, y: 21, text: shorten(provider, SMALL.size, RIGHT - TITLE_X) },
            path,
            crumbs,
            crumbs_end,
            fields,
            width: WIDTH,
            height: y + 2,
        });
        first
    }

    /// The pictures.
    pub(crate) fn into_drawings(self) -> Vec<Drawing> {
        self.drawings
    }
}

/// The way through menus, without what differs between versions of a console.
///
/// The catalogue writes `A > B (older: C > D); E`: the first way is the current one.
fn menu_path(raw: &str) -> Vec<String> {
    let mut current = String::with_capacity(raw.len());
    let mut depth = 0_usize;
    for c in raw.split(';').next().unwrap_or_default().chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => current.push(c),
            _ => {}
        }
    }
    current.split('>').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn crumbs(path: &[String]) -> (Vec<Line>, u32) {
    if path.is_empty() {
        return (Vec::new(), BAR_HEIGHT);
    }
    let texts = wrap(&path.join(" › "), SMALL.size, RIGHT - MARGIN);
    stack(texts, MARGIN, BAR_HEIGHT + 8, SMALL, 8)
}

/// Puts lines below each other; answers with their end and some space.
fn stack(texts: Vec<String>, x: u32, top: u32, size: TextSize, below: u32) -> (Vec<Line>, u32) {
    let mut y = top;
    let lines = texts
        .into_iter()
        .map(|text| {
            y += size.line;
            Line { x, y: y - 5, text }
        })
        .collect();
    (lines, y + below)
}

fn field(number: usize, sketch: Sketch, top: u32) -> (DrawnField, u32) {
    let Sketch { label, value, shape } = sketch;
    let pin_y = top + LABEL.line / 2;
    let switch = on_or_off(&value);
    let is_switch = matches!(shape, Shape::Checkbox | Shape::On | Shape::Off) && switch.is_some();
    if is_switch {
        // The words beside a lone box or switch are its label.
        let shape = match (shape, switch) {
            (Shape::Checkbox, Some(true)) => Shape::Checkbox,
            (_, Some(true)) => Shape::On,
            _ => Shape::Off,
        };
        let x = if shape == Shape::Checkbox { OPTION_X } else { SWITCH_X };
        let (lines, end) = stack(wrap(&label, LABEL.size, RIGHT - x), x, top, LABEL, 2);
        return (DrawnField { number, pin_y, label, lines, shape, top, values: Vec::new() }, end);
    }
    let (lines, top) = stack(wrap(&label, LABEL.size, RIGHT - INDENT), INDENT, top, LABEL, 4);
    let (values, end) = match shape {
        Shape::Text | Shape::Select | Shape::File | Shape::Copy | Shape::On | Shape::Off => {
            let text = shorten(&value, SMALL.size, RIGHT - INDENT - 2 * BOX_PADDING - BOX_SIGN);
            let line = Line { x: INDENT + BOX_PADDING, y: top + 19, text };
            (vec![line], top + BOX_HEIGHT)
        }
        Shape::Radio => (vec![option(&value, top, 0)], top + OPTION_HEIGHT),
        Shape::Checkbox => {
            let values: Vec<Line> =
                value.split(", ").zip(0..).map(|(one, index)| option(one, top, index)).collect();
            let end = values.last().map_or(top, |last| last.y + OPTION_HEIGHT - 16);
            (values, end)
        }
    };
    // A switch between more than on and off is a list of choices.
    let shape = if matches!(shape, Shape::On | Shape::Off) { Shape::Select } else { shape };
    (DrawnField { number, pin_y, label, lines, shape, top, values }, end)
}

/// The text beside a box to tick.
fn option(text: &str, top: u32, index: u32) -> Line {
    let text = shorten(text, SMALL.size, RIGHT - OPTION_X);
    Line { x: OPTION_X, y: top + index * OPTION_HEIGHT + 16, text }
}

/// Whether a value says nothing but on or off.
fn on_or_off(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "yes" | "enabled" => Some(true),
        "off" | "no" | "disabled" => Some(false),
        _ => None,
    }
}

/// Breaks a text into lines of at most this width; a word that is too long is broken as well.
fn wrap(text: &str, size: u32, width_max: u32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&joined, size) <= width_max {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if width(&line, size) > width_max {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(c);
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Cuts a text's middle out until it fits: the ends of addresses tell them apart.
fn shorten(text: &str, size: u32, width_max: u32) -> String {
    const CUT: char = '…';
    let chars: Vec<char> = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    let whole: String = chars.iter().collect();
    if width(&whole, size) <= width_max {
        return whole;
    }
    let (mut head, mut tail) = (String::new(), String::new());
    let (mut from, mut to) = (0, chars.len());
    while from < to {
        let at_head = from <= chars.len() - to;
        let c = if at_head { chars[from] } else { chars[to - 1] };
        if width(&format!("{head}{c}{CUT}{tail}"), size) > width_max {
            break;
        }
        if at_head {
            head.push(c);
            from += 1;
        } else {
            tail.insert(0, c);
            to -= 1;
        }
    }
    format!("{head}{CUT}{tail}")
}

/// A generous measure of a text, in the picture's units.
fn width(text: &str, size: u32) -> u32 {
    let hundredths: u32 = text.chars().map(hundredths_of_em).sum();
    (hundredths * size).div_ceil(100)
}

/// How wide a character is at the most, in hundredths of the text's size. Bold sans-serif faces
/// stay below these; scripts with square characters are one em.
fn hundredths_of_em(c: char) -> u32 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 36,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' | '"' | '\\' | '›' => 46,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' => 100,
        'A'..='Z' | '&' | '+' | '=' | '<' | '>' | '~' | '#' => 80,
        c if c.is_ascii() => 66,
        c if c < '\u{0300}' => 80,
        _ => 105,
    }
}

/// Pictures for the samples of pages.
pub(crate) mod samples {
    use super::super::HOSTILE;
    use super::{Drawing, Shape, Sketch, Sketchbook};

    pub(crate) fn hostile_drawings() -> Vec<Drawing> {
        let shapes = [
            Shape::Text,
            Shape::Select,
            Shape::Radio,
            Shape::Checkbox,
            Shape::On,
            Shape::Off,
            Shape::File,
            Shape::Copy,
        ];
        let sketch =
            |shape, value: &str| Sketch { label: HOSTILE.to_owned(), value: value.to_owned(), shape };
        let mut sketches: Vec<Sketch> = shapes.into_iter().map(|shape| sketch(shape, HOSTILE)).collect();
        sketches.extend([sketch(Shape::On, "On"), sketch(Shape::On, "Off"), sketch(Shape::Checkbox, "on")]);
        let mut book = Sketchbook::new(1);
        book.draw(HOSTILE, Some(HOSTILE), sketches);
        book.draw(HOSTILE, None, vec![sketch(Shape::Copy, HOSTILE)]);
        book.into_drawings()
    }
}

#[cfg(test)]
impl Drawing {
    /// Panics with the first text that leaves its frame.
    pub(crate) fn assert_within_frame(&self, name: &str) {
        let lines = self.fields.iter().flat_map(|field| {
            let labels = field.lines.iter().map(|line| (line, LABEL.size));
            labels.chain(field.values.iter().map(|line| (line, SMALL.size)))
        });
        let frame = self.crumbs.iter().chain([&self.title]).map(|line| (line, SMALL.size));
        for (line, size) in frame.chain(lines) {
            let end = line.x + width(&line.text, size);
            assert!(end <= RIGHT, "{name}: `{}` ends at {end}", line.text);
            assert!(line.y < self.height - 2, "{name}: `{}` is below the frame", line.text);
        }
        let mut bottom = self.crumbs_end;
        for field in &self.fields {
            assert!(field.pin_y > bottom, "{name}: `{}` covers the field before", field.label);
            bottom = field.lines.iter().chain(&field.values).map(|line| line.y).fold(field.top, u32::max);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_current_one_in_parts() {
        let parts = |raw: &str| menu_path(raw).join("|");
        assert_eq!(parts("App > Sign On tab > Metadata details"), "App|Sign On tab|Metadata details");
        assert_eq!(parts("IT > Access (older: IT > Apps (all))"), "IT|Access");
        assert_eq!(parts("SSO tab; certificate menu in the left panel"), "SSO tab");
        assert_eq!(parts(" > ) > "), "");
        assert_eq!(parts(""), "");
    }

    #[test]
    fn a_text_is_broken_at_words_and_long_words_anywhere() {
        assert_eq!(wrap("Audience URI (SP Entity ID)", 13, 100), ["Audience URI", "(SP Entity", "ID)"]);
        for text in ["a".repeat(400), "語".repeat(90), format!("x {}", "W".repeat(200))] {
            let lines = wrap(&text, 13, 300);
            assert!(lines.iter().all(|line| width(line, 13) <= 300));
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
        assert!(wrap("", 13, 300).is_empty());
    }

    #[test]
    fn a_value_that_fits_stays_and_one_that_does_not_loses_its_middle() {
        let at_the_limit = "0".repeat(10);
        assert_eq!(shorten(&at_the_limit, 100, 660), at_the_limit);
        let past_the_limit = shorten("01234567890", 100, 660);
        assert_eq!(past_the_limit, "0123…7890");
        assert_eq!(
            shorten("https://sso.acme.example/sso/saml/conn_1/acs", 12, 200),
            "https://sso.a…ml/conn_1/acs"
        );
        assert_eq!(shorten("", 12, 200), "");
        assert!(width(&shorten(&"W".repeat(50_000), 12, 200), 12) <= 200);
    }

    #[test]
    fn a_lone_box_or_switch_stands_beside_its_label() {
        let drawn = |shape, value: &str| {
            let sketch = Sketch { label: "Sign".to_owned(), value: value.to_owned(), shape };
            let (field, _) = field(1, sketch, 100);
            (field.shape, field.values.len(), field.lines[0].x)
        };
        assert_eq!(drawn(Shape::Checkbox, "on"), (Shape::Checkbox, 0, OPTION_X));
        assert_eq!(drawn(Shape::Checkbox, "a, b"), (Shape::Checkbox, 2, INDENT));
        assert_eq!(drawn(Shape::On, "Off"), (Shape::Off, 0, SWITCH_X));
        assert_eq!(drawn(Shape::On, "On"), (Shape::On, 0, SWITCH_X));
        assert_eq!(drawn(Shape::On, "Sometimes"), (Shape::Select, 1, INDENT));
        // A text box that holds the word is a text box.
        assert_eq!(drawn(Shape::Text, "on"), (Shape::Text, 1, INDENT));
    }

    #[test]
    fn hostile_text_stays_in_its_frame() {
        for drawing in samples::hostile_drawings() {
            drawing.assert_within_frame("hostile");
        }
        let mut book = Sketchbook::new(1);
        let long = || "語W".repeat(2_000);
        let sketch = Sketch { label: long(), value: long(), shape: Shape::Checkbox };
        assert_eq!(book.draw(&long(), Some(&long()), vec![sketch.clone()]), 1);
        assert_eq!(book.draw("x", None, vec![sketch]), 2);
        for drawing in book.into_drawings() {
            drawing.assert_within_frame("long");
        }
    }
}
