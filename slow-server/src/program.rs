//! Logs and signals of a server program.

use std::io::{self, IsTerminal as _};

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Logs go to standard error: warnings of this workspace and errors of the libraries, unless
/// `RUST_LOG` asks for more. Any client could fill a screen with the libraries' warnings.
pub fn start_logs() {
    let colour =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let asked = std::env::var("RUST_LOG").ok().filter(|levels| !levels.is_empty());
    let filter = asked.and_then(|levels| levels.parse().ok()).unwrap_or_else(|| {
        Targets::new()
            .with_default(Level::ERROR)
            .with_target("slow_server", Level::WARN)
    });
    let lines = fmt::layer().with_ansi(colour).with_writer(io::stderr);
    tracing_subscriber::registry().with(lines).with(filter).init();
}

/// Ready on Ctrl-C, and on SIGTERM where there are signals.
///
/// # Errors
///
/// The system cannot register the signal handlers.
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    // Installed here and not at the first poll, so that no signal comes too early.
    #[cfg(unix)]
    let (mut interrupt, mut terminate) = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}
