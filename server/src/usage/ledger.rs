//! Adds lines to today's file, and says when today's budget is spent.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::pen::{Pen, append};
use super::{Count, Line, sums};

/// The most that a day may cost; what is unset has no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Tokens read anew or written.
    pub tokens: Option<u64>,
    /// Seconds that models work.
    pub seconds: Option<u64>,
}

/// Counts for all servers of the user: what others wrote today counts for the budget too.
pub struct Ledger {
    /// None: in memory only.
    folder: Option<PathBuf>,
    pen: Pen,
    budget: Mutex<Budget>,
    today: Arc<Mutex<Today>>,
}

/// What was spent today, as far as it is known.
#[derive(Default)]
struct Today {
    day: String,
    count: Count,
    /// How much of the day's file is in `count`, in bytes.
    read: u64,
}

impl Ledger {
    /// A ledger in this folder; None: in memory only.
    pub fn new(folder: Option<PathBuf>, pen: Pen) -> Ledger {
        Ledger {
            folder,
            pen,
            budget: Mutex::default(),
            today: Arc::default(),
        }
    }

    pub fn set_budget(&self, budget: Budget) {
        *lock(&self.budget) = budget;
    }

    /// Adds a line; `complete` fills in on the pen's thread what takes its time.
    pub fn add(&self, mut line: Line, complete: impl FnOnce(&mut Line) + Send + 'static) {
        let day = day();
        let (folder, today) = (self.folder.clone(), self.today.clone());
        self.pen.write(move || {
            complete(&mut line);
            let written = match folder {
                Some(folder) => write(&folder, &day, &line),
                None => {
                    lock(&today).turn_to(&day).count += line.count;
                    Ok(())
                }
            };
            if let Err(error) = written {
                tracing::warn!("the ledger cannot be written: {error}");
            }
        });
    }

    /// What was counted today in memory, where there is no folder.
    pub fn in_memory(&self) -> Count {
        self.pen.flush();
        lock(&self.today).count
    }

    /// Whether a request may be sent: `Err` says why not, and when again.
    pub async fn check(&self) -> Result<(), String> {
        let budget = *lock(&self.budget);
        if budget == Budget::default() {
            return Ok(());
        }
        let (folder, pen, today) = (self.folder.clone(), self.pen.clone(), self.today.clone());
        let day = day();
        let look = move || {
            pen.flush();
            let mut today = lock(&today);
            let today = today.turn_to(&day);
            if let Some(folder) = folder {
                // What cannot be read was not spent here.
                let _ = today.read_on(&sums::file(&folder, &day));
            }
            today.count
        };
        let spent = tokio::task::spawn_blocking(look).await.unwrap_or_default();
        budget.allows(&spent)
    }
}

impl Budget {
    fn allows(self, spent: &Count) -> Result<(), String> {
        let over = |spent: u64, most: Option<u64>| most.filter(|most| spent >= *most);
        let (tokens, seconds) = (spent.spent_tokens(), spent.milliseconds / 1000);
        let what = if let Some(most) = over(tokens, self.tokens) {
            format!("{tokens} of {most} tokens (daily_tokens")
        } else if let Some(most) = over(seconds, self.seconds) {
            format!("{seconds} of {most} seconds (daily_seconds")
        } else {
            return Ok(());
        };
        Err(format!(
            "today's budget is spent: {what} under [usage] in your options). It starts anew at midnight"
        ))
    }
}

impl Today {
    fn turn_to(&mut self, day: &str) -> &mut Today {
        if self.day != day {
            *self = Today {
                day: day.to_owned(),
                ..Today::default()
            };
        }
        self
    }

    /// Takes in what was added to the file since the last time.
    fn read_on(&mut self, path: &Path) -> std::io::Result<()> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        // A line that somebody is writing counts the next time.
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        self.read += whole as u64;
        let text = String::from_utf8_lossy(&bytes[..whole]);
        sums::lines(&text).for_each(|line| self.count += line.count);
        Ok(())
    }
}

fn write(folder: &Path, day: &str, line: &Line) -> std::io::Result<()> {
    let path = sums::file(folder, day);
    if !path.exists() {
        let date = jiff::civil::Date::from_str(day).and_then(|date| date.yesterday());
        let settled = date.map_err(std::io::Error::other)?;
        sums::sum_up(folder, &settled.to_string())?;
    }
    append(&path, &serde_json::to_string(line)?)
}

/// Today, where the user is: `2026-11-24`.
fn day() -> String {
    jiff::ZonedDateTime::now().date().to_string()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
