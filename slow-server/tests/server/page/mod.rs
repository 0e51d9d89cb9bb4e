//! `GET /`: its delay, its place in the queue, its schedule, and who answers it.

mod concurrency;
mod delay;
mod one_path;
mod request_meta;
mod schedule;
