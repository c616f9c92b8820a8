//! Figures as Markdown.

use std::io::Write;
use std::time::Duration;

/// A table with a title; every row has as many cells as `head`.
pub fn table(title: &str, head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!("### {title}\n\n| {} |\n", head.join(" | "));
    out.push_str(&format!("|{}\n", "---|".repeat(head.len())));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    out
}

pub fn print(table: &str) {
    let mut out = std::io::stdout();
    // Whoever reads it may have gone.
    let _ = writeln!(out, "{table}").and_then(|()| out.flush());
}

/// The value below which `share` (0 to 1) of the times lie.
pub fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times
        .get((last as f64 * share).round() as usize)
        .copied()
        .unwrap_or_default()
}

pub fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// `time` as a multiple of `floor`, and whether it is within the limit.
pub fn ratio(time: Duration, floor: Duration, limit: f64) -> String {
    let ratio = time.as_secs_f64() / floor.as_secs_f64().max(1e-9);
    let verdict = if ratio <= limit { "" } else { " **over**" };
    format!("{ratio:.2}× (≤ {limit}×){verdict}")
}
