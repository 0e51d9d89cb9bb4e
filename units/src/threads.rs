//! Whether there are threads to be had, before a runtime is built that needs them.

use std::io;
use std::sync::Mutex;
use std::thread;

/// Starts this many threads, which end immediately: if that fails, a runtime of Tokio would panic
/// or hang.
///
/// # Errors
///
/// The system's, where no thread is left.
pub fn require_threads(threads: usize) -> io::Result<()> {
    let gate = Mutex::new(());
    thread::scope(|scope| {
        // Closed until all have started, since only together do they show that there are as many.
        let _closed = gate.lock();
        for _ in 0..threads {
            let wait = || drop(gate.lock());
            thread::Builder::new().spawn_scoped(scope, wait)?;
        }
        Ok(())
    })
}
