//! Unwraps what is not there.

use std::collections::HashMap;

fn price(prices: &HashMap<&str, u32>, item: &str) -> u32 {
    *prices.get(item).unwrap() // crash
}

fn main() {
    let prices = HashMap::from([("tea", 3)]);
    println!("{}", price(&prices, "tea"));
    println!("{}", price(&prices, "rice"));
}
