//! Borrows twice, within a closure that the standard library calls.

use std::cell::RefCell;

fn total(numbers: &RefCell<Vec<u32>>) -> u32 {
    let held = numbers.borrow_mut();
    held.iter().map(|number| number * numbers.borrow()[0]).sum() // crash
}

fn main() {
    println!("{}", total(&RefCell::new(vec![1, 2])));
}
