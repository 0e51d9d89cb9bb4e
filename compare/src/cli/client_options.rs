//! The options of the clients, which compare takes and passes on to those that have them.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use client_core::Transport;
use client_core::clients::{CLIENTS, ClientEntry};
use units::{Localized, localized};

/// The option that takes several values here, and one in the clients that have it.
pub(super) const TRANSPORT: &str = "transport";

/// The option that only some transports have a use for.
pub(super) const CONNECTIONS: &str = "connections";

/// Adds the options of the clients, each under the names of those that have it.
pub(super) fn with_options_of_clients(mut command: Command) -> Command {
    for option in CLIENTS.iter().flat_map(ClientEntry::options) {
        let id = option.get_id().as_str();
        let owners = owners(option.get_long().unwrap_or(id));
        let heading = format!("Options of {}", owners.en);
        command = if command.get_arguments().all(|known| known.get_id() != id) {
            command.arg(option.help_heading(heading))
        } else {
            command.mut_arg(id, |known| known.help_heading(heading))
        };
    }
    command
}

/// The names of the clients that have this option.
pub(super) fn owners(option: &str) -> Localized {
    let owners = CLIENTS.iter().filter(|client| client.has_option(option));
    let owners: Vec<_> = owners.map(ClientEntry::program).collect();
    let (en, zh) = (owners.join(" and "), owners.join(" 和 "));
    localized!("{en}", " {zh}")
}

pub(super) fn is_given(matches: &ArgMatches, option: &str) -> bool {
    matches.value_source(option) == Some(ValueSource::CommandLine)
}

/// An option that is given, and that none of these clients has.
pub(super) fn unused_option(
    clients: &[ClientEntry],
    matches: &ArgMatches,
) -> Option<String> {
    let mut options = CLIENTS.iter().flat_map(ClientEntry::options);
    options.find_map(|option| {
        let long = option.get_long()?;
        let has_owner = clients.iter().any(|client| client.has_option(long));
        let is_unused = is_given(matches, option.get_id().as_str()) && !has_owner;
        is_unused.then(|| long.to_owned())
    })
}

/// The options of a client: its transport, and those that were given, as they were typed.
pub(super) fn options_for(
    client: &ClientEntry,
    transport: Option<Transport>,
    matches: &ArgMatches,
) -> Vec<String> {
    let mut options = Vec::new();
    if let Some(transport) = transport {
        options.extend([format!("--{TRANSPORT}"), transport.name().to_owned()]);
    }
    for option in client.options() {
        let id = option.get_id().as_str();
        let is_unused =
            id == CONNECTIONS && !transport.is_some_and(Transport::is_http2);
        if id == TRANSPORT || is_unused || !is_given(matches, id) {
            continue;
        }
        let values = matches.get_raw(id).into_iter().flatten();
        if let (Some(long), Some(value)) = (option.get_long(), values.last()) {
            options.push(format!("--{long}"));
            options.push(value.to_string_lossy().into_owned());
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction, CommandFactory as _};

    use super::super::{Cli, command};
    use super::*;

    #[test]
    fn the_options_of_clients_stand_under_the_names_of_those_that_have_them() {
        let command = command();
        for option in CLIENTS.iter().flat_map(ClientEntry::options) {
            let known = command
                .get_arguments()
                .find(|known| known.get_id() == option.get_id());
            let heading = known.and_then(Arg::get_help_heading).unwrap();
            assert!(heading.starts_with("Options of client-"), "{heading}");
        }
    }

    /// As [`options_for`] passes them on.
    #[test]
    fn each_option_of_a_client_has_a_long_name_of_its_own_and_one_value() {
        let own = Cli::command();
        for option in CLIENTS.iter().flat_map(ClientEntry::options) {
            let id = option.get_id().as_str();
            assert!(option.get_long().is_some(), "{id}");
            assert!(matches!(option.get_action(), ArgAction::Set), "{id}");
            let is_known = own.get_arguments().any(|known| known.get_id() == id);
            assert_eq!(is_known, id == TRANSPORT, "{id} is an option of compare's");
        }
    }
}
