//! Logs, signals and runtime of a server program.

use std::io;
use std::num::NonZeroUsize;
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Logs go to standard error: warnings of this workspace and errors of the libraries, unless
/// `RUST_LOG` asks for more. Any client could fill a screen with the libraries' warnings.
pub fn start_logs() {
    let asked =
        units::variable("RUST_LOG").and_then(|asked| asked.into_string().ok());
    let filter = asked.and_then(|levels| levels.parse().ok()).unwrap_or_else(|| {
        Targets::new()
            .with_default(Level::ERROR)
            .with_target("slow_server", Level::WARN)
    });
    // The writer takes the colours away where they cannot be seen.
    let lines = fmt::layer().with_ansi(true).with_writer(units::stderr);
    tracing_subscriber::registry().with(lines).with(filter).init();
}

/// A runtime with a thread for each CPU. Tokio's own default reads `TOKIO_WORKER_THREADS`, and
/// panics where that is not a number.
///
/// # Errors
///
/// The system has no threads or files left for it.
pub fn runtime() -> io::Result<Runtime> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    units::require_threads(threads)?;
    Builder::new_multi_thread().worker_threads(threads).enable_all().build()
}

/// Ready on Ctrl-C, and on SIGTERM where there are signals.
///
/// # Errors
///
/// The system cannot register the signal handlers.
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    // Installed here and not at the first poll, so that no early signal is missed.
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
