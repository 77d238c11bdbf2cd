//! Step sheets: a walkthrough as it is handed to whoever has the console.

/// The steps of a walkthrough with our values in them.
///
/// It holds no portal link: a colleague prepares the console, and saving stays with the admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepSheet {
    /// Whose console it is about.
    pub provider: String,
    /// The console's address, where it is the same for everybody.
    pub console: Option<String>,
    /// The way through its menus.
    pub menu: String,
    /// Rights that are needed there.
    pub role: Option<String>,
    /// The steps, in order.
    pub steps: Vec<SheetStep>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetStep {
    /// What it achieves.
    pub title: String,
    /// When it applies; always if there is none.
    pub when: Option<String>,
    /// What to do, as plain text: one line for each paragraph or item.
    pub body: String,
    /// What goes into which field of the console.
    pub entries: Vec<SheetEntry>,
    /// Our values that go into no named field, by our name for them.
    pub values: Vec<SheetEntry>,
    /// What the admin needs back: its name in the console, and where it is found.
    pub brings: Vec<SheetEntry>,
}

/// A name and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetEntry {
    /// The name.
    pub name: String,
    /// What belongs to it; may be empty.
    pub value: String,
}
