//! The requests that a query takes.
//!
//! Portkey groups by one property at a time. A second one is asked for with a filter for each value of the first, and
//! time by a request for each stretch of it, except that the points of a graph are added up where they can be.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures_util::{
    FutureExt as _,
    future::{BoxFuture, try_join_all},
};
use portkey_api::{Declared as _, Problem, analytics::Filter};
use portkey_engine::call::{CallContext, Failure};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::{
    QueryAnalytics,
    course::added_up,
    dimension::{Dimension, Group},
    figures::{Cell, Figures},
    metric::{Graph, Metric},
    period::{Period, Stretch},
};

/// Requests of one query that run at the same time.
const AT_ONCE: usize = 8;
/// Most requests of one query.
const MOST_REQUESTS: usize = 150;

/// A query, and what was asked of Portkey for it.
#[derive(Debug)]
pub(super) struct Survey<'a> {
    context: CallContext<'a>,
    filter: &'a Filter,
    /// The key of the metadata that is grouped by.
    key: &'a str,
    /// In the order in which they are asked for: what cannot be a filter comes last.
    dimensions: Vec<Dimension>,
    stretch: Option<Stretch>,
    pub(super) metrics: Vec<Metric>,
    top: usize,
    slots: Semaphore,
    made: AtomicUsize,
    remarks: parking_lot::Mutex<Vec<String>>,
}

/// What a period holds.
#[derive(Debug, Default)]
pub(super) struct Surveyed {
    pub(super) total: Figures,
    pub(super) cells: Vec<Cell>,
    /// The groups of the first dimension, if there are more.
    pub(super) chosen: Option<Vec<String>>,
}

impl<'a> Survey<'a> {
    pub(super) fn new(context: CallContext<'a>, query: &'a QueryAnalytics) -> Self {
        let mut dimensions = query.dimensions();
        dimensions.sort_by_key(|dimension| !dimension.is_filter());
        Self {
            context,
            filter: &query.filter,
            key: query.metadata_key.as_deref().unwrap_or_default(),
            dimensions,
            stretch: query.stretch(),
            metrics: query.metrics(),
            top: query.top(),
            slots: Semaphore::new(AT_ONCE),
            made: AtomicUsize::new(0),
            remarks: parking_lot::Mutex::default(),
        }
    }

    /// How many requests were sent.
    pub(super) fn requests_made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    /// What must be said of the figures.
    pub(super) fn remarks(&self) -> Vec<String> {
        self.remarks.lock().clone()
    }

    fn remark(&self, remark: String) {
        let mut remarks = self.remarks.lock();
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }

    /// The figures of a period. `chosen` are the groups of the first dimension that an earlier survey chose.
    pub(super) async fn of(
        &self,
        period: Period,
        chosen: Option<&[String]>,
    ) -> Result<Surveyed, Failure> {
        let filter = period.of_filter(self.filter);
        let Some(first) = self.dimensions.first() else {
            return self.without_groups(period, &filter).await;
        };
        let groups = self.groups(*first, &filter).await?;
        let total = self.total(&groups, &filter).await?;
        if let ([only], None) = (self.dimensions.as_slice(), self.stretch) {
            let groups = groups.into_iter().take(self.top).collect();
            let cells = self.cells(*only, &filter, groups).await?;
            return Ok(Surveyed {
                total,
                cells,
                chosen: None,
            });
        }
        let top = || values(&groups, self.top);
        let chosen = chosen.map_or_else(top, <[String]>::to_vec);
        let parts = match self.stretch {
            Some(stretch) => period.stretches(stretch),
            None => vec![period],
        };
        let asked = parts.into_iter().map(|part| {
            let filter = part.of_filter(self.filter);
            self.breakdown(filter, &self.dimensions, Some(&chosen))
        });
        let found = try_join_all(asked).await?.into_iter().enumerate();
        let cells = found.flat_map(|(place, cells)| {
            let stretch = self.stretch.map(|_| place);
            cells.into_iter().map(move |cell| Cell { stretch, ..cell })
        });
        Ok(Surveyed {
            total,
            cells: cells.collect(),
            chosen: Some(chosen),
        })
    }

