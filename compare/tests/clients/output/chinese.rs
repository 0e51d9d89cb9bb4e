//! What a person reads is in Chinese, where that is asked for or is the language of the system;
//! what a program reads is not.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use slow_server::{Background, Config};
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
        assert!(table.contains("逐个发送请求：10 轮"), "{table}");
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
        assert!(table.contains("client") && table.contains("10 waves"), "{table}");
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
fn each_client_speaks_chinese_save_in_json() {
    let config = Config { delay: Duration::from_millis(20), ..Config::default() };
    let server = Background::start(config).unwrap();
    for name in names() {
        let options = ["-n", "3", "--timeline", "--url", &server.url()];
        let mut asked_for = bare_client(name);
        asked_for.args(["--lang", "zh-CN"]);
        for mut command in [asked_for, in_locale(bare_client(name), "zh_CN.UTF-8")] {
            let said = text(&run_to_end(command.args(options)).stdout);
            for part in [
                "等待 http://",
                "的响应：Hello!  （请求 2）",
                "用时：",
                "3 个请求：成功 3，失败 0，超时 0，未发出 0",
                "响应时间（ms）：最小 ",
                "个在途",
                "发出  ━ 等待中  ┄ 排队  ▓ 客户端与网络  ╳ 失败",
            ] {
                assert!(said.contains(part), "{name}, {part}: {said}");
            }
            for line in said.lines() {
                assert!(line.width() <= 80, "{line}");
            }
        }
        let mut command = in_locale(bare_client(name), "zh_CN.UTF-8");
        let json = run_to_end(command.args(["--json", "--quiet"]).args(options));
        assert!(!text(&json.stdout).chars().any(is_chinese), "{json:?}");
    }
}

#[test]
fn what_goes_wrong_is_said_in_chinese_with_the_same_command() {
    let nowhere = ["--url", "http://127.0.0.1:1025", "-n", "2"];
    for mut command in [compare(), bare_client("async")] {
        let output = run_to_end(command.args(["--lang", "zh"]).args(nowhere));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        for part in [
            "http://127.0.0.1:1025/ 上没有服务器（refused）。请在另一个终端启动：",
            "  cargo run -p slow-server -- --addr 127.0.0.1:1025",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    let with_sync = ["--lang", "zh", "--only", "sync", "--transport", "h2"];
    let output = run_to_end(compare().args(with_sync));
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("--transport 只用于 client-"),
        "{output:?}"
    );

    let secret = ["--lang", "zh", "--url", "http://me:s3cret@127.0.0.1/"];
    let output = run_to_end(bare_client("sync").args(secret));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--url 里有用户名或密码"), "{output:?}");

    let failing = Config { fail_rate: 1.0, ..Config::default() };
    let server =
        Background::start(Config { delay: Duration::ZERO, ..failing }).unwrap();
    let options = ["--url", &server.url(), "-n", "2"];
    let mut command = in_locale(bare_client("sync"), "zh_CN.UTF-8");
    let said = text(&run_to_end(command.args(options)).stdout);
    assert!(said.contains("2 × status-503\n  服务器已满"), "{said}");
    let mut command = in_locale(bare_client("sync"), "zh_CN.UTF-8");
    let json = text(&run_to_end(command.arg("--json").args(options)).stdout);
    assert!(json.contains("The server is full"), "{json}");
    assert!(!json.chars().any(is_chinese), "{json}");
}

/// Only what the system itself says of a file is left in English.
#[test]
fn errors_are_in_chinese() {
    let folder = tempfile::tempdir().unwrap();
    let no_json = folder.path().join("no.json");
    std::fs::write(&no_json, "Hello!").unwrap();
    let no_json = no_json.to_str().unwrap();
    let wrong: [(Command, &[&str], &str); 15] = [
        (compare(), &["--baseline", no_json], "不是比较结果：它不是 JSON；请用"),
        (compare(), &["--baseline", "/no/file"], "无法读取 --baseline /no/file"),
        (compare(), &["--html", "/no/x.html"], "有写权限的文件夹吗"),
        (compare(), &["--only", "fast"], "的值 'fast' 无效"),
        (compare(), &["--only", "sync,sync"], "sync 写了两次"),
        (compare(), &["--with", "a=/no/program"], "找不到程序 /no/program"),
        (compare(), &["--predict"], "需要终端"),
        (compare(), &["--with", "mine"], "请写名字和命令，例如"),
        (compare(), &["--with", "sync=curl"], "sync 是客户端的名字"),
        (
            compare(),
            &["--transport", "h2", "--only", "sync"],
            "client-async 和 client",
        ),
        (compare(), &["--delay", "soon"], "请写数字和单位，例如 300ms"),
        (bare_client("sync"), &["-n", "0"], "请写整数，至少为 1"),
        (bare_client("sync"), &["--name", " "], "名字至少要有一个字符"),
        (bare_client("sync"), &["--url", "https://a"], "不支持 https://"),
        (bare_client("threads"), &["--threads", "513"], "最多 512"),
    ];
    for (command, options, message) in wrong {
        let mut command = in_locale(command, "zh_CN.UTF-8");
        let output = run_to_end(command.args(options));
        let said = text(&output.stderr);
        assert!(said.contains(message), "{options:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{options:?}: {said}");
    }
}
