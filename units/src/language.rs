//! English and Chinese. A sentence is written in both, side by side, so that they say the same.

use std::ffi::OsString;
use std::fmt::{self, Display};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, ValueEnum};
use serde::{Deserialize as _, Deserializer, Serialize, Serializer};

use crate::environment::has_unicode;

/// A language that a person can read the programs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    En,
    /// Simplified Chinese
    #[value(name = "zh-CN", alias = "zh")]
    Zh,
}

/// The option of a program that people read; [`crate::parse`] heeds it.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct LanguageArgs {
    /// Language of help, tables and messages; the default is that of your system
    #[arg(long, global = true, value_name = "LANGUAGE")]
    lang: Option<Language>,
}

/// Of this process, as its terminal is: whatever it says is in one language.
static IS_CHINESE: AtomicBool = AtomicBool::new(false);

impl Language {
    /// The language of this process: English until its command line is read.
    #[must_use]
    pub fn current() -> Self {
        if IS_CHINESE.load(Ordering::Relaxed) { Self::Zh } else { Self::En }
    }

    /// Makes this the language of the process.
    pub(crate) fn speak(self) {
        IS_CHINESE.store(self == Self::Zh, Ordering::Relaxed);
    }

    /// The language that a command line asks for with `--lang`, else that of the system. This is
    /// wanted before the command line is read, for what may be wrong with it.
    pub(crate) fn asked_for(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let mut language = Self::of_this_system();
        let arguments: Vec<_> = arguments.into_iter().collect();
        for (index, argument) in arguments.iter().enumerate() {
            let argument = argument.to_str().unwrap_or_default();
            let value = match argument.strip_prefix("--lang=") {
                None if argument == "--lang" => {
                    arguments.get(index + 1).and_then(|next| next.to_str())
                }
                value => value,
            };
            let asked = value.and_then(|value| Self::from_str(value, false).ok());
            language = asked.unwrap_or(language);
        }
        language
    }

    /// Its name on a command line.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.pick("en", "zh-CN")
    }

    /// The language of the user's locale; English where that is neither of them, or cannot
    /// show the other.
    fn of_this_system() -> Self {
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

/// In the language of this process, for errors and other texts that are shown as they are.
impl<T: Display> Display for Localized<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.of(Language::current()).fmt(out)
    }
}

/// A sentence for the user, as a parser of options returns it.
impl std::error::Error for Localized {}

impl Localized {
    /// In English, which programs read: for serde's `serialize_with`.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn in_english<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.en)
    }

    /// As programs read it, which is in English alone: for serde's `deserialize_with`.
    ///
    /// # Errors
    ///
    /// Those of `input`, such as that it is no text.
    pub fn from_english<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Self, D::Error> {
        String::deserialize(input).map(Self::same)
    }

    /// What is the same in both, as a name or a number is.
    pub fn same(text: impl Into<String>) -> Self {
        let en = text.into();
        Self { zh: en.clone(), en }
    }

    /// These, one after another, in one sentence without its end.
    #[must_use]
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(parts, "; ", "；")
    }

    /// These, with commas between them.
    #[must_use]
    pub fn list(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(parts, ", ", "，")
    }

    fn joined(parts: impl IntoIterator<Item = Self>, en: &str, zh: &str) -> Self {
        let (english, chinese): (Vec<_>, Vec<_>) =
            parts.into_iter().map(|Self { en, zh }| (en, zh)).unzip();
        Self { en: english.join(en), zh: chinese.join(zh) }
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
