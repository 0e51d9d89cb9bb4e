//! A client that another program started, and that ends with it.

use std::io;
use std::thread;

use crate::run::cli::leave;

/// Ends this process when its standard input ends: the parent process has ended then, for
/// whatever reason, and needs no report.
pub(crate) fn exit_on_stdin_eof() {
    // Without a thread, no request can be sent either, and the client ends soon.
    let _ = thread::Builder::new().spawn(|| {
        // An error is an end too.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        leave(1);
    });
}
