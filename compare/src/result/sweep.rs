//! A sweep: each client at several sizes.

use std::num::NonZeroUsize;
use std::process::ExitCode;

use client_core::Transport;
use serde::Serialize;
use units::Localized;

use super::comparison::{Basis, exit_code};
use super::knee::Knee;
use super::point::Point;
use super::setup::Setup;

/// What `--sweep --json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Sweep {
    pub(crate) schema: u32,
    /// How it was made.
    pub(crate) setup: Setup,
    pub(crate) url: String,
    /// `None` where the server does not say how long it takes.
    pub(crate) delay_ms: Option<f64>,
    /// What the ideal supposes instead, if the user said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assumed_delay_ms: Option<f64>,
    /// Smallest first.
    pub(crate) sizes: Vec<NonZeroUsize>,
    /// One for each client, and for each transport of it.
    #[serde(rename = "lines")]
    pub(crate) series: Vec<Series>,
    /// Whether Ctrl-C ended it before all were through.
    pub(crate) interrupted: bool,
}

/// One client at all sizes.
#[derive(Debug, Serialize)]
pub(crate) struct Series {
    pub(crate) client: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transport: Option<Transport>,
    #[serde(skip)]
    pub(crate) label: String,
    pub(crate) points: Vec<Point>,
    /// Where it leaves its ideal, if it does.
    #[serde(rename = "departure", skip_serializing_if = "Option::is_none")]
    pub(crate) knee: Option<Knee>,
    /// One sentence on that.
    #[serde(serialize_with = "Localized::in_english")]
    pub(crate) why: Localized,
}

impl Sweep {
    /// The form of `compare --sweep --json`; a change that breaks its readers raises it.
    pub(crate) const SCHEMA: u32 = 1;

    pub(crate) fn basis(&self) -> Basis {
        Basis::of(self.delay_ms, self.assumed_delay_ms)
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        let mut ran = self.series.iter().flat_map(Series::shown);
        exit_code(self.interrupted, ran.all(Point::is_whole))
    }
}

impl Series {
    /// The runs that were completed.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| point.is_shown())
    }
}
