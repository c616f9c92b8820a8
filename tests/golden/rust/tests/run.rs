//! Runs whole schedules through the public interface.

use std::time::Duration;

use scheduler::{Job, JobId, Outcome, Priority, ScheduleError, Scheduler};

fn id(name: &str) -> JobId {
    JobId::new(name).unwrap()
}

fn pipeline() -> Scheduler {
    let mut scheduler = Scheduler::new();
    scheduler.add(Job::new(id("build"))).unwrap();
    scheduler
        .add(Job::new(id("test")).after(&id("build")))
        .unwrap();
    scheduler
        .add(Job::new(id("deploy")).after(&id("test")))
        .unwrap();
    scheduler
}

#[test]
fn run_skips_what_waits_for_a_failed_job() {
    let report = pipeline().run(|job, _| job.id != id("test")).unwrap();
    assert_eq!(report.outcome(&id("build")), Some(Outcome::Done));
    assert_eq!(
        report.outcome(&id("test")),
        Some(Outcome::Failed { attempts: 3 })
    );
    assert_eq!(report.outcome(&id("deploy")), Some(Outcome::Skipped));
    assert!(!report.is_success());
}

#[test]
fn run_tries_again() {
    let report = pipeline().run(|_, attempt| attempt == 2).unwrap();
    assert_eq!(report.done(), 3);
}

#[test]
fn plan_finds_cycles() {
    let mut scheduler = Scheduler::new();
    scheduler
        .add(Job::new(id("hen")).after(&id("egg")))
        .unwrap();
    scheduler
        .add(Job::new(id("egg")).after(&id("hen")))
        .unwrap();
    assert_eq!(
        scheduler.plan(),
        Err(ScheduleError::Cycle(vec![id("egg"), id("hen")]))
    );
}

#[test]
fn urgent_jobs_come_first() {
    let mut scheduler = Scheduler::new();
    scheduler
        .add(Job::new(id("sweep")).with_priority(Priority::Low))
        .unwrap();
    scheduler
        .add(Job::new(id("alarm")).with_priority(Priority::High))
        .unwrap();
    assert_eq!(scheduler.plan().unwrap()[0], id("alarm"));
}

#[test]
fn estimates_add_up() {
    let mut scheduler = pipeline();
    scheduler
        .add(Job::new(id("notify")).with_estimate(Duration::from_secs(5)))
        .unwrap();
    assert_eq!(scheduler.total_estimate(), Duration::from_secs(8));
}
