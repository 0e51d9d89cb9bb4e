//! Programs of others beside the clients (`--with`), as they are found on a fresh machine.

mod concurrency;
mod misbehaviour;
mod options;
mod orphans;
mod records;
mod row;
mod shared_server;
