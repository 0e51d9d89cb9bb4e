//! Nothing that a program started is left when its run is over.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::row::{has, run};

/// Each starts a process that would run on for long.
#[cfg(target_os = "linux")]
const LEAVES_ONE: [(&str, &str); 5] = [
    ("group", "sleep 1000 & curl -s {url}"),
    ("session", "setsid sleep 1000 & curl -s {url}"),
    ("double-fork", "(setsid sleep 1000 &) & curl -s {url}"),
    ("no-output", "sleep 1000 >&- 2>&- <&- & curl -s {url}"),
    ("deaf", "(trap \"\" TERM INT HUP; exec sleep 1000) & curl -s {url}"),
];

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_is_left_is_ended_and_the_row_says_so() {
    if !has(&["sh", "setsid", "sleep", "curl"]) {
        return;
    }
    for (name, text) in LEAVES_ONE {
        let program = format!("{name}=sh -c '{text}'");
        let ran = run(&[&program], &["-n", "1", "--delay", "300ms"]);
        let row = ran.only();
        assert_eq!(row.counts(), [1, 1, 0, 0, 0], "{name}");
        assert_eq!(row.number("left_running"), 1, "{name}: {}", row.why());
        row.assert_says("left 1 process running, which was stopped");
        assert_eq!(ran.code, Some(0), "{name}: all was answered");
    }
}

/// Its helpers notice a moment later that it has ended.
#[cfg(target_os = "linux")]
#[test]
fn a_process_that_ends_by_itself_soon_after_is_no_leftover() {
    if !has(&["sh", "sleep", "curl"]) {
        return;
    }
    let program = "soon=sh -c 'curl -s {url}; sleep 0.1 & exit'";
    let ran = run(&[program], &["-n", "1", "--delay", "300ms"]);
    assert_eq!(ran.only().number("left_running"), 0, "{}", ran.only().why());
}

#[test]
fn of_a_program_that_has_to_be_ended_all_of_it_is() {
    if !has(&["sh", "setsid", "sleep", "curl"]) {
        return;
    }
    let text = "curl -s {url}; trap \"\" TERM INT; sleep 1000 & setsid sleep 1000 & wait; wait";
    let program = format!("hangs=sh -c '{text}'");
    let options = ["-n", "2", "--delay", "10ms", "--with-timeout", "1500ms"];
    let ran = run(&[&program], &options);
    let row = ran.only();
    assert_eq!((ran.code, row.fact("ended_by")), (Some(1), &"timeout".into()));
    assert_eq!(row.counts(), [1, 1, 0, 0, 0]);
    // It had no chance to end them itself.
    assert_eq!(row.number("left_running"), 0);
    row.assert_says("was stopped at its time limit (--with-timeout)");
    row.assert_says("sent 1 request, 1 fewer than the 2 asked for");
}

#[test]
fn a_command_that_cannot_be_started_is_a_row_and_the_others_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, mode: u32| {
        let path = folder.path().join(name);
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    // There when it is looked for, and not when it is started.
    let gone = file("gone", 0o755);
    let remover = format!("remover=rm '{gone}'");
    let absent = format!("absent='{gone}' {{url}}");
    let plain = format!("plain='{}' {{url}}", file("plain", 0o644));
    let empty = format!("empty='{}' {{url}}", file("empty", 0o755));
    let nothing = "nothing=sh -c ''".to_owned();
    let programs = [&*remover, &absent, &plain, &empty, &nothing];
    let ran = run(&programs, &["-n", "2"]);
    assert_eq!(ran.code, Some(1));
    for (name, why) in [
        ("absent", "gone: No such file"),
        ("plain", "plain: Permission denied"),
        ("empty", "empty: Exec format error"),
        ("nothing", "sent no request to the server; 2 were expected"),
    ] {
        ran.row(name).assert_says(why);
    }
}
