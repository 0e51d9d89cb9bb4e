//! `--python`: the tutorial's programs as rows, and what the server saw of each.

use std::path::Path;

use serde_json::{Value, json};

use super::has_python_with;
use crate::fixture::programs::{compare, run_to_end, text};

/// The rows of these programs, each with this many requests.
fn rows(names: &[&str], requests: usize) -> Vec<Value> {
    let mut command = compare();
    command.args(["--python", "--json", "--delay", "250ms"]);
    command.args(["-n", &requests.to_string(), "--only", &names.join(",")]);
    let output = run_to_end(&mut command);
    let mut result: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    let Value::Array(rows) = result["runs"].take() else { panic!("{result}") };
    let found: Vec<_> =
        rows.iter().map(|row| row["client"].as_str().unwrap()).collect();
    assert_eq!(found, names);
    for row in &rows {
        let program = &row["program"];
        assert_eq!(program["received"], requests, "{row}");
        assert_eq!(program["answered"], requests, "{row}");
    }
    rows
}

fn peak(row: &Value) -> u64 {
    row["server"]["peak_in_flight"].as_u64().unwrap()
}

#[test]
fn each_of_the_standard_library_waits_as_the_tutorial_says() {
    if !has_python_with("multiprocessing") {
        return;
    }
    let names = ["py blocking", "py await", "py wrapper", "py loop", "py pool"];
    let rows = rows(&names, 8);
    for row in &rows[..4] {
        assert_eq!(peak(row), 1, "{row}");
    }
    // How many of its 8 processes have begun before the first response is the machine's affair.
    assert!((2..=8).contains(&peak(&rows[4])), "{}", rows[4]);
    for row in &rows {
        let has_failed = row["client"] == "py await";
        assert_eq!(row["program"]["succeeded"], !has_failed, "{row}");
        let last = row["program"]["output"].as_array().unwrap().last().unwrap();
        let says = if has_failed { "TypeError: " } else { "8 of 8 answered in " };
        assert!(last.as_str().unwrap().starts_with(says), "{row}");
    }
}

#[test]
fn each_that_needs_packages_has_many_in_flight() {
    if !has_python_with("aiohttp, aiomultiprocess") {
        return;
    }
    let rows = rows(&["py aiohttp", "py aiomulti"], 40);
    assert!((2..=40).contains(&peak(&rows[0])), "{}", rows[0]);
    assert!(peak(&rows[1]) > 1, "{}", rows[1]);
    // Empty where the system did not tell which process sent a request.
    let each = rows[1]["program"]["per_process"].as_array().unwrap();
    assert!(each.iter().all(|peak| peak.as_u64().unwrap() <= 16), "{}", rows[1]);
}

/// By what the row is, and not by what it is called.
#[test]
fn a_trap_that_is_to_fail_counts_as_whole_and_has_the_time_of_the_tutorial() {
    if !has_python_with("asyncio") {
        return;
    }
    let run = |options: &[&str]| {
        let mut command = compare();
        command.args(["--json", "--only", "py await", "--delay", "20ms"]);
        let output = run_to_end(command.args(["-n", "5"]).args(options));
        let result: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
        (output.status.code(), result["runs"][0].clone())
    };
    let lesson = "), as intended";
    let (code, row) = run(&["--python", "--repeat", "2"]);
    assert_eq!(code, Some(0), "{row}");
    assert_eq!(row["repeat"]["incomplete"], json!([]), "{row}");
    assert_eq!(row["tutorial_s"], 15.05, "{row}");
    assert!(row["why"].as_str().unwrap().contains(lesson), "{row}");

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let file = root.join("python/await_response.py").display().to_string();
    let with = format!("py await=python3 '{file}' {{url}} {{requests}}");
    let (code, row) = run(&["--with", &with]);
    assert_eq!(code, Some(1), "{row}");
    assert_eq!(row["tutorial_s"], Value::Null, "{row}");
    assert!(!row["why"].as_str().unwrap().contains(lesson), "{row}");
}

#[test]
fn a_name_is_not_given_twice() {
    let options = ["--python", "--with", "py loop=x {url}"];
    let output = run_to_end(compare().args(options));
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("--python has a program py loop of its own"), "{said}");
}

/// Where there is no Python, so that nothing is installed.
#[cfg(unix)]
#[test]
fn the_setup_stands_alone_on_the_command_line_whatever_the_environment_sets() {
    let folder = tempfile::tempdir().unwrap();
    let run = |options: &[&str]| {
        let mut command = compare();
        command
            .env("CARGO_MANIFEST_DIR", folder.path().join("compare"))
            .env("PATH", folder.path())
            .env("SLOW_SERVER_TOKEN", "secret")
            .arg("--python-setup")
            .args(options);
        let output = run_to_end(&mut command);
        (output.status.code(), text(&output.stderr))
    };
    let (code, said) = run(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.starts_with("compare: there is no python3"), "{said}");
    for options in [["-n", "100"], ["--runtimes", "2"], ["--full", "--json"]] {
        let (code, said) = run(&options);
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.contains("--python-setup stands alone: leave out --"),
            "{said}"
        );
    }
}

/// The others run, and one sentence says what to type for these.
#[cfg(unix)]
#[test]
fn without_a_package_the_others_run() {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    if !has_python_with("multiprocessing") {
        return;
    }
    // A checkout without an environment, and a Python that lacks aiohttp.
    let root = tempfile::tempdir().unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    symlink(workspace.join("python"), root.path().join("python")).unwrap();
    let (folder, path) = (root.path().join("bin"), std::env::var("PATH").unwrap());
    fs::create_dir(&folder).unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = -c ] && exec echo 3 11 aiohttp\n\
         PATH='{path}' exec python3 \"$@\"\n"
    );
    fs::write(folder.join("python3"), script).unwrap();
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.join("python3"), executable).unwrap();
    let run = |only: &str| {
        let mut command = compare();
        command
            .env("CARGO_MANIFEST_DIR", root.path().join("compare"))
            .env("PATH", format!("{}:{path}", folder.display()))
            .args(["--python", "--only", only, "-n", "2", "--delay", "5ms"]);
        let output = run_to_end(&mut command);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, shown, said) = run("py loop,py aiohttp,py aiomulti");
    assert_eq!(code, Some(0), "{said}");
    assert!(shown.contains("py loop") && !shown.contains("\npy aiohttp"), "{shown}");
    let sentence = "compare: left out py aiohttp and py aiomulti: aiohttp is not installed \
                    for python3. Run once, with a network:\n  cargo compare --python-setup\n";
    assert!(said.contains(sentence), "{said}");
    // Again where it is still to be seen when all have run.
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let again = "Left out py aiohttp and py aiomulti, for want of aiohttp: cargo compare \
                 --python-setup installs what is missing.";
    assert!(shown.contains(again), "{shown}");

    let (code, shown, said) = run("py aiohttp");
    assert_eq!((code, &*shown), (Some(1), ""), "{said}");
    assert!(
        said.starts_with("compare: --python: left out py aiohttp: aiohttp is not"),
        "{said}"
    );
}
