//! A client's program as it runs: it ends with us, and its output is kept.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use anyhow::Context as _;
use client_core::Report;
use units::{Localized, localized};

use crate::problem;

/// A client's process, ended when it is dropped.
pub(crate) struct ClientProcess {
    child: Child,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl ClientProcess {
    pub(crate) fn start(mut command: Command) -> anyhow::Result<Self> {
        // Nothing is ever written to its input, which is there to end when we do.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // In a group of its own, so that Ctrl-C reaches it once, through us, and not
        // twice, which would make it leave without a report.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let program = command.get_program().display().to_string();
        let mut child = command.spawn().with_context(|| {
            localized!("cannot start {program}", "无法启动 {program}")
        })?;
        // Read while it runs: a long report would not fit in the pipe.
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut process = Self { child, stdout: None, stderr: None };
        process.stdout = stdout.map(read_to_end).transpose()?;
        process.stderr = stderr.map(read_to_end).transpose()?;
        Ok(process)
    }

    pub(crate) fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait().with_context(lost)?.is_some())
    }

    /// Passes Ctrl-C on.
    #[cfg(unix)]
    pub(crate) fn interrupt(&mut self) {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;

        if let Ok(id) = i32::try_from(self.child.id()) {
            // If it has just ended, there is no process to signal.
            let _ = kill(Pid::from_raw(id), Signal::SIGINT);
        }
    }

    /// Windows has no signal to pass on to a single process.
    #[cfg(not(unix))]
    pub(crate) fn interrupt(&mut self) {
        let _ = self.child.kill();
    }

    /// What it reported, or what is wrong instead.
    pub(crate) fn report(
        mut self,
    ) -> anyhow::Result<(Option<Report>, Option<Localized>)> {
        let status = self.child.wait().with_context(lost)?;
        let text = |reader: Option<JoinHandle<_>>| {
            reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
        };
        let (stdout, stderr) = (text(self.stdout.take()), text(self.stderr.take()));
        let message = stderr.lines().rfind(|line| !line.trim().is_empty());
        let Ok(report) = serde_json::from_str(&stdout) else {
            let Localized { en: ended, zh: ended_zh } = problem::ended(status);
            let Localized { en, zh } = message.map_or_else(
                || localized!("it printed nothing", "没有任何输出"),
                Localized::same,
            );
            let problem = localized!("it {ended}: {en}", "它{ended_zh}：{zh}");
            return Ok((None, Some(problem)));
        };
        // Whatever it says beside a run that is whole, or was stopped, is no problem.
        let problem = message.filter(|_| status.code() == Some(1));
        Ok((Some(report), problem.map(Localized::same)))
    }
}

impl Drop for ClientProcess {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lost() -> Localized {
    localized!(
        "cannot tell whether a client is still running",
        "无法得知客户端是否还在运行"
    )
}

fn read_to_end(
    mut pipe: impl Read + Send + 'static,
) -> anyhow::Result<JoinHandle<String>> {
    let read = move || {
        let mut bytes = Vec::new();
        // What could be read before an error is still worth having.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    thread::Builder::new()
        .spawn(read)
        .context(localized!("cannot read a client's output", "无法读取客户端的输出"))
}
