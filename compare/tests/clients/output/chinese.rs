//! What a person reads is in Chinese, where that is asked for or is the language of the system;
//! what a program reads is not.

use std::process::Command;

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::fixture::programs::{bare_client, compare, names, run_to_end, text};

/// Ten requests, or what else is asked for.
fn quick(command: &mut Command, options: &[&str]) -> (String, String) {
    let output = run_to_end(command.args(["--delay", "20ms"]).args(options));
    assert!(output.status.success(), "{}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

/// As of a user of this locale.
fn in_locale(mut command: Command, locale: &str) -> Command {
    command.env_remove("LANGUAGE").env("LC_ALL", locale);
    command
}

fn is_chinese(c: char) -> bool {
    ('\u{3000}'..='\u{ffef}').contains(&c)
}

#[test]
fn compare_speaks_the_language_that_is_asked_for_or_that_of_the_system() {
    let few = ["-n", "10"];
    let asked_for = quick(compare().args(["--lang", "zh-CN"]), &few);
    let of_system = quick(&mut in_locale(compare(), "zh_CN.UTF-8"), &few);
    for (table, progress) in [asked_for, of_system] {
        assert!(table.contains("客户端") && table.contains("理想"), "{table}");
        assert!(table.contains("一个请求接一个请求：等待 10 次"), "{table}");
        assert!(progress.contains("sync：10 个请求，理想 0.200 s"), "{progress}");
        // Beside the names of clients and of units, nothing is left in English.
        for word in ["request", "ideal", "wait", "each"] {
            assert!(!table.contains(word), "{table}");
        }
    }
    let in_english = [
        quick(in_locale(compare(), "zh_CN.UTF-8").args(["--lang", "en"]), &few),
        // These cannot show it.
        quick(&mut in_locale(compare(), "C"), &few),
        quick(&mut in_locale(compare(), "zh_CN.GBK"), &few),
    ];
    for (table, progress) in in_english {
        assert!(table.contains("client") && table.contains("10 waits"), "{table}");
        assert!(!table.chars().chain(progress.chars()).any(is_chinese), "{table}");
    }
}

#[test]
fn a_chinese_table_fits_80_columns_as_its_sentences_do() {
    for options in [
        &["-n", "100", "--latency"][..],
        &["--sweep", "1,10,100", "--sweep-limit", "1s"],
        &["-n", "10", "--repeat", "3", "--only", "async,hybrid"],
    ] {
        let mut command = compare();
        let (table, _) = quick(command.args(["--lang", "zh"]), options);
        assert!(table.chars().any(is_chinese), "{table}");
        for line in table.lines() {
            assert!(line.width() <= 80, "{line}");
        }
    }
}

#[test]
fn a_sweep_says_in_chinese_where_a_client_leaves_its_ideal_and_what_is_left_out() {
    let options =
        ["--sweep", "1,100", "--sweep-limit", "1s", "--only", "sync,async"];
    let (table, _) = quick(compare().args(["--lang", "zh"]), &options);
    // However the lines are broken.
    let said: String = table.split_whitespace().collect();
    for part in
        ["从100个请求起略去：需要2s，而--sweep-limit是1s。", "用时与请求数的关系"]
    {
        assert!(said.contains(part), "{part}: {table}");
    }
}

#[test]
fn markdown_is_in_the_language_and_json_is_not() {
    let few = ["-n", "10"];
    let markdown = ["--lang", "zh", "--markdown"];
    let (page, _) = quick(compare().args(markdown), &few);
    assert!(page.contains("| 客户端 | 请求数 |"), "{page}");
    for options in [&few[..], &["--sweep", "1,100", "--sweep-limit", "1s"]] {
        let mut command = in_locale(compare(), "zh_CN.UTF-8");
        let (json, _) = quick(command.arg("--json"), options);
        assert!(serde_json::from_str::<Value>(&json).is_ok(), "{json}");
        assert!(!json.chars().any(is_chinese), "{json}");
    }
}

#[test]
fn each_client_takes_the_language() {
    for name in names() {
        let output =
            run_to_end(bare_client(name).args(["--lang", "zh-CN", "--help"]));
        assert!(output.status.success(), "{name}");
    }
}
