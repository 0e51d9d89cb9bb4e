//! Guarantees that take minutes to check: bounds on the memory, the files and the CPU time of
//! the program. `scripts/check --long` runs them.

mod live_page;
mod soak;
mod storm;
