//! Modules use one another in one direction: no file, and no folder, needs one that needs it.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::{code, packages, rust_files};

/// What each module uses of its own crate.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// The modules of a crate by their paths, `stats::run` for `stats/run.rs`; the root is "".
fn modules(folder: &str) -> BTreeMap<String, String> {
    let src = format!("{folder}/src/");
    let files = rust_files().into_iter();
    let own = files.filter_map(|(path, text)| {
        let module = path.strip_prefix(&src)?.strip_suffix(".rs")?;
        let module = module.trim_end_matches("/mod").replace('/', "::");
        let is_root = module == "lib" || module == "main";
        let text: Vec<_> = code(&text).map(|(_, line)| line).collect();
        Some((if is_root { String::new() } else { module }, text.join("\n")))
    });
    own.collect()
}

/// Every `crate::…` path in this code, with `{a, b::{c, d}}` written out.
fn paths(code: &str) -> Vec<String> {
    code.split("crate::").skip(1).flat_map(|rest| expand(rest).0).collect()
}

/// The paths at the start of `text`, and how much of it they take.
fn expand(text: &str) -> (Vec<String>, usize) {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = text.find(|c| !is_path(c)).unwrap_or(text.len());
    let (stem, mut at) = (&text[..end], end);
    if !text[at..].starts_with('{') {
        return (vec![stem.to_owned()], at);
    }
    at += 1;
    let mut all = Vec::new();
    while let Some(c) = text[at..].chars().next().filter(|&c| c != '}') {
        if c.is_whitespace() || c == ',' {
            at += c.len_utf8();
            continue;
        }
        let (paths, length) = expand(&text[at..]);
        all.extend(paths.iter().map(|path| format!("{stem}{path}")));
        at += length.max(1);
    }
    (all, at + 1)
}

/// Names that the root gives to what is in a module: `Report` for `outcome::report::Report`.
fn exported(root: &str) -> BTreeMap<String, String> {
    let uses = root.split("pub use ").skip(1);
    let all = uses.flat_map(|rest| expand(rest.trim_start_matches("crate::")).0);
    all.map(|path| (path.rsplit("::").next().unwrap_or_default().to_owned(), path))
        .collect()
}

fn graph(folder: &str) -> Graph {
    let modules = modules(folder);
    let exported = modules.get("").map(|root| exported(root)).unwrap_or_default();
    let module_of = |path: &str| {
        let first = path.split("::").next().unwrap_or_default();
        let path = exported.get(first).map_or(path, String::as_str);
        let mut path = path.trim_end_matches(':');
        while !modules.contains_key(path) {
            path = path.rsplit_once("::")?.0;
        }
        Some(path.to_owned())
    };
    let used = |module: &str, code: &str| {
        let used = paths(code).into_iter().filter_map(|path| module_of(&path));
        used.filter(|used| used != module && !used.is_empty()).collect()
    };
    let files = modules.iter().filter(|(module, _)| !module.is_empty());
    files.map(|(module, code)| (module.clone(), used(module, code))).collect()
}

/// The same by folders: `stats` for all that is in it.
fn by_folder(graph: &Graph) -> Graph {
    let top = |module: &str| module.split("::").next().unwrap_or(module).to_owned();
    let mut folders = Graph::new();
    for (module, used) in graph {
        let all = folders.entry(top(module)).or_default();
        all.extend(
            used.iter().map(|used| top(used)).filter(|used| *used != top(module)),
        );
    }
    folders
}

/// What is left when all that uses nothing of the rest is taken away, again and again.
fn cycles(mut graph: Graph) -> Graph {
    loop {
        let left: BTreeSet<_> = graph.keys().cloned().collect();
        for used in graph.values_mut() {
            used.retain(|used| left.contains(used));
        }
        let before = graph.len();
        graph.retain(|_, used| !used.is_empty());
        if graph.len() == before {
            return graph;
        }
    }
}

#[test]
fn modules_and_folders_have_no_cycles() {
    let mut found = Graph::new();
    for package in packages() {
        let files = graph(&package.folder);
        for graph in [by_folder(&files), files] {
            let named = cycles(graph).into_iter();
            found.extend(
                named.map(|(module, used)| {
                    (format!("{} {module}", package.name), used)
                }),
            );
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_cycle_is_seen_through_braces_and_the_names_of_the_root() {
    let code = "use crate::a::{b::{C, D}, e};\nlet x = crate::F::new();";
    assert_eq!(paths(code), ["a::b::C", "a::b::D", "a::e", "F::new"]);
    assert_eq!(exported("pub use a::f::{F, G};")["F"], "a::f::F");
    let edge =
        |from: &str, to: &str| (from.to_owned(), BTreeSet::from([to.to_owned()]));
    let graph =
        Graph::from([edge("a::x", "b::y"), edge("b::z", "a::x"), edge("b::y", "c")]);
    assert!(cycles(graph.clone()).is_empty());
    assert_eq!(cycles(by_folder(&graph)).len(), 2);
}

#[test]
fn the_root_names_each_of_its_modules_in_its_layout() {
    for package in packages() {
        let path = format!("{}/src/lib.rs", package.folder);
        let Some((_, text)) =
            rust_files().into_iter().find(|(name, _)| *name == path)
        else {
            continue;
        };
        for (number, line) in code(&text) {
            let declared = line.trim_start_matches("pub ").strip_prefix("mod ");
            if let Some(module) = declared.and_then(|rest| rest.strip_suffix(';')) {
                let is_named = text.contains(&format!("//! - `{module}`"))
                    || text.contains(&format!("//! - [`{module}`]"));
                assert!(
                    is_named,
                    "{path}:{number}: {module} is not in its # Layout"
                );
            }
        }
    }
}
