//! Tables as Markdown.

/// Prints a table: a head, and rows of as many cells.
pub fn print(head: &[&str], rows: &[Vec<String>]) {
    let line = |cells: Vec<String>| println!("| {} |", cells.join(" | "));
    println!();
    line(head.iter().map(ToString::to_string).collect());
    line(head.iter().map(|_| "---".to_owned()).collect());
    for row in rows {
        line(row.clone());
    }
    println!();
}

/// The median of an odd number of figures, the upper one of an even number.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
