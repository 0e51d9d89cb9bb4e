//! Runs each client at several sizes, until it would take too long or not fit.

use std::time::Duration;

use client_core::machine::Machine;
use client_core::settings::resources::Shortfall;
use units::{Localized, localized};

use super::Runner;
use super::interrupts;
use crate::client_spec::ClientSpec;
use crate::explain;
use crate::result::knee::Knee;
use crate::result::point::Point;
use crate::result::sweep::{Series, Sweep};

/// Runs all clients at all sizes, one after another.
///
/// # Errors
///
/// No handler for Ctrl-C can be installed.
pub(crate) fn sweep(runner: &mut Runner<'_>) -> anyhow::Result<Sweep> {
    interrupts::watch()?;
    let mut sweep = Sweep {
        schema: Sweep::SCHEMA,
        setup: runner.setup(),
        url: runner.url.to_string(),
        delay_ms: runner.delay_ms(),
        assumed_delay_ms: runner.assumed_delay_ms(),
        sizes: runner.cli.sizes(),
        series: Vec::new(),
        interrupted: false,
    };
    for client in &runner.cli.clients {
        sweep.series.extend(run_series(runner, client));
    }
    sweep.interrupted = interrupts::count() > 0;
    Ok(sweep)
}

/// One client at all sizes; `None` if it was stopped before the first.
fn run_series(runner: &mut Runner<'_>, client: &ClientSpec) -> Option<Series> {
    let mut points: Vec<Point> = Vec::new();
    for size in runner.cli.sizes() {
        let client = &client.with_workload(size.into());
        if interrupts::count() > 0 {
            break;
        }
        let ideal_s = runner.ideal(client).map(|ideal| ideal.time.as_secs_f64());
        let requests = size.get();
        let mut point = Point { requests, ideal_s, ..Point::default() };
        point.skipped = reason_to_skip(runner, client, ideal_s);
        if point.skipped.is_none() {
            let run = runner.run_client(client);
            point.server_cpu_s = run.conditions.server_cpu_s;
            point.record(run);
            if interrupts::count() > 0 && !point.is_whole() {
                point.skipped =
                    Some(Localized::new("stopped with Ctrl-C", "被 Ctrl-C 中止"));
            }
            let smallest = points.iter().find(|point| point.is_shown());
            point.bytes_per_request =
                smallest.and_then(|smallest| point.bytes_beyond(smallest));
        }
        points.push(point);
    }
    if points.is_empty() {
        return None;
    }
    let knee = Knee::of(&points);
    let why = explain::knee::sentence(&points, knee.as_ref());
    Some(Series {
        client: client.name(),
        transport: client.transport(),
        label: client.label(),
        points,
        knee,
        why,
    })
}

/// Why this run would take too long or not fit, if so.
fn reason_to_skip(
    runner: &Runner<'_>,
    client: &ClientSpec,
    ideal_s: Option<f64>,
) -> Option<Localized> {
    let limit = runner.cli.sweep_limit;
    if let Some(ideal) = ideal_s.filter(|&ideal| ideal > limit.as_secs_f64()) {
        // To the second, but for what is shorter than some of them.
        let exact = if ideal < 10.0 { 1e3 } else { 1.0 };
        let ideal = Duration::from_secs_f64((ideal * exact).round() / exact);
        let [ideal, limit] = [ideal, limit].map(units::duration);
        return Some(localized!(
            "would take {ideal}, and --sweep-limit is {limit}",
            "需要 {ideal}，而 --sweep-limit 是 {limit}",
        ));
    }
    let mut machine = Machine::here();
    if runner.has_embedded_server() {
        // The server inside takes about as much as the client.
        machine.memory = machine.memory.map(|free| free / 2);
    }
    let shortfalls =
        client.needs().exceeding(&machine, runner.server.addresses().len());
    let names: Vec<_> = shortfalls.iter().map(Shortfall::brief).collect();
    (!names.is_empty()).then(|| Localized::list(names))
}
