use super::{
    Chart, Series,
    svg::{Svg, grouped},
};
use crate::statistics::to_f64;

const WIDTH: f64 = 720.0;
const BAR: f64 = 20.0;
const ROW: f64 = 30.0;
const LEFT: f64 = 210.0;
const TOP: f64 = 40.0;
/// Room for the number after the longest bar.
const RIGHT: f64 = 80.0;

/// Draws the first value of each series as a bar.
pub fn bars(name: &'static str, title: &str, series: &[Series]) -> Chart {
    let mut svg = Svg::new(WIDTH, TOP + ROW * to_f64(series.len()));
    svg.text("title", (0.0, 18.0), title);
    let values = || series.iter().filter_map(|series| series.values.first().copied());
    let longest = values().fold(f64::MIN_POSITIVE, f64::max);
    for (row, (series, value)) in series.iter().zip(values()).enumerate() {
        let y = TOP + ROW * to_f64(row);
        let (bar, text) = if series.is_ours { ("s0", "ours end") } else { ("s1", "end") };
        let length = (WIDTH - LEFT - RIGHT) * value / longest;
        svg.text(text, (LEFT - 10.0, y + 15.0), &series.label);
        svg.bar(bar, (LEFT, y), length, BAR);
        svg.text("", (LEFT + length + 8.0, y + 15.0), &grouped(value));
    }
    Chart { name, svg: svg.finish() }
}
