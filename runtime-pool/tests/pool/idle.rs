//! An idle pool uses no CPU: its threads sleep until there is work.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::common::{Gate, builder};

/// How often each thread of this process with the name went to sleep, by its id.
fn switches(name: &str) -> BTreeMap<String, u64> {
    let mut switches = BTreeMap::new();
    for thread in fs::read_dir("/proc/self/task").unwrap().flatten() {
        let read =
            |file| fs::read_to_string(thread.path().join(file)).unwrap_or_default();
        if read("comm").trim() == name {
            let status = read("status");
            let count = status
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            let count = count.unwrap().trim().parse().unwrap();
            switches.insert(thread.file_name().into_string().unwrap(), count);
        }
    }
    switches
}

#[tokio::test]
async fn threads_without_work_are_not_woken() {
    // No other test has this many runtimes: the name of the last one is its own.
    let name = "runtime-pool-23";
    let pool = builder(24, 2).build().unwrap();
    let gate = Gate::closed();
    let shared = gate.clone();
    // One that waits, and a stream that is not polled, wake no thread either.
    let handle = pool.spawn(async move |()| shared.pass().await).await;
    let _not_polled = pool.map(0.., async |(), n: u32| n);
    let mut before = switches(name);
    // Until it has started.
    loop {
        sleep(Duration::from_millis(50));
        let now = switches(name);
        if now.len() == 1 && now == before {
            break;
        }
        before = now;
    }
    sleep(Duration::from_millis(500));
    assert_eq!(switches(name), before, "woken for nothing");
    gate.open();
    handle.await.unwrap();
}
