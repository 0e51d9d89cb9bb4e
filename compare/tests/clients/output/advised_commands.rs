//! A command that a program advises does, as it is printed, what it is advised for.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use slow_server::{Background, Config};

use crate::fixture::programs::{
    bare_client, compare, run_to_end, slow_server, text,
};
#[cfg(target_os = "linux")]
use crate::fixture::programs::{client, started_by};

/// The commands that are advised in what a program said: lines that are set off.
fn advised(said: &str) -> Vec<&str> {
    said.lines().filter_map(|line| line.strip_prefix("  ")).collect()
}

/// The program that `cargo run -p PROGRAM -- OPTIONS` starts, with its options.
fn as_advised(command: &str) -> Command {
    let mut words = command.strip_prefix("cargo run -p ").unwrap().split(' ');
    let mut command = match words.next().unwrap() {
        "slow-server" => slow_server(),
        program => bare_client(program.strip_prefix("client-").unwrap()),
    };
    command.args(words.skip_while(|&word| word == "--"));
    command
}

/// A server that listens; ended with the test.
struct Started(Child);

impl Started {
    fn by(command: &str) -> Self {
        let server = as_advised(command).stdout(Stdio::piped()).spawn();
        let mut server = Self(server.unwrap());
        let mut line = String::new();
        let stdout = server.0.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        assert!(line.contains("listens on http://"), "{command}: {line}");
        server
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_server_that_is_missing_is_started_where_it_is_looked_for() {
    for host in ["127.0.0.1", "localhost", "[::1]", "127.1"] {
        if host == "[::1]" && TcpListener::bind("[::1]:0").is_err() {
            continue;
        }
        let url = format!("http://{host}:{}/?delay=1ms", free_port());
        for mut program in [bare_client("sync"), compare()] {
            program.args(["-n", "1", "--url", &url]);
            let output = run_to_end(&mut program);
            assert_eq!(output.status.code(), Some(1), "{url}");
            let said = text(&output.stderr);
            let [command] = advised(&said)[..] else { panic!("{url}: {said}") };
            let _server = Started::by(command);
            let output = run_to_end(&mut program);
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{url}, {command}: {said}");
        }
    }
}

/// No command that is typed here starts a server there.
#[test]
fn a_server_that_cannot_be_started_from_here_is_not_advised() {
    for (url, status) in [
        ("http://no-such-host.invalid:5000/", 1),
        // A port of the system.
        ("http://127.0.0.1:1/", 1),
        ("http://127.0.0.1:0/", 2),
    ] {
        let output = run_to_end(bare_client("sync").args(["-n", "1", "--url", url]));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(!said.contains("cargo run"), "{said}");
    }
}

#[test]
fn a_server_whose_port_is_taken_is_started_at_another_and_the_client_finds_it() {
    // Linux alone has the second address without being told of it.
    for addresses in if cfg!(target_os = "linux") { &["1", "2"][..] } else { &["1"] }
    {
        let taken = TcpListener::bind(format!("127.0.0.{addresses}:0")).unwrap();
        let first = format!("127.0.0.1:{}", taken.local_addr().unwrap().port());
        let options = ["--addr", &first, "--addresses", addresses];
        let output = run_to_end(slow_server().args(options));
        let said = text(&output.stderr);
        let [server, client] = advised(&said)[..] else { panic!("{said}") };
        assert_eq!(server.contains("--addresses 2"), *addresses == "2", "{said}");
        let _server = Started::by(&format!("{server} --delay 1ms"));
        let output = run_to_end(&mut as_advised(client));
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
}

/// An address for documents (RFC 5737), which no machine has.
#[test]
fn a_server_at_an_address_of_another_machine_is_started_on_this_one() {
    let address = format!("203.0.113.7:{}", free_port());
    let output = run_to_end(slow_server().args(["--addr", &address]));
    let said = text(&output.stderr);
    // The other is for port 5000, which no test may take.
    let [here, "cargo run -p slow-server -- --lan"] = advised(&said)[..] else {
        panic!("{said}")
    };
    Started::by(here);
}

#[test]
fn with_the_timeout_that_is_advised_the_server_has_time_to_answer() {
    let delay = Duration::from_millis(300);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    let mut client = bare_client("sync");
    client.args(["-n", "1", "--url", &server.url(), "--timeout", "20ms"]);
    let said = text(&run_to_end(&mut client).stderr);
    let [option] = advised(&said)[..] else { panic!("{said}") };
    let value = option.strip_prefix("--timeout '").unwrap().strip_suffix('\'');
    let mut client = bare_client("sync");
    client.args(["-n", "1", "--url", &server.url(), "--timeout", value.unwrap()]);
    assert_eq!(run_to_end(&mut client).status.code(), Some(0));
}

#[test]
fn the_transports_that_are_advised_for_connections_take_them() {
    let run = |options: &[&str]| {
        let common = ["-n", "2", "--delay", "1ms", "--only", "async"];
        run_to_end(compare().args(common).args(["--connections", "1"]).args(options))
    };
    let said = text(&run(&[]).stderr);
    for transport in ["h2", "reqwest-h2"] {
        assert!(said.contains(&format!("--transport {transport}")), "{said}");
        let output = run(&["--transport", transport]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
}

/// Without `sudo`, which would ask for a password.
#[cfg(target_os = "linux")]
#[test]
fn the_shell_that_is_allowed_more_files_runs_what_it_could_not() {
    let server = Background::start(Config::default()).unwrap();
    let in_shell = |before: &str| {
        let mut shell = Command::new("sh");
        let script = format!("ulimit -n 60; {before}; exec \"$@\"");
        shell.args(["-c", &script, "sh"]);
        let url = format!("{}?delay=1ms", server.url());
        run_to_end(&mut started_by(shell, &client("async", &url, 100)))
    };
    let said = text(&in_shell(":").stderr);
    let command = advised(&said).into_iter().find(|line| line.contains("prlimit"));
    let command = command.unwrap().strip_prefix("sudo ").unwrap();
    let output = in_shell(command);
    let said = text(&output.stderr);
    if said.contains("Operation not permitted") {
        eprintln!("not run: nobody here may do {command}");
        return;
    }
    assert_eq!(said, "");
    assert_eq!(output.status.code(), Some(0));
}
