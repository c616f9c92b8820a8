//! `cargo xtask`: the project's own tasks. It has no dependencies, so that it runs before anything else is built.

mod bench;
mod build;
mod demo;
mod editors;
mod go;
mod picture;
mod record;
mod shell;
mod test;
mod tools;
mod weights;
mod wheel;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask demo [FILE:LINE:COL]   build, get the default weights, and watch a real model complete real code
cargo xtask test [--fast]          everything that CI runs; --fast leaves out the C++ build and the live tier
cargo xtask bench [NAME]           the measurements, as Markdown tables
cargo xtask picture                draw the README's pictures from what the program prints
cargo xtask record [EDITOR]        film the README's recordings of real editors at work
cargo xtask lua                    layout and types of the plugin for Neovim
cargo xtask build                  the program with its engine, in target/release
cargo xtask editors                install the editors that the live tier drives, and say where they are
cargo xtask tools                  install what the build is missing, and say what it uses";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["demo"] => demo::show(None),
        ["demo", place] => demo::show(Some(place)),
        ["test"] => test::all(false),
        ["test", "--fast"] => test::all(true),
        ["bench", rest @ ..] => bench::measure(rest),
        ["picture"] => picture::draw(),
        ["record", rest @ ..] => record::film(rest),
        ["lua"] => editors::lua::check(),
        ["build"] => build::release(),
        ["editors"] => editors::show(),
        ["tools"] => tools::ensure().map(|tools| println!("{tools}")),
        _ => Err(HELP.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
