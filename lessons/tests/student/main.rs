//! The student's side and the teacher's: files, progress, and the program itself.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps says where it broke, in its helpers too"
)]

mod advised_commands;
mod building;
mod class;
mod commands;
mod common;
#[cfg(unix)]
mod interrupts;
mod packs;
mod progress;
mod run;
mod student_dir;
mod watch;
