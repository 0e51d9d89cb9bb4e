//! Logs and signals of a server program.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

/// Logs go to standard error: warnings of this workspace and errors of the libraries, unless
/// `RUST_LOG` asks for more. Any client could fill a screen with the libraries' warnings.
pub fn start_logs() {
    let colour =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("error,slow_server=warn"));
    tracing_subscriber::fmt()
        .with_ansi(colour)
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
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
