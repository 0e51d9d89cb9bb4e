//! The two languages of the lessons. A sentence is written in both, side by side, so that
//! they say the same.

/// A language that the lessons speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// English
    En,
    /// Simplified Chinese
    Zh,
}

impl Language {
    /// The one that the user's system is set to; English for all that are not spoken here.
    #[must_use]
    pub fn of_this_system() -> Self {
        Self::of(sys_locale::get_locale().as_deref())
    }

    fn of(locale: Option<&str>) -> Self {
        let language =
            locale.and_then(|locale| locale.split(['-', '_', '.']).next());
        match language {
            Some("zh") => Self::Zh,
            _ => Self::En,
        }
    }

    /// What is said in this language.
    pub fn pick<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::En => english,
            Self::Zh => chinese,
        }
    }
}

/// A text, or several of one kind, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Both<T> {
    en: T,
    zh: T,
}

impl<T> Both<T> {
    /// The same in English and in Chinese.
    pub fn new(english: T, chinese: T) -> Self {
        Self { en: english, zh: chinese }
    }

    /// That of this language.
    pub fn of(&self, language: Language) -> &T {
        language.pick(&self.en, &self.zh)
    }
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
