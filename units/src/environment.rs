//! The environment variables about this process and its terminal. A variable that is set to
//! nothing is as one that is not set, which is how compose files and CI systems pass it.

use std::env;
use std::ffi::{OsStr, OsString};

/// The value of an environment variable that is set, and not to nothing.
pub fn variable(name: impl AsRef<OsStr>) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether the locale has Unicode: if not, text is shown in ASCII, and in English.
#[must_use]
pub fn has_unicode() -> bool {
    is_utf8(|name| variable(name)?.into_string().ok())
}

fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    // The first that is set decides, as it does for the C library.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    // Their terminals have Unicode, and no locale need be set there.
    let usual = cfg!(any(windows, target_os = "macos"));
    locale.map_or(usual, |locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// Whether a terminal, if there is one, can draw over a line; otherwise progress is printed in
/// new lines.
pub(crate) fn moves_cursor() -> bool {
    // On Windows nothing need say so.
    variable("TERM").map_or(cfg!(windows), |term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides_on_unicode() {
        let is_utf8 = |set: &[(&str, &str)]| {
            is_utf8(|name| {
                let (_, value) =
                    set.iter().find(|(variable, _)| *variable == name)?;
                Some((*value).to_owned())
            })
        };
        for locale in ["C.UTF-8", "en_US.utf8", "zh_CN.UTF-8@pinyin", "UTF-8"] {
            assert!(is_utf8(&[("LANG", locale)]), "{locale}");
            assert!(is_utf8(&[("LC_ALL", locale), ("LC_CTYPE", "C")]), "{locale}");
        }
        for locale in ["C", "POSIX", "en_US", "en_US.ISO-8859-1", "zh_CN.GBK"] {
            assert!(!is_utf8(&[("LANG", locale)]), "{locale}");
            assert!(!is_utf8(&[("LC_CTYPE", locale), ("LANG", "C.UTF-8")]));
        }
        assert_eq!(is_utf8(&[]), cfg!(any(windows, target_os = "macos")));
    }
}