    /// The total, and its course over time if that was asked for.
    async fn without_groups(&self, period: Period, filter: &Filter) -> Result<Surveyed, Failure> {
        let graphs = self.graphs(filter, &self.metrics).await?;
        let cells = match self.stretch {
            Some(stretch) => self.course(period, stretch, &graphs).await?,
            None => Vec::new(),
        };
        let total = self.summaries(&graphs);
        Ok(Surveyed {
            total,
            cells,
            chosen: None,
        })
    }

    /// The figures of each stretch of a period, from the points of graphs where these add up.
    async fn course(
        &self,
        period: Period,
        stretch: Stretch,
        graphs: &BTreeMap<Graph, Value>,
    ) -> Result<Vec<Cell>, Failure> {
        let stretches = period.stretches(stretch);
        let added = |metric: Metric| {
            let graph = graphs
                .get(&metric.graph())
                .filter(|_| metric.points_add_up())?;
            added_up(metric, graph, &stretches, stretch)
        };
        let sums: Vec<Option<Vec<f64>>> =
            self.metrics.iter().map(|metric| added(*metric)).collect();
        let places = self.metrics.iter().zip(&sums);
        let others = places.filter(|(_, sums)| sums.is_none());
        let others: Vec<Metric> = others.map(|(metric, _)| *metric).collect();
        let asked = stretches.iter().map(|part| async {
            let filter = part.of_filter(self.filter);
            self.graphs(&filter, &others).await
        });
        let asked = try_join_all(asked).await?.into_iter().enumerate();
        let cells = asked.map(|(place, graphs)| {
            let told = self
                .metrics
                .iter()
                .zip(&sums)
                .map(|(metric, sums)| match sums {
                    Some(sums) => sums.get(place).copied(),
                    None => metric.in_graph(graphs.get(&metric.graph())?.get("summary")?),
                });
            let told: Vec<Option<f64>> = told.collect();
            Cell {
                stretch: Some(place),
                figures: Figures::from(told),
                ..Cell::default()
            }
        });
        Ok(cells.collect())
    }

