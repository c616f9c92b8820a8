//! Panics in a thread that has a name, then where it is joined.

use std::thread;

fn parse(text: &str) -> u16 {
    text.parse().expect("a number") // crash
}

fn main() {
    let worker = thread::Builder::new().name("reader".to_owned());
    let running = worker.spawn(|| parse("12x")).unwrap();
    println!("{}", running.join().unwrap());
}
