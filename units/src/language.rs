//! English and Chinese. A sentence is written in both, side by side, so that they say the same.

use serde::Serialize;

use crate::environment::has_unicode;

/// A language that a person can read the programs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// English
    En,
    /// Simplified Chinese
    #[value(alias = "zh-CN")]
    Zh,
}

impl Language {
    /// The language of the user's locale; English where that is neither of them, or cannot
    /// show the other.
    #[must_use]
    pub fn of_this_system() -> Self {
        let locale = sys_locale::get_locale().filter(|_| has_unicode());
        Self::of(locale.as_deref())
    }

    fn of(locale: Option<&str>) -> Self {
        let language =
            locale.and_then(|locale| locale.split(['-', '_', '.']).next());
        match language {
            Some("zh") => Self::Zh,
            _ => Self::En,
        }
    }

    /// The text in this language.
    pub fn pick<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::En => english,
            Self::Zh => chinese,
        }
    }
}

/// A text, or a group of texts, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Localized<T = String> {
    /// English.
    pub en: T,
    /// Simplified Chinese.
    pub zh: T,
}

impl<T> Localized<T> {
    /// The same in both languages.
    pub fn new(en: impl Into<T>, zh: impl Into<T>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// The one in this language.
    pub fn of(&self, language: Language) -> &T {
        language.pick(&self.en, &self.zh)
    }
}

impl Localized {
    /// These, one after another, in one sentence without its end.
    #[must_use]
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        let (en, zh): (Vec<_>, Vec<_>) =
            parts.into_iter().map(|Self { en, zh }| (en, zh)).unzip();
        Self { en: en.join("; "), zh: zh.join("；") }
    }
}

/// The same in both languages, each a format string of what is in scope.
#[macro_export]
macro_rules! localized {
    ($en:literal, $zh:literal $(,)?) => {
        $crate::Localized {
            en: ::std::fmt::format(format_args!($en)),
            zh: ::std::fmt::format(format_args!($zh)),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_of_china_is_chinese_and_an_unknown_one_english() {
        for locale in ["zh-CN", "zh_CN.UTF-8", "zh", "zh-Hans-CN"] {
            assert_eq!(Language::of(Some(locale)), Language::Zh, "{locale}");
        }
        for locale in [Some("en-GB"), Some("C"), Some("zha"), Some(""), None] {
            assert_eq!(Language::of(locale), Language::En, "{locale:?}");
        }
    }
}