    /// The groups of these dimensions. `chosen` are the only ones of the first that count.
    fn breakdown<'s>(
        &'s self,
        filter: Filter,
        dimensions: &'s [Dimension],
        chosen: Option<&'s [String]>,
    ) -> BoxFuture<'s, Result<Vec<Cell>, Failure>> {
        async move {
            let Some((first, rest)) = dimensions.split_first() else {
                return Ok(Vec::new());
            };
            if rest.is_empty() {
                let groups = self.groups(*first, &filter).await?.into_iter();
                let counts = |group: &Group| match (chosen, &group.value) {
                    (Some(chosen), Some(value)) => chosen.contains(value),
                    (Some(_), None) => false,
                    (None, _) => true,
                };
                let groups = groups.filter(counts).take(self.top).collect();
                return self.cells(*first, &filter, groups).await;
            }
            let values = match chosen {
                Some(chosen) => chosen.to_vec(),
                None => values(&self.groups(*first, &filter).await?, self.top),
            };
            let asked = values.iter().map(|value| async {
                let narrowed = first.narrowed(&filter, self.key, value);
                let cells = self.breakdown(narrowed, rest, None).await?.into_iter();
                Ok::<_, Failure>(
                    cells
                        .map(|cell| cell.under(*first, value))
                        .collect::<Vec<_>>(),
                )
            });
            Ok(try_join_all(asked).await?.into_iter().flatten().collect())
        }
        .boxed()
    }

    /// Groups with all their figures: what the grouping does not tell is asked for each.
    async fn cells(
        &self,
        dimension: Dimension,
        filter: &Filter,
        groups: Vec<Group>,
    ) -> Result<Vec<Cell>, Failure> {
        let untold = self
            .metrics
            .iter()
            .filter(|metric| !dimension.tells(**metric));
        let untold: Vec<Metric> = untold.copied().collect();
        if !untold.is_empty() && !dimension.is_filter() {
            let names: Vec<&str> = untold.iter().map(|metric| metric.facts().name).collect();
            self.remark(format!(
                "Portkey does not tell {} of each {}",
                names.join(", "),
                dimension.name()
            ));
        }
        let untold = &untold;
        let cells = groups.into_iter().map(|group| async move {
            let told = Figures::told(&self.metrics, |metric| metric.in_row(&group.row));
            let figures = match &group.value {
                Some(value) if !untold.is_empty() && dimension.is_filter() => {
                    let narrowed = dimension.narrowed(filter, self.key, value);
                    told.or(&self.summaries(&self.graphs(&narrowed, untold).await?))
                }
                _ => told,
            };
            Ok(Cell {
                stretch: None,
                values: vec![(dimension, group.value)],
                figures,
            })
        });
        try_join_all(cells).await
    }

    /// The figures of all requests. An organisation key without a workspace may see graphs of one workspace alone, so
    /// that the total of all workspaces is the sum of them.
    async fn total(&self, groups: &[Group], filter: &Filter) -> Result<Figures, Failure> {
        let is_by_workspace = self.dimensions.first() == Some(&Dimension::WORKSPACE);
        if is_by_workspace && filter.workspace_slug.is_none() {
            self.remark(
                "the total is that of the listed workspaces; averages have none".to_owned(),
            );
            let parts = groups
                .iter()
                .map(|group| Figures::told(&self.metrics, |metric| metric.in_row(&group.row)));
            let parts: Vec<Figures> = parts.collect();
            return Ok(Figures::sum(&self.metrics, &parts.iter()));
        }
        Ok(self.summaries(&self.graphs(filter, &self.metrics).await?))
    }

    async fn groups(&self, dimension: Dimension, filter: &Filter) -> Result<Vec<Group>, Failure> {
        let _slot = self.slot().await?;
        let told = self
            .metrics
            .iter()
            .filter(|metric| dimension.tells(**metric));
        let told: Vec<Metric> = told.copied().collect();
        let mut groups = dimension.ask(self.context, filter, self.key, &told).await?;
        // Portkey need not have sorted them by what was asked for.
        if let Some(first) = told.first() {
            let figure = |group: &Group| first.in_row(&group.row).unwrap_or_default();
            groups.sort_by(|one, other| figure(other).total_cmp(&figure(one)));
        }
        Ok(groups)
    }

    /// The graphs that tell these metrics.
    async fn graphs(
        &self,
        filter: &Filter,
        metrics: &[Metric],
    ) -> Result<BTreeMap<Graph, Value>, Failure> {
        let mut graphs: Vec<Graph> = metrics.iter().map(|metric| metric.graph()).collect();
        graphs.sort_unstable();
        graphs.dedup();
        let asked = graphs.into_iter().map(|graph| async move {
            let _slot = self.slot().await?;
            Ok::<_, Failure>((graph, graph.ask(self.context, filter).await?))
        });
        Ok(try_join_all(asked).await?.into_iter().collect())
    }

    fn summaries(&self, graphs: &BTreeMap<Graph, Value>) -> Figures {
        Figures::told(&self.metrics, |metric| {
            metric.in_graph(graphs.get(&metric.graph())?.get("summary")?)
        })
    }

    /// Waits until a request may be sent. Fails if the query takes too many.
    async fn slot(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        if made >= MOST_REQUESTS {
            let rule = format!(
                "this takes more than {MOST_REQUESTS} requests to Portkey: ask for fewer groups with `top`, for longer \
                 stretches of time, for fewer metrics, or for one group less"
            );
            return Err(Failure::invalid(
                QueryAnalytics::NAME,
                Problem::rule("group_by", rule),
            ));
        }
        self.context.report(made as u64, None, "asking Portkey");
        // The semaphore is never closed.
        self.slots.acquire().await.map_err(|_| Failure::Cancelled)
    }
}

/// The names of the first groups that have one.
fn values(groups: &[Group], most: usize) -> Vec<String> {
    let named = groups.iter().filter_map(|group| group.value.clone());
    named.take(most).collect()
}
