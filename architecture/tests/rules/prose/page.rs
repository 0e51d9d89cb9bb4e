//! What is in a page of Markdown: its sections, commands, numbers and links.

use crate::workspace::read;

/// Where cargo puts the programs.
pub(crate) const BUILT: &str = "target/debug/";

/// A page, cut at its headings.
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) sections: Vec<Section>,
}

/// A heading, and what stands between it and the next one.
#[derive(Default)]
pub(crate) struct Section {
    pub(crate) heading: String,
    /// The lines outside of fences.
    prose: Vec<String>,
    /// The lines between fences, without what a command prints in a console block, which
    /// `scripts/examples` compares.
    fenced: Vec<String>,
}

impl Page {
    pub(crate) fn read(path: &str) -> Self {
        let mut sections = vec![Section::default()];
        let mut is_fenced = false;
        let mut is_console = false;
        for line in read(path).lines() {
            let is_fence = line.trim_start().starts_with("```");
            if !is_fenced && line.starts_with('#') {
                let heading = line.to_owned();
                sections.push(Section { heading, ..Section::default() });
            }
            let section = sections.last_mut().unwrap();
            match (is_fence, is_fenced) {
                (true, _) => {
                    is_fenced = !is_fenced;
                    is_console = line.ends_with("```console");
                }
                (false, true) if is_console && !line.starts_with("$ ") => {}
                (false, true) => section.fenced.push(line.to_owned()),
                (false, false) => section.prose.push(line.to_owned()),
            }
        }
        Self { path: path.to_owned(), sections }
    }

    /// Whether a heading has this anchor, as GitHub makes it.
    pub(crate) fn has_anchor(&self, anchor: &str) -> bool {
        self.sections.iter().any(|section| section.anchor() == anchor)
    }
}

impl Section {
    /// `##` of `## 2 The words`.
    pub(crate) fn level(&self) -> &str {
        self.heading.split(' ').next().unwrap_or_default()
    }

    fn anchor(&self) -> String {
        let title = self.heading.trim_start_matches('#').trim().to_lowercase();
        let kept =
            title.chars().filter(|&c| c.is_alphanumeric() || " -_".contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    }

    /// All that it says outside of fences.
    pub(crate) fn text(&self) -> String {
        format!("{}\n{}", self.heading, self.prose.join("\n"))
    }

    /// The rows of its tables.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &str> {
        self.prose.iter().map(String::as_str).filter(|line| line.starts_with('|'))
    }

    /// The cells of its tables.
    pub(crate) fn cells(&self) -> usize {
        self.rows().map(|row| row.matches('|').count()).sum()
    }

    /// What is to be typed, after a prompt between fences or between backticks; sorted, since
    /// a sentence may turn round.
    pub(crate) fn commands(&self) -> Vec<String> {
        let typed = self.fenced.iter().filter_map(|line| line.strip_prefix("$ "));
        let typed = typed.map(|command| command.split(" #").next().unwrap().trim());
        // A command may go on in the next line.
        let prose = self.prose.join(" ");
        let quoted = prose.split('`').skip(1).step_by(2).filter(|text| {
            ["cargo ", "python3 ", "scripts/", BUILT]
                .iter()
                .any(|it| text.starts_with(it) && text != it)
        });
        let mut commands: Vec<_> = typed.chain(quoted).map(str::to_owned).collect();
        commands.sort();
        commands
    }

    /// Its numbers, sorted as texts.
    pub(crate) fn numbers(&self) -> Vec<String> {
        let lines = self.prose.iter().chain(&self.fenced).chain([&self.heading]);
        let mut numbers: Vec<_> = lines.flat_map(|line| numbers(line)).collect();
        numbers.sort();
        numbers
    }

    /// The targets of its links.
    pub(crate) fn links(&self) -> Vec<&str> {
        let after = self.prose.iter().flat_map(|line| line.split("](").skip(1));
        after.filter_map(|text| Some(text.split_once(')')?.0)).collect()
    }
}

fn numbers(line: &str) -> impl Iterator<Item = String> {
    let parts = line.split(|c: char| !(c.is_ascii_digit() || ".,".contains(c)));
    let parts = parts.map(|part| part.trim_matches(['.', ',']));
    parts.filter(|part| !part.is_empty()).map(str::to_owned)
}
