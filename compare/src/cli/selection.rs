//! Which clients and programs run: all of them, or those of `--only`.

use client_core::clients::{CLIENTS, ClientEntry};
use units::{localized, usage_error, warn};

use super::Cli;
use crate::checkout;
use crate::foreign::ForeignProgram;
use crate::python;

impl Cli {
    /// The table's entries of the clients to run, in order, and the programs.
    ///
    /// # Errors
    ///
    /// There is nothing of a name that is asked for.
    pub(super) fn selected(
        &mut self,
    ) -> Result<(Vec<ClientEntry>, Vec<ForeignProgram>), clap::Error> {
        let programs = self.foreign.programs()?;
        for name in &mut self.only {
            // That of its package, which `cargo run -p` takes.
            let short = name
                .strip_prefix("client-")
                .filter(|short| CLIENTS.iter().any(|client| client.name == *short));
            if let Some(short) = short
                && !programs.iter().any(|program| program.name == *name)
            {
                *name = short.to_owned();
            }
        }
        let is_taken =
            |name: &str| programs.iter().any(|program| program.name == name);
        if let Some(name) =
            self.python.names().into_iter().find(|name| is_taken(name))
        {
            return Err(usage_error(localized!(
                "--python has a program {name} of its own; choose another name",
                "--python 自己有名为 {name} 的程序；请换一个名字",
            )));
        }
        if self.only.is_empty() {
            return Ok((CLIENTS.to_vec(), programs));
        }
        let mut known: Vec<&str> =
            CLIENTS.iter().map(|client| client.name).collect();
        known.extend(programs.iter().map(|program| &*program.name));
        known.extend(self.python.names());
        if let Some(unknown) =
            self.only.iter().find(|name| !known.contains(&&***name))
        {
            let names = known.join(", ");
            return Err(usage_error(localized!(
                "invalid value '{unknown}' for '--only <NAMES>'\n  \
                 [possible values: {names}]",
                "'--only <NAMES>' 的值 '{unknown}' 无效\n  [可选值：{names}]",
            )));
        }
        for (index, name) in self.only.iter().enumerate() {
            if self.only[..index].contains(name) {
                return Err(usage_error(localized!(
                    "--only names {name} twice; to run each several times, use --repeat N",
                    "--only 里 {name} 写了两次；要把全部运行多次，请用 --repeat N",
                )));
            }
        }
        let named =
            |name: &String| CLIENTS.iter().find(|client| client.name == name);
        let clients = self.only.iter().filter_map(named).copied().collect();
        let is_named = |program: &ForeignProgram| self.only.contains(&program.name);
        for program in self.foreign.with.iter().filter(|program| !is_named(program))
        {
            let name = &program.name;
            let said = localized!(
                "{name} does not run, since --only does not name it",
                "{name} 不会运行，因为 --only 里没有它",
            );
            warn(format_args!("compare: {said}"));
        }
        Ok((clients, programs.into_iter().filter(is_named).collect()))
    }

    /// Adds the tutorial's programs, if they were asked for, as far as they can run here.
    ///
    /// # Errors
    ///
    /// There is no Python, or none of them can run.
    pub(crate) fn add_python(&mut self) -> anyhow::Result<()> {
        let is_wanted = |name: &&str| {
            self.only.is_empty() || self.only.iter().any(|only| only == name)
        };
        let names =
            self.python.names().into_iter().filter(is_wanted).map(str::to_owned);
        let names: Vec<_> = names.collect();
        if !names.is_empty() {
            let (programs, left_out) = python::programs(&checkout::root(), &names)?;
            self.programs.extend(programs);
            self.left_out = left_out;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command;
    use crate::client_spec::ClientSpec;

    #[test]
    fn a_client_may_be_named_as_its_package() {
        let only = |names: &str, with: &[&str]| {
            let words = [&["compare", "--only", names], with].concat();
            let cli = Cli::read(&command().try_get_matches_from(words).unwrap());
            cli.map(|cli| {
                let clients = cli.clients.iter().map(ClientSpec::label);
                let programs = cli.programs.iter().map(|own| own.name.clone());
                clients.chain(programs).collect::<Vec<_>>()
            })
        };
        let short = only("client-async,client-sync", &[]).unwrap();
        assert_eq!(short, ["async", "sync"]);
        assert!(only("client-fast", &[]).is_err());
        assert!(only("client-sync,sync", &[]).is_err(), "that is one client");
        let own = only("client-sync", &["--with", "client-sync=true {url}"]);
        assert_eq!(own.unwrap(), ["client-sync"]);
    }
}
