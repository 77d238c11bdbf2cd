//! Why the catalogue could not be read.

/// A provider file that breaks a rule of the schema: which file, which key, and what to mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {key}: {reason}")]
pub struct CatalogError {
    file: String,
    key: String,
    reason: String,
}

impl CatalogError {
    pub(crate) fn new(file: &str, key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), key: key.into(), reason: reason.into() }
    }

    /// Turns a refusal of the TOML reader into one that names the key, which the reader itself
    /// only draws below a quotation of the source.
    pub(crate) fn from_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        Self::new(file, key_at(text, offset), error.message())
    }

    /// The file, relative to the data folder.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The key within the file, as a dotted path; tables of a list carry their index or their own key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// The table and key that stand at an offset of a TOML text, with the line for editors.
fn key_at(text: &str, offset: usize) -> String {
    let mut table = "";
    let mut key = "";
    let mut line_number = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if start > offset {
            break;
        }
        start += line.len();
        line_number += 1;
        if line.starts_with('[') {
            table = line.trim().trim_matches(['[', ']']);
            key = "";
        } else if let Some((word, _)) = line.split_once('=') {
            let word = word.trim();
            if !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
                key = word;
            }
        }
    }
    match (table, key) {
        ("", "") => format!("line {line_number}"),
        ("", key) => format!("{key} (line {line_number})"),
        (table, "") => format!("{table} (line {line_number})"),
        (table, key) => format!("{table}.{key} (line {line_number})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_told_as_table_key_and_line() {
        let text = "slug = \"x\"\n[[we_need]]\nkey = 3\n[renewal]\nnotice = \"\"\n";
        let at = |needle: &str| key_at(text, text.find(needle).unwrap());
        assert_eq!(at("slug"), "slug (line 1)");
        assert_eq!(at("[[we_need"), "we_need (line 2)");
        assert_eq!(at("3"), "we_need.key (line 3)");
        assert_eq!(at("\"\""), "renewal.notice (line 5)");
        assert_eq!(key_at("", 0), "line 0");
    }
}
