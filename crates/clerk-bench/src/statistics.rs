/// Returns the median, or zero if there are no figures.
pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    percentile(figures, 50)
}

/// Returns a percentile (0 is the minimum), or zero if there are no figures.
pub fn percentile(figures: impl IntoIterator<Item = f64>, percent: usize) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
}

/// Converts a count to a floating-point number, for divisions.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub fn to_f64(count: usize) -> f64 {
    count as f64
}
