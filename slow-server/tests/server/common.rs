//! Raw connections, and the real program as a child of the test.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long to wait for something that must happen, on a machine however busy.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A request for the page, on a connection of its own.
pub(crate) const PAGE: &[u8] =
    b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";

/// What HTTP/2 asks of a client at first: its preface, and settings of nothing.
pub(crate) const HTTP2_HELLO: &[u8] =
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// A page, asked for on stream 1 in the words that HPACK has for it.
pub(crate) const HTTP2_PAGE: &[u8] =
    b"\0\0\x0e\x01\x05\0\0\0\x01\x82\x86\x84\x41\x09127.0.0.1";

/// Connects and sends `bytes`.
pub(crate) fn send(server: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A server that closes at once may do so before all is written.
    let _ = stream.write_all(bytes);
    stream
}

/// All that the server sends until it closes.
pub(crate) fn read_to_end(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        // A server that closes while bytes of ours are unread resets the connection.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the server did not close: {error}"),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Waits until `is` holds, which it must in the end.
pub(crate) fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The program, not yet started.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slow-server"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
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

    /// Starts it as told, and waits until it says where it listens.
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

    /// The next lines of what it says on standard output.
    pub(crate) fn lines(&mut self, lines: usize) -> String {
        let mut said = String::new();
        for _ in 0..lines {
            self.stdout.read_line(&mut said).unwrap();
        }
        said
    }

    /// Its standard error, to be read to the end while it runs.
    pub(crate) fn stderr(&mut self) -> ChildStderr {
        self.child.stderr.take().unwrap()
    }

    /// What it counts.
    pub(crate) fn stats(&self) -> Value {
        let ask = b"GET /api/stats HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
        let answer = read_to_end(send(self.address, ask));
        let (_, json) = answer.split_once("\r\n\r\n").unwrap_or_default();
        serde_json::from_str(json)
            .unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    /// Waits until it counts so many of `what`.
    #[cfg(unix)]
    pub(crate) fn wait_until(&self, what: &str, number: usize) {
        wait_until(&format!("{number} {what}"), || self.stats()[what] == number);
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(self.child.id().try_into().unwrap());
        nix::sys::signal::kill(id, signal).unwrap();
    }

    /// Its exit status, and all that it complained about.
    #[cfg(unix)]
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let mut complaints = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut complaints).unwrap();
        }
        (self.child.wait().unwrap().code(), complaints)
    }

    /// How many files and sockets it has open.
    #[cfg(target_os = "linux")]
    pub(crate) fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// The CPU time that it has taken, to a hundredth of a second.
    #[cfg(target_os = "linux")]
    pub(crate) fn cpu_time(&self) -> Duration {
        let file = format!("/proc/{}/stat", self.child.id());
        let stat = std::fs::read_to_string(file).unwrap();
        // After the name, which may have spaces: the 14th and the 15th field.
        let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
        let ticks =
            fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap());
        Duration::from_millis(10 * ticks.sum::<u64>())
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
