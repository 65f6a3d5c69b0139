//! What is left of many noisy figures.

/// Gives the figure in the middle; zero of none.
pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    quantile(figures, 50)
}

/// Gives the figure that so many of a hundred stay below.
pub fn quantile(figures: impl IntoIterator<Item = f64>, percent: usize) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
}

/// Turns a count into something to divide by.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^52")]
pub fn count(number: usize) -> f64 {
    number as f64
}
