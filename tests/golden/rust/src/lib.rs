//! A small scheduler: jobs with priorities and dependencies, run in an order that respects both.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::fmt;
use std::time::Duration;

/// The most attempts that a job gets before it counts as failed.
pub const DEFAULT_ATTEMPTS: u32 = 3;

/// Names a job; unique in one scheduler.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(String);

impl JobId {
    /// Makes an id from a name; blanks at its ends are dropped.
    pub fn new(name: &str) -> Result<JobId, ScheduleError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(ScheduleError::EmptyName);
        }
        Ok(JobId(name.to_string()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How urgent a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
}

/// What can go wrong when jobs are put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScheduleError {
    EmptyName,
    Duplicate(JobId),
    UnknownDependency { job: JobId, dependency: JobId },
    Cycle(Vec<JobId>),
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScheduleError::EmptyName => write!(f, "a job needs a name"),
            ScheduleError::Duplicate(id) => write!(f, "job {id} exists already"),
            ScheduleError::UnknownDependency { job, dependency } => {
                write!(f, "job {job} waits for {dependency}, which does not exist")
            }
            ScheduleError::Cycle(ids) => {
                let names: Vec<&str> = ids.iter().map(JobId::as_str).collect();
                write!(f, "jobs wait for each other: {}", names.join(", "))
            }
        }
    }
}

impl std::error::Error for ScheduleError {}

/// Something to do, once everything it waits for is done.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: JobId,
    pub priority: Priority,
    pub depends_on: BTreeSet<JobId>,
    pub estimate: Duration,
    pub attempts: u32,
}

impl Job {
    pub fn new(id: JobId) -> Job {
        Job {
            id,
            priority: Priority::default(),
            depends_on: BTreeSet::new(),
            estimate: Duration::from_secs(1),
            attempts: DEFAULT_ATTEMPTS,
        }
    }

    /// Sets how urgent the job is.
    pub fn with_priority(mut self, priority: Priority) -> Job {
        self.priority = priority;
        self
    }

    /// Lets the job wait for another one.
    pub fn after(mut self, dependency: &JobId) -> Job {
        self.depends_on.insert(dependency.clone());
        self
    }

    pub fn with_estimate(mut self, estimate: Duration) -> Job {
        self.estimate = estimate;
        self
    }
}

/// A job that could start now; the most urgent one is the greatest.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ready {
    priority: Priority,
    /// Later jobs get smaller numbers, so that equal priorities keep their order.
    turn: std::cmp::Reverse<usize>,
    id: JobId,
}

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Failed { attempts: u32 },
    Skipped,
}

/// What a run did, job by job, in order.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub outcomes: Vec<(JobId, Outcome)>,
}

impl Report {
    pub fn outcome(&self, id: &JobId) -> Option<Outcome> {
        self.outcomes
            .iter()
            .find(|(job, _)| job == id)
            .map(|(_, outcome)| *outcome)
    }

    /// How many jobs ended with success.
    pub fn done(&self) -> usize {
        self.outcomes
            .iter()
            .filter(|(_, outcome)| *outcome == Outcome::Done)
            .count()
    }

    pub fn is_success(&self) -> bool {
        self.done() == self.outcomes.len()
    }
}

/// Holds jobs until they are run.
#[derive(Debug, Default)]
pub struct Scheduler {
    jobs: BTreeMap<JobId, Job>,
    /// The ids in the order in which they were added.
    added: Vec<JobId>,
}

impl Scheduler {
    pub fn new() -> Scheduler {
        Scheduler::default()
    }

