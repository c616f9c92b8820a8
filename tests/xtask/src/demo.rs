//! The main job on real input: a Go file and a Rust file, completed by the real default model.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{convive, root, run, target};
use crate::{build, weights};

/// A place in a golden file: the text behind `before` is what a person has not written yet.
struct Hole {
    file: &'static str,
    before: &'static str,
    removed: &'static str,
}

const HOLES: &[Hole] = &[
    Hole {
        file: "go/stock/stock.go",
        before: "Sell(sku SKU, quantity int) error {\n\tinv.mu.Lock()\n\tdefer inv.mu.Unlock()\n\tshelf, err := ",
        removed: "inv.shelf(sku)",
    },
    Hole {
        file: "rust/src/lib.rs",
        before: "pub fn with_estimate(mut self, estimate: Duration) -> Job {\n        ",
        removed: "self.estimate = estimate;\n        self",
    },
    Hole {
        file: "go/stock/stock.go",
        before: "Release(sku SKU, quantity int) error {\n\tinv.mu.Lock()\n\tdefer inv.mu.Unlock()\n\tshelf, err := inv.shelf(sku)\n\t",
        removed: "if err != nil {\n\t\treturn fmt.Errorf(\"release %s: %w\", sku, err)\n\t}",
    },
];

/// Builds, gets the weights and shows completions: at `place` (FILE:LINE:COL), or at the demo's own holes.
pub fn show(place: Option<&str>) -> Result<(), String> {
    build::release()?;
    weights::ensure()?;
    if let Some(place) = place {
        return explain(place);
    }
    for hole in HOLES {
        let place = cut(hole)?;
        explain(&place)?;
    }
    Ok(())
}

/// The place of the first of the demo's holes, cut anew.
pub fn first_place() -> Result<String, String> {
    cut(HOLES.first().ok_or("the demo has no holes")?)
}

fn explain(place: &str) -> Result<(), String> {
    run(Command::new(convive()).args(["complete", "--explain", place]))
}

/// Makes a copy of the hole's package with the hole cut out, and gives the place as FILE:LINE:COL.
fn cut(hole: &Hole) -> Result<String, String> {
    let golden = root().join("tests/golden");
    let copy = target().join("demo");
    copy_folder(&golden, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    let path = copy.join(hole.file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let at = text
        .find(&format!("{}{}", hole.before, hole.removed))
        .ok_or_else(|| format!("{}: the demo's hole is not there", hole.file))?;
    let cursor = at + hole.before.len();
    let shorter = format!(
        "{}{}",
        &text[..cursor],
        &text[cursor + hole.removed.len()..]
    );
    fs::write(&path, shorter).map_err(|error| format!("{}: {error}", path.display()))?;
    let line = text[..cursor].matches('\n').count() + 1;
    let column = text[..cursor]
        .rsplit('\n')
        .next()
        .unwrap_or("")
        .chars()
        .count()
        + 1;
    Ok(format!("{}:{line}:{column}", path.display()))
}

fn copy_folder(from: &Path, to: &PathBuf) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
