//! What clap prints, in Chinese: it has no languages, so its English is looked up line by line.
//!
//! # Layout
//!
//! - `help.txt`: each paragraph of a help in English, and below it in Chinese
//! - `usage`: what is wrong with a command line

mod usage;

use std::iter;

use anstream::adapter::strip_str;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};

use crate::text;

/// Has clap print one paragraph per line, which is what can be looked up.
pub(crate) fn by_paragraph(command: Command) -> Command {
    command.next_line_help(true).term_width(0)
}

/// The help, or what is wrong with the command line, of a command that is [`by_paragraph`].
pub(crate) fn render(error: &Error) -> String {
    match error.kind() {
        ErrorKind::DisplayVersion => error.to_string(),
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            error.render().ansi().to_string().lines().map(line).collect()
        }
        _ => usage::render(error),
    }
}

/// A line in Chinese, in as many lines as it needs; as it is where it is of no language.
fn line(line: &str) -> String {
    let plain = strip_str(line).to_string();
    let content = plain.trim_start();
    let chinese = paragraph(content).filter(|chinese| chinese != content);
    let Some(chinese) = chinese else { return format!("{line}\n") };
    let is_heading = content == plain && content.ends_with(':');
    let chinese =
        if is_heading { format!("\u{1b}[1;4m{chinese}\u{1b}[0m") } else { chinese };
    let indent = plain.len() - content.len();
    let mut out = Vec::new();
    let label = " ".repeat(indent);
    text::write_wrapped(&mut out, label, indent, &chinese).unwrap_or_default();
    String::from_utf8_lossy(&out).into_owned()
}

fn paragraph(english: &str) -> Option<String> {
    if let Some(usage) = english.strip_prefix("Usage: ") {
        return Some(format!("用法：{}", usage_line(usage)));
    }
    if let Some((value, about)) =
        english.strip_prefix("- ").and_then(|value| value.split_once(": "))
    {
        return Some(format!("- {value}：{}", translation(about.trim())?));
    }
    if let Some(clients) = english.strip_prefix("Options of ") {
        return Some(format!(
            "{} 的选项：",
            clients.trim_end_matches(':').replace(" and ", " 和 ")
        ));
    }
    // What clap adds in brackets stands behind a text, or alone.
    let ends = english.rmatch_indices('[').map(|(at, _)| at);
    iter::once(english.len()).chain(ends).find_map(|end| {
        let (text, added) = english.split_at(end);
        let chinese =
            if text.is_empty() { "" } else { translation(text.trim_end())? };
        let added = added
            .replace("[default: ", "[默认值：")
            .replace("[possible values: ", "[可选值：")
            .replace("[env: ", "[环境变量：");
        Some(format!("{chinese} {added}").trim().to_owned())
    })
}

/// The Chinese of a paragraph.
fn translation(english: &str) -> Option<&'static str> {
    let mut lines = include_str!("help.txt").lines().filter(|line| !line.is_empty());
    while let (Some(key), Some(chinese)) = (lines.next(), lines.next()) {
        if key == english {
            return Some(chinese);
        }
    }
    None
}

fn usage_line(usage: &str) -> String {
    usage
        .replace("[OPTIONS]", "[选项]")
        .replace("[COMMAND]", "[命令]")
        .replace("<COMMAND>", "<命令>")
}

/// The texts of a command's help that have no Chinese, for the tests of its program.
#[must_use]
pub fn untranslated(command: Command) -> Vec<String> {
    let mut command = by_paragraph(command);
    command.build();
    let names = command.get_subcommands().cloned().collect::<Vec<_>>();
    let mut texts: Vec<String> = names.into_iter().flat_map(untranslated).collect();
    let options = command.get_arguments().filter(|option| !option.is_hide_set());
    let mut said: Vec<String> =
        options.filter_map(Arg::get_help).map(ToString::to_string).collect();
    for help in [command.render_help(), command.render_long_help()] {
        let help = help.to_string();
        let lines = help.lines().map(str::trim).filter(|line| {
            // The others are options, and names of commands.
            line.starts_with("- ")
                || line.starts_with(char::is_alphabetic) && line.contains([' ', ':'])
        });
        said.extend(lines.map(str::to_owned));
    }
    texts.extend(said.into_iter().filter(|line| paragraph(line).is_none()));
    texts
}
