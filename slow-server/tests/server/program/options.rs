//! The banner of the program, and the options that it refuses.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;

use crate::common::program::{self, Program, command};
use crate::common::{read_to_end, send};

fn refusal(options: &[&str]) -> (Option<i32>, String) {
    let output = command().args(options).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_server_on_the_network_prints_an_address_for_the_board_and_a_token() {
    let options = ["--addr", "0.0.0.0:0", "--per-address", "7"];
    let mut command = command();
    let mut program =
        Program::run(command.args(options).env_remove("SLOW_SERVER_TOKEN"));
    let text = program.lines(7);
    let page = format!("live page           http://{}/dashboard\n", program.address);
    assert!(text.ends_with(&page), "{text}");
    assert!(text.contains("from one address    at most 7 connections"), "{text}");
    assert!(text.contains("for the board       "), "{text}");
    let (_, token) = text.split_once("the teacher's token ").unwrap();
    let (token, _) = token.split_once(' ').unwrap();

    let reset = |with: &str| {
        let post = "POST /api/stats/reset HTTP/1.1\r\nconnection: close\r\n";
        let bytes = format!("{post}host: 127.0.0.1\r\n{with}\r\n");
        read_to_end(send(program.address, bytes.as_bytes()))
    };
    assert!(reset("").starts_with("HTTP/1.1 401"));
    let with_token = format!("authorization: Bearer {token}\r\n");
    assert!(reset(&with_token).starts_with("HTTP/1.1 204"), "{text}");
}

#[test]
fn the_teacher_can_choose_the_token() {
    let mut command = command();
    let mut program = Program::run(
        command
            .args(["--addr", "127.0.0.1:0"])
            .env("SLOW_SERVER_TOKEN", "correct-horse"),
    );
    assert!(program.lines(4).contains("the teacher's token correct-horse"));
    // The page for --help shows that there is one, and not which.
    let mut command = program::command();
    let help = command.arg("--help").env("SLOW_SERVER_TOKEN", "correct-horse");
    let help = String::from_utf8(help.output().unwrap().stdout).unwrap();
    assert!(help.contains("SLOW_SERVER_TOKEN") && !help.contains("horse"), "{help}");
}

#[test]
fn a_port_in_use_is_refused_with_advice() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, text) = refusal(&["--addr", &address]);
    assert_eq!(code, Some(1));
    assert!(text.contains(&format!("cannot listen on {address}")), "{text}");
    assert!(
        text.contains("AirPlay") && text.contains("--addr 127.0.0.1:"),
        "{text}"
    );
    let (_, text) = refusal(&["--addr", &address, "--lang", "zh-CN"]);
    for said in [
        "端口已被占用（Address already in use）。",
        "隔空播放接收器（AirPlay Receiver）",
    ] {
        assert!(text.contains(said), "{text}");
    }
}

/// An address for documents (RFC 5737), which no machine has.
#[test]
fn an_address_that_is_not_ours_gets_other_advice_than_a_port_that_is_taken() {
    let (code, text) = refusal(&["--addr", "203.0.113.7:5000"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("is not an address of this machine"), "{text}");
    assert!(text.contains("--addr 127.0.0.1:5000"), "{text}");
}

/// Only loopback addresses exist without configuration.
#[test]
fn several_addresses_are_of_this_machine_alone() {
    let (code, text) = refusal(&["--addr", "0.0.0.0:0", "--addresses", "2"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("for a server on this machine alone"), "{text}");
}

#[test]
fn wrong_input_is_refused_with_an_example() {
    for (options, message) in [
        (["--delay", "soon"], "such as 300ms, 3s or 1m"),
        (["--fail-rate", "1.5"], "a share from 0 (none) to 1 (all)"),
        (["--max-concurrent", "0"], "a whole number, 1 or more"),
        (["--when-full", "panic"], "possible values: queue, reject"),
        (["--addr", "here"], "a port, such as 127.0.0.1:5001"),
        (["--addr", "5002"], "a port, such as 127.0.0.1:5001"),
        (["--token", "short"], "too easy to guess"),
        (["--per-address", "0"], "a whole number, 1 or more"),
        (["--addresses", "257"], "at most 256"),
        (["--allow-host", "board.local:5000"], "such as board.local"),
    ] {
        let (code, text) = refusal(&options);
        assert_eq!(code, Some(2), "{options:?}: {text}");
        assert!(text.contains(message), "{options:?}: {text}");
    }
}

#[test]
fn lan_and_an_address_exclude_each_other() {
    let (code, text) = refusal(&["--lan", "--addr", "127.0.0.1:0"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("cannot be used with"), "{text}");
}

/// As compose files pass what is not given.
#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let names = ["SLOW_SERVER_TOKEN", "RUST_LOG", "TOKIO_WORKER_THREADS"];
    let mut command = command();
    command.args(["--addr", "127.0.0.1:0"]).envs(names.map(|name| (name, "")));
    let text = Program::run(&mut command).lines(4);
    assert!(text.contains("live page") && !text.contains("token"), "{text}");
}

#[test]
fn output_that_nobody_reads_is_no_error_and_a_full_disk_is() {
    for option in [&["--help"][..], &["--version"], &["--completions", "bash"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command().args(option).stdout(writer).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), &*said), (Some(0), ""), "{option:?}");
    }
    #[cfg(target_os = "linux")]
    for option in
        [&["--help"][..], &["--completions", "bash"], &["--addr", "127.0.0.1:0"]]
    {
        let full = std::fs::File::create("/dev/full").unwrap();
        let output = command().args(option).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{option:?}: {said}");
        let sentence = "slow-server: cannot write to standard output: No space left";
        assert!(said.starts_with(sentence), "{option:?}: {said}");
    }
}

/// A server runs also if its banner is not read.
#[cfg(unix)]
#[test]
fn it_serves_though_nobody_reads_its_banner() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let address_text = address.to_string();
    let mut child = command()
        .args(["--addr", &address_text, "--delay", "1ms"])
        .stdout(writer)
        .spawn()
        .unwrap();
    crate::common::wait_until("it answers", || {
        std::net::TcpStream::connect(address).is_ok()
    });
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn it_completes_for_the_shell() {
    let output = command().args(["--completions", "bash"]).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("--max-concurrent"));
}

#[test]
fn the_banner_and_its_advice_are_in_the_language_of_the_system_or_that_asked_for() {
    let mut asked_for = command();
    asked_for.args(["--lang", "zh-CN"]);
    let mut of_system = command();
    of_system.env_remove("LANGUAGE").env("LC_ALL", "zh_CN.UTF-8");
    for mut command in [asked_for, of_system] {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let options = ["--max-concurrent", "4", "--jitter", "1s", "--addr"];
        command.args(options).env("RUST_LOG", "off");
        let said = command.arg(address.to_string()).output().unwrap().stderr;
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains(&format!("无法监听 {address}")), "{said}");
        assert!(said.contains("cargo run -p slow-server -- --addr "), "{said}");
    }
    let mut command = command();
    command.args(["--lang", "zh", "--max-concurrent", "4", "--addr", "127.0.0.1:0"]);
    let mut child = command.spawn().unwrap();
    let mut banner = BufReader::new(child.stdout.take().unwrap()).lines();
    let lines: Vec<_> = banner.by_ref().take(5).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(lines[0].contains("正在监听 http://127.0.0.1:"), "{lines:?}");
    assert_eq!(lines[1], "  延迟                3 s");
    assert_eq!(lines[2], "  并发上限            4（其余排队）");
    assert!(lines[4].starts_with("  实时网页            http://"), "{lines:?}");
}
