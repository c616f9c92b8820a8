//! Films people at work in the real editors, for the README: `record FOLDER [EDITOR…]` writes pictures that move.

#[cfg(target_os = "linux")]
fn main() {
    let mut words = std::env::args().skip(1);
    let folder = words.next().expect("record FOLDER [EDITOR…]");
    let wanted: Vec<String> = words.collect();
    live::record::all(folder.as_ref(), &wanted);
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("the editors are filmed on Linux only");
}
