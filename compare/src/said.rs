//! What is said in both languages of the page.

/// A sentence in both languages, written side by side so that they say the same.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) english: String,
    pub(crate) chinese: String,
}
