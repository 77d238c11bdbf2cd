//! What name servers said of a domain.

use serde::{Deserialize, Serialize};
use vestibule_domain::organization_domain::{Finding, FoundTexts};

use super::{Stored, StoredError, read, write};

#[derive(Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
enum FindingForm {
    NoSuchName,
    NoTexts,
    OtherTexts { texts: Vec<String>, more: u32 },
    NoAnswer,
}

impl Stored for Finding {
    fn to_stored(&self) -> String {
        write(&match self {
            Self::NoSuchName => FindingForm::NoSuchName,
            Self::NoTexts => FindingForm::NoTexts,
            Self::OtherTexts(found) => {
                FindingForm::OtherTexts { texts: found.texts.clone(), more: found.more }
            }
            Self::NoAnswer => FindingForm::NoAnswer,
        })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        Ok(match read(document)? {
            FindingForm::NoSuchName => Self::NoSuchName,
            FindingForm::NoTexts => Self::NoTexts,
            FindingForm::OtherTexts { texts, more } => Self::OtherTexts(FoundTexts { texts, more }),
            FindingForm::NoAnswer => Self::NoAnswer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::json;

    #[test]
    fn findings_have_this_form() {
        let texts = FoundTexts { texts: vec!["v=spf1 -all".to_owned()], more: 2 };
        for (finding, document) in [
            (Finding::NoSuchName, json!({ "v": 1, "found": "no_such_name" })),
            (Finding::NoTexts, json!({ "v": 1, "found": "no_texts" })),
            (Finding::NoAnswer, json!({ "v": 1, "found": "no_answer" })),
            (
                Finding::OtherTexts(texts),
                json!({ "v": 1, "found": "other_texts", "texts": ["v=spf1 -all"], "more": 2 }),
            ),
        ] {
            assert_eq!(kept(&finding), document);
            assert_eq!(reread::<Finding>(document), Ok(finding));
        }
        assert_eq!(reread::<Finding>(json!({ "v": 1, "found": "gold" })), Err(StoredError::Form));
    }
}
