//! What is wrong with a command line.

use std::error::Error as _;

use clap::Error;
use clap::error::{ContextKind, ErrorKind};

/// The sentence, the usage of the command, and where to read more.
pub(super) fn render(error: &Error) -> String {
    let english = error.render().to_string();
    // A program's own words are in Chinese already, and stand alone or before the usage.
    let own = english.strip_prefix("error: ").unwrap_or(&english);
    let own =
        || own.split("\n\nUsage: ").next().unwrap_or(own).trim_end().to_owned();
    let sentence = sentence(error).unwrap_or_else(own);
    let similar = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let similar = similar.into_iter().find_map(|kind| error.get(kind));
    let tip = similar.map(|similar| format!("\n\n  你是不是想写 '{similar}'？"));
    let usage = english.lines().find_map(|line| line.strip_prefix("Usage: "));
    let usage = usage.map(|usage| format!("\n\n用法：{}", super::usage_line(usage)));
    let [tip, usage] = [tip, usage].map(Option::unwrap_or_default);
    format!("错误：{sentence}{tip}{usage}\n\n更多信息请看 '--help'。\n")
}

/// What is wrong; `None` where clap does not say it in its own words.
fn sentence(error: &Error) -> Option<String> {
    if let Some(command) = error.get(ContextKind::InvalidSubcommand) {
        if error.kind() == ErrorKind::MissingSubcommand {
            return Some(format!("'{command}' 后面缺少命令"));
        }
        return Some(format!("无法识别的命令 '{command}'"));
    }
    let argument = error.get(ContextKind::InvalidArg)?;
    let get = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let value = get(ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("'{argument}' 需要一个值")
        }
        ErrorKind::InvalidValue => {
            let possible = get(ContextKind::ValidValue);
            format!("'{argument}' 的值 '{value}' 无效\n  [可选值：{possible}]")
        }
        ErrorKind::ValueValidation => {
            let reason = error.source().map(ToString::to_string).unwrap_or_default();
            format!("'{argument}' 的值 '{value}' 无效：{reason}")
        }
        ErrorKind::UnknownArgument if argument.to_string().starts_with('-') => {
            format!("无法识别的选项 '{argument}'")
        }
        ErrorKind::UnknownArgument => format!("多余的参数 '{argument}'"),
        ErrorKind::ArgumentConflict => match error.get(ContextKind::PriorArg)? {
            same if same == argument => format!("'{argument}' 只能给出一次"),
            other => format!("'{argument}' 不能与 '{other}' 同时使用"),
        },
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数：{argument}"),
        ErrorKind::TooManyValues => format!("'{argument}' 的值 '{value}' 是多余的"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction, Command};

    use super::*;

    #[test]
    fn what_people_type_wrongly_is_told_in_chinese() {
        let command = Command::new("program")
            .arg(Arg::new("json").long("json").action(ArgAction::SetTrue))
            .arg(Arg::new("size").long("size").value_name("N").requires("url"))
            .arg(Arg::new("url").long("url").conflicts_with("json"))
            .arg(
                Arg::new("port").long("port").value_parser(clap::value_parser!(u16)),
            )
            .arg(Arg::new("when").long("when").value_parser(["now", "later"]))
            .subcommand(Command::new("list"))
            .subcommand(
                Command::new("class")
                    .subcommand_required(true)
                    .subcommand(Command::new("report")),
            );
        for (typed, expected) in [
            (
                "--jso",
                "错误：无法识别的选项 '--jso'\n\n  你是不是想写 '--json'？\n\n用法：program",
            ),
            ("lits", "错误：无法识别的命令 'lits'\n\n  你是不是想写 'list'？"),
            ("list more", "错误：多余的参数 'more'"),
            ("class", "错误：'program class' 后面缺少命令"),
            (
                "--when nox",
                "错误：'--when <when>' 的值 'nox' 无效\n  [可选值：now, later]\n\n  你是不是想写 'now'？",
            ),
            ("--json --json", "错误：'--json' 只能给出一次"),
            ("--json=1", "错误：'--json' 的值 '1' 是多余的"),
            ("--url 1 --json", "错误：'--url <url>' 不能与 '--json' 同时使用"),
            ("--size 1", "错误：缺少必需的参数：--url <url>"),
            ("--size", "错误：'--size <N>' 需要一个值"),
            ("--port x", "错误：'--port <port>' 的值 'x' 无效：invalid digit"),
            (
                "--when x",
                "错误：'--when <when>' 的值 'x' 无效\n  [可选值：now, later]",
            ),
        ] {
            let words = ["program"].into_iter().chain(typed.split(' '));
            let error = command.clone().try_get_matches_from(words).unwrap_err();
            let said = render(&error);
            assert!(said.starts_with(expected), "{typed}: {said}");
            assert!(!said.contains("Usage"), "{said}");
        }
        let own = Error::raw(ErrorKind::ValueValidation, "-n 太大");
        let said = render(&own.format(&mut command.clone()));
        assert!(said.starts_with("错误：-n 太大\n\n用法：program [选项]"), "{said}");
        assert!(said.ends_with("\n\n更多信息请看 '--help'。\n"), "{said}");
    }
}
