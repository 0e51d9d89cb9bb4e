//! `GET /`: delay, schedule, concurrency limit, headers, and the one handler.

mod concurrency;
mod delay;
mod one_path;
mod request_meta;
mod schedule;
