//! What the subcommands that complete have in common: options, a place in a file, the files beside it, a backend.

use std::sync::Arc;

use super::Global;
use super::place::Place;
use crate::complete::{Delivery, Query, Settings, Trigger};
use crate::config::connect;
use crate::journal::Records;
use crate::model::Error;
use crate::privacy::ignore::Ignored;
use crate::workspace::Workspace;

/// Where to complete, and with what.
#[derive(Debug, clap::Args)]
pub struct Target {
    /// FILE:LINE:COL, counted from 1, columns in characters
    pub place: Place,
    /// The backend to use, by its name in the options, instead of the configured one
    #[arg(long, value_name = "NAME")]
    pub backend: Option<String>,
}

impl Target {
    /// The query that an editor's ctrl-space at this place would be, and where it is noted. Problems of the options go to stderr.
    ///
    /// # Errors
    /// A place that is not there, a backend that cannot be used.
    pub async fn query(&self, global: &Global) -> anyhow::Result<(Query, Records)> {
        let (settings, records) = self.settings(global).await?;
        let ignored = connect::ignored(&global.options().config);
        Ok((self.with(settings, &ignored).await?, records))
    }

    /// The settings of the backend, and where requests to it are noted.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub async fn settings(&self, global: &Global) -> Result<(Settings, Records), Error> {
        let parsed = global.options();
        for problem in &parsed.problems {
            let origin = &problem.origin;
            eprintln!("convive: {origin}: {}: {}", problem.path, problem.message);
        }
        let records = connect::records(&parsed.config);
        let name = self.backend.as_deref();
        let settings = connect::settings(
            &parsed.config,
            name,
            &records,
            connect::ignored(&parsed.config),
        )
        .await?;
        Ok((settings, records))
    }

    /// The query with these settings.
    ///
    /// # Errors
    /// A place that is not there.
    pub async fn with(&self, settings: Settings, ignored: &Arc<Ignored>) -> anyhow::Result<Query> {
        let (snapshot, offset) = self.place.open()?;
        let workspace = Workspace::new();
        let neighbours = workspace.neighbours(&snapshot, |_| None, ignored.shows());
        let neighbours = neighbours.await;
        Ok(Query {
            snapshot,
            offset,
            neighbours,
            trigger: Trigger::Invoked,
            delivery: Delivery::Whole,
            settings,
        })
    }
}
