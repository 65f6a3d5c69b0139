//! Creates tokens through real servers, and compares the outcomes with what these processed.

mod box_error;
mod caller;
mod cases;
mod load;
mod outcome;
mod row;
mod scratch;
mod servers;
mod tied_command;

use std::env;

use crate::{box_error::BoxError, cases::cases, row::HEAD, scratch::Scratch};

/// How many differences are printed for each case.
const MAX_SHOWN: usize = 5;

fn main() -> Result<(), BoxError> {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => run(""),
        ["--only", name] => run(name),
        ["call", args @ ..] => caller::call(args),
        _ => Err("usage: peers [--only NAME]".into()),
    }
}

/// Runs the cases whose names begin with this, and prints a row for each.
fn run(prefix: &str) -> Result<(), BoxError> {
    let cases = cases(prefix);
    if cases.is_empty() {
        return Err(format!("no case has a name that begins with {prefix:?}").into());
    }
    println!("{HEAD}");
    let mut failed = Vec::new();
    for case in cases {
        let row = (case.run)(&Scratch::new()?)?;
        println!("| {} | {row} |", case.name);
        failed.push((case.name, row.differences()));
    }
    failed.retain(|(_, differences)| !differences.is_empty());
    for (name, differences) in &failed {
        println!("\n{name}:");
        for difference in differences.iter().take(MAX_SHOWN) {
            println!("- {difference}");
        }
    }
    match failed.len() {
        0 => Ok(()),
        count => Err(format!("{count} cases differ from the retry rules").into()),
    }
}