    /// Adds a job. Its dependencies may be added later.
    pub fn add(&mut self, job: Job) -> Result<(), ScheduleError> {
        if self.jobs.contains_key(&job.id) {
            return Err(ScheduleError::Duplicate(job.id));
        }
        self.added.push(job.id.clone());
        self.jobs.insert(job.id.clone(), job);
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Checks that everything waited for exists.
    fn check_dependencies(&self) -> Result<(), ScheduleError> {
        for job in self.jobs.values() {
            for dependency in &job.depends_on {
                if !self.jobs.contains_key(dependency) {
                    return Err(ScheduleError::UnknownDependency {
                        job: job.id.clone(),
                        dependency: dependency.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// The order in which the jobs would run: dependencies first, then the most urgent.
    pub fn plan(&self) -> Result<Vec<JobId>, ScheduleError> {
        self.check_dependencies()?;
        let mut waiting: BTreeMap<&JobId, usize> = self
            .jobs
            .values()
            .map(|job| (&job.id, job.depends_on.len()))
            .collect();
        let mut ready: BinaryHeap<Ready> = BinaryHeap::new();
        for id in &self.added {
            if waiting.get(id) == Some(&0) {
                ready.push(self.ready(id));
            }
        }
        let mut order = Vec::with_capacity(self.jobs.len());
        while let Some(next) = ready.pop() {
            waiting.remove(&next.id);
            for dependent in self.dependents(&next.id) {
                if let Some(left) = waiting.get_mut(&dependent.id) {
                    *left -= 1;
                    if *left == 0 {
                        ready.push(self.ready(&dependent.id));
                    }
                }
            }
            order.push(next.id);
        }
        if waiting.is_empty() {
            Ok(order)
        } else {
            Err(ScheduleError::Cycle(waiting.into_keys().cloned().collect()))
        }
    }

    /// The time that all jobs take one after the other.
    pub fn total_estimate(&self) -> Duration {
        self.jobs.values().map(|job| job.estimate).sum()
    }

    /// Runs every job with `work`, which says whether an attempt succeeded.
    pub fn run(&self, mut work: impl FnMut(&Job, u32) -> bool) -> Result<Report, ScheduleError> {
        let mut report = Report::default();
        for id in self.plan()? {
            let job = &self.jobs[&id];
            let blocked = job
                .depends_on
                .iter()
                .any(|dependency| report.outcome(dependency) != Some(Outcome::Done));
            let outcome = if blocked {
                Outcome::Skipped
            } else if (1..=job.attempts).any(|attempt| work(job, attempt)) {
                Outcome::Done
            } else {
                Outcome::Failed {
                    attempts: job.attempts,
                }
            };
            report.outcomes.push((id, outcome));
        }
        Ok(report)
    }

    /// The jobs that wait for `id`, in the order of their ids.
    fn dependents<'a>(&'a self, id: &'a JobId) -> impl Iterator<Item = &'a Job> + 'a {
        self.jobs
            .values()
            .filter(move |job| job.depends_on.contains(id))
    }

    fn ready(&self, id: &JobId) -> Ready {
        let turn = self.added.iter().position(|added| added == id);
        Ready {
            priority: self.jobs[id].priority,
            turn: std::cmp::Reverse(turn.unwrap_or(usize::MAX)),
            id: id.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> JobId {
        JobId::new(name).unwrap()
    }

    #[test]
    fn empty_names_are_refused() {
        assert_eq!(JobId::new("  "), Err(ScheduleError::EmptyName));
    }

    #[test]
    fn a_job_is_added_once() {
        let mut scheduler = Scheduler::new();
        scheduler.add(Job::new(id("build"))).unwrap();
        let again = scheduler.add(Job::new(id("build")));
        assert_eq!(again, Err(ScheduleError::Duplicate(id("build"))));
        assert_eq!(scheduler.len(), 1);
    }

    #[test]
    fn plan_puts_dependencies_first() {
        let mut scheduler = Scheduler::new();
        scheduler
            .add(
                Job::new(id("deploy"))
                    .with_priority(Priority::High)
                    .after(&id("build")),
            )
            .unwrap();
        scheduler.add(Job::new(id("build"))).unwrap();
        assert_eq!(scheduler.plan().unwrap(), [id("build"), id("deploy")]);
    }
}
