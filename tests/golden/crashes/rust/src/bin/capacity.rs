//! Asks the standard library for more than there can be; only a backtrace tells who asked.

fn room_for(count: usize) -> Vec<u64> {
    Vec::with_capacity(count * 8) // crash
}

fn main() {
    println!("{}", room_for(usize::MAX / 16).capacity());
}
