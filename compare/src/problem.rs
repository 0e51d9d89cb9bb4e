//! What went wrong, in both languages: errors with their causes, and how a program ended.

use std::process::ExitStatus;

use serde::{Serialize as _, Serializer};
use units::{Localized, localized};

/// An error and its causes, of which those of the system are in English.
pub(crate) fn of_error(error: &anyhow::Error) -> Localized {
    // The outermost context can only be found through the error itself.
    let outermost = error.downcast_ref::<Localized>().cloned();
    let outermost = outermost.unwrap_or_else(|| Localized::same(error.to_string()));
    let causes = error.chain().skip(1).map(|cause| {
        let known = cause.downcast_ref::<Localized>().cloned();
        known.unwrap_or_else(|| Localized::same(cause.to_string()))
    });
    causes.fold(outermost, |Localized { en, zh }, cause| {
        let Localized { en: cause, zh: cause_zh } = cause;
        localized!("{en}: {cause}", "{zh}：{cause_zh}")
    })
}

/// How a program ended, as a verb.
pub(crate) fn ended(status: ExitStatus) -> Localized {
    ended_with(&status.to_string())
}

/// The same, of the text of its exit status, such as `exit status: 1`.
pub(crate) fn ended_with(status: &str) -> Localized {
    match status.split_once(": ") {
        Some(("exit status" | "exit code", code)) => {
            localized!("exited with status {code}", "以退出码 {code} 结束")
        }
        Some(("signal", signal)) => {
            localized!("ended with signal: {signal}", "被信号 {signal} 终止")
        }
        _ => localized!("ended with {status}", "已结束（{status}）"),
    }
}

/// In English, which programs read: for serde's `serialize_with`.
#[expect(clippy::ref_option, reason = "this is what serde calls")]
pub(crate) fn in_english_if_any<S: Serializer>(
    text: &Option<Localized>,
    out: S,
) -> Result<S::Ok, S::Error> {
    text.as_ref().map(|text| &text.en).serialize(out)
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::*;

    #[test]
    fn an_error_is_in_both_languages_with_its_causes() {
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        let error =
            anyhow!(missing).context(localized!("cannot start x", "无法启动 x"));
        let Localized { en, zh } = of_error(&error);
        assert_eq!(en, "cannot start x: entity not found");
        assert_eq!(zh, "无法启动 x：entity not found");

        let known = Err::<(), _>(anyhow!(localized!("no file", "没有文件")));
        let error = known.context(localized!("outer", "外层")).unwrap_err();
        assert_eq!(of_error(&error), localized!("outer: no file", "外层：没有文件"));
    }

    #[test]
    fn how_a_program_ended_is_said_in_chinese_too() {
        for (status, en, zh) in [
            ("exit status: 1", "exited with status 1", "以退出码 1 结束"),
            ("exit code: 3", "exited with status 3", "以退出码 3 结束"),
            (
                "signal: 9 (SIGKILL)",
                "ended with signal: 9 (SIGKILL)",
                "被信号 9 (SIGKILL) 终止",
            ),
            ("?", "ended with ?", "已结束（?）"),
        ] {
            assert_eq!(ended_with(status), Localized::new(en, zh));
        }
    }
}
