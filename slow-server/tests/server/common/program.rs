//! The program as a child of the test.

#[cfg(unix)]
use std::io::Read as _;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use serde_json::Value;

#[cfg(unix)]
use super::wait_until;
use super::{read_to_end, send};

/// The program, not yet started.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slow-server"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Whatever the locale of the machine.
    command.env("LANGUAGE", "en");
    command
}

/// The program as it runs; killed if the test ends before it does.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    /// Starts it on a free port of this machine.
    pub(crate) fn start(options: &[&str]) -> Self {
        let mut command = command();
        Self::run(command.args(["--addr", "127.0.0.1:0"]).args(options))
    }

    /// Starts it, and waits for the line with its address.
    pub(crate) fn run(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line
            .strip_prefix("slow-server listens on http://")
            .and_then(|rest| rest.strip_suffix(" (stop it with Ctrl-C)\n"))
            .unwrap_or_else(|| panic!("{line:?}"));
        let mut address: SocketAddr = address.parse().unwrap();
        if address.ip().is_unspecified() {
            address.set_ip([127, 0, 0, 1].into());
        }
        Self { child, address, stdout }
    }

    /// The next lines of its standard output.
    pub(crate) fn lines(&mut self, lines: usize) -> String {
        let mut text = String::new();
        for _ in 0..lines {
            self.stdout.read_line(&mut text).unwrap();
        }
        text
    }

    /// Its standard error, to be read to the end while it runs.
    pub(crate) fn stderr(&mut self) -> ChildStderr {
        self.child.stderr.take().unwrap()
    }

    /// Its `/api/stats`.
    pub(crate) fn stats(&self) -> Value {
        let request = b"GET /api/stats HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
        let response = read_to_end(send(self.address, request));
        let (_, json) = response.split_once("\r\n\r\n").unwrap_or_default();
        serde_json::from_str(json)
            .unwrap_or_else(|error| panic!("{error}: {response}"))
    }

    /// Waits until it counts `number` of `what`.
    #[cfg(unix)]
    pub(crate) fn wait_until(&self, what: &str, number: usize) {
        wait_until(&format!("{number} {what}"), || self.stats()[what] == number);
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(self.child.id().try_into().unwrap());
        nix::sys::signal::kill(id, signal).unwrap();
    }

    /// Its exit status, and its standard error.
    #[cfg(unix)]
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let mut stderr = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            pipe.read_to_string(&mut stderr).unwrap();
        }
        (self.child.wait().unwrap().code(), stderr)
    }

    /// How many files and sockets it has open.
    #[cfg(target_os = "linux")]
    pub(crate) fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// The CPU time that it has taken, to a hundredth of a second.
    #[cfg(target_os = "linux")]
    pub(crate) fn cpu_time(&self) -> std::time::Duration {
        let file = format!("/proc/{}/stat", self.child.id());
        let stat = std::fs::read_to_string(file).unwrap();
        // After the name, which may have spaces: the 14th and the 15th field.
        let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
        let ticks =
            fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap());
        std::time::Duration::from_millis(10 * ticks.sum::<u64>())
    }

    /// A figure of Linux on this process, such as `VmRSS`, in kB.
    #[cfg(target_os = "linux")]
    pub(crate) fn kilobytes(&self, name: &str) -> u64 {
        let file = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(file).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
