//! Which crate may depend on which: the table of CONTRIBUTING.md is the only place that says it.

use std::collections::HashMap;

use crate::workspace::{packages, read};

/// Any crate may depend on this one.
const LEAF: &str = "units";

/// The fixture of every test.
const FIXTURE: &str = "slow-server";

/// By folder, the last column of the table.
fn allowed() -> HashMap<String, String> {
    let text = read("CONTRIBUTING.md");
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, folder, _, may, _] = cells[..] else { return None };
        let folder = folder.strip_prefix('`')?.strip_suffix("/`")?;
        Some((folder.to_owned(), may.to_owned()))
    });
    rows.collect()
}

#[test]
fn every_edge_is_in_the_table() {
    let allowed = allowed();
    for package in packages() {
        let any_client = || {
            allowed.get("client-*").filter(|_| package.name.starts_with("client-"))
        };
        let may = allowed.get(&package.folder).or_else(any_client);
        let may =
            may.unwrap_or_else(|| panic!("{} is not in the table", package.folder));
        for (used, is_dev) in package.dependencies {
            let is_listed = may.contains(&format!("`{used}`"));
            assert!(
                is_listed || used == LEAF || (is_dev && used == FIXTURE),
                "{} depends on {used}, which the table does not say",
                package.name
            );
        }
    }
}

#[test]
fn every_crate_is_judged_by_the_same_lints() {
    for package in packages() {
        let manifest = read(&format!("{}/Cargo.toml", package.folder));
        let shared = "[lints]\nworkspace = true\n";
        assert!(manifest.contains(shared), "{}: no {shared}", package.name);
    }
}
