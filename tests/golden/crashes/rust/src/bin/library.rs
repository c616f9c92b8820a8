//! Reads beyond the end, in the package's own library.

fn main() {
    let shelf = crashes::shelf::Shelf {
        items: vec!["tea".to_owned()],
    };
    println!("{}", shelf.at(0));
    println!("{}", shelf.at(1));
}
