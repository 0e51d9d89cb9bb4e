//! `--server flask`: the tutorial's own server, as a process that ends with this one.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use reqwest::Url;
use units::{Localized, localized};

use super::interpreter::Interpreter;
use crate::checkout;

/// A server in Python that compare can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PythonServer {
    /// The tutorial's server: a thread per connection
    Flask,
    /// The same without threads: one request at a time
    FlaskSerial,
}

/// Its process, ended when it is dropped.
pub(crate) struct FlaskServer {
    child: Child,
    pub(crate) url: Url,
}

impl FlaskServer {
    /// Starts it on a free port of this machine.
    ///
    /// # Errors
    ///
    /// There is no Python or no Flask, or the server does not start.
    pub(crate) fn start(
        kind: PythonServer,
        delay: Duration,
    ) -> anyhow::Result<Self> {
        let root = checkout::root();
        let python =
            Interpreter::find(&root, &["flask"]).context("--server flask")?;
        if let Some(Localized { en, zh }) = python.shortage() {
            bail!(localized!("--server flask: {en}", "--server flask：{zh}"));
        }
        let mut command = python.command();
        command.arg(root.join("python/server.py")).args(["--port", "0"]);
        command.args(["--delay", &delay.as_secs_f64().to_string()]);
        if kind == PythonServer::FlaskSerial {
            command.arg("--serial");
        }
        Self::start_command(command)
    }

    fn start_command(mut command: Command) -> anyhow::Result<Self> {
        // Nothing is ever written to its input, which is there to end when we do.
        command.arg("--end-with-stdin");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // In a group of its own: Ctrl-C is for the clients, which still need their server.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().context(localized!(
            "cannot start the Flask server",
            "无法启动 Flask 服务器"
        ))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let Ok(url) = line.trim().parse() else {
            // It is ending, or it is none of ours; what it said is in the pipe already.
            let _ = child.kill();
            let mut said = String::new();
            stderr.map(|mut stderr| stderr.read_to_string(&mut said));
            let _ = child.wait();
            let why = said.lines().rfind(|line| !line.trim().is_empty());
            let Localized { en, zh } = why.map_or_else(
                || localized!("it printed nothing", "没有任何输出"),
                Localized::same,
            );
            bail!(localized!(
                "the Flask server did not start: {en}",
                "Flask 服务器没有启动：{zh}",
            ));
        };
        let server = Self { child, url };
        if let Some(mut stderr) = stderr {
            // A line for each request, which has no place beside the table.
            let drain = move || io::copy(&mut stderr, &mut io::sink());
            thread::Builder::new().spawn(drain).context(localized!(
                "cannot read the output of the Flask server",
                "无法读取 Flask 服务器的输出"
            ))?;
        }
        Ok(server)
    }
}

impl Drop for FlaskServer {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
