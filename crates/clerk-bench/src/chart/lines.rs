use super::{
    Chart, Series,
    svg::{Svg, grouped},
};
use crate::statistics::to_f64;

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 280.0;
const LEGEND: f64 = 30.0;
/// The width of most characters, and more than that of their average.
const CHARACTER: f64 = 7.0;

// The curves of a panel, within its margins.
const LEFT: f64 = 56.0;
const RIGHT: f64 = WIDTH - 16.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = HEIGHT - 46.0;

/// How the vertical axis of a panel is divided.
#[derive(Clone, Copy, Debug)]
pub enum Scale {
    /// Evenly, from zero.
    Linear,
    /// By powers of ten.
    Logarithmic,
}

/// One of the diagrams that stand side by side in a picture.
#[derive(Debug)]
pub struct Panel {
    pub title: &'static str,
    pub scale: Scale,
    pub series: Vec<Series>,
}

/// Draws panels side by side, whose series have a value for each of `positions`.
pub fn lines(name: &'static str, axis: &str, positions: &[usize], panels: &[Panel]) -> Chart {
    let mut svg = Svg::new(WIDTH * to_f64(panels.len()), HEIGHT + LEGEND);
    for (index, panel) in panels.iter().enumerate() {
        draw(&mut svg, WIDTH * to_f64(index), axis, positions, panel);
    }
    // The series of all panels are the same.
    let mut x = 0.0;
    for (index, series) in panels.iter().take(1).flat_map(|panel| &panel.series).enumerate() {
        let y = HEIGHT + 8.0;
        svg.line(&format!("s{index}"), (x, y), (x + 20.0, y));
        let class = if series.is_ours { "ours" } else { "" };
        svg.text(class, (x + 26.0, y + 4.0), &series.label);
        x += 44.0 + CHARACTER * to_f64(series.label.len());
    }
    Chart { name, svg: svg.finish() }
}

fn draw(svg: &mut Svg, left: f64, axis: &str, positions: &[usize], panel: &Panel) {
    svg.text("title", (left, 16.0), panel.title);
    let values = panel.series.iter().flat_map(|series| series.values.iter().copied());
    let ticks =
        panel.scale.ticks(values.clone().fold(f64::MAX, f64::min), values.fold(0.0, f64::max));
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * panel.scale.position(value, &ticks);
    for tick in &ticks {
        let class = if *tick == 0.0 { "axis" } else { "grid" };
        svg.line(class, (left + LEFT, y(*tick)), (left + RIGHT, y(*tick)));
        let text = if *tick < 1.0 && *tick > 0.0 { tick.to_string() } else { grouped(*tick) };
        svg.text("end", (left + LEFT - 6.0, y(*tick) + 4.0), &text);
    }
    let step = (RIGHT - LEFT) / to_f64(positions.len());
    let x = |index: usize| left + LEFT + step * (to_f64(index) + 0.5);
    for (index, position) in positions.iter().enumerate() {
        svg.text("middle", (x(index), BOTTOM + 18.0), &grouped(to_f64(*position)));
    }
    svg.text("middle", (left + f64::midpoint(LEFT, RIGHT), BOTTOM + 38.0), axis);
    for (index, series) in panel.series.iter().enumerate().rev() {
        let points: Vec<_> =
            series.values.iter().enumerate().map(|(index, value)| (x(index), y(*value))).collect();
        svg.curve(&format!("s{index}"), &points);
    }
}

impl Scale {
    /// Returns values on the axis, the first no larger than `min`, the last no smaller than `max`.
    fn ticks(self, min: f64, max: f64) -> Vec<f64> {
        match self {
            Self::Linear => {
                let power = 10_f64.powf(max.log10().floor());
                let steps = [0.1, 0.2, 0.5, 1.0, 2.0].map(|step| step * power);
                let step = steps.into_iter().find(|step| step * 5.0 >= max).unwrap_or(power);
                let ticks =
                    std::iter::successors(Some(0.0), |tick| (*tick < max).then_some(tick + step));
                ticks.collect()
            }
            Self::Logarithmic => {
                let powers =
                    std::iter::successors(Some(min.log10().floor()), |power| Some(power + 1.0));
                let powers = powers.take_while(|power| *power < max.log10().ceil() + 0.5);
                powers.map(|power| 10_f64.powf(power)).collect()
            }
        }
    }

    /// Returns where a value is between the first and the last tick, from 0 to 1.
    fn position(self, value: f64, ticks: &[f64]) -> f64 {
        let (Some(first), Some(last)) = (ticks.first(), ticks.last()) else { return 0.0 };
        let measure = |value: f64| match self {
            Self::Linear => value,
            Self::Logarithmic => value.log10(),
        };
        (measure(value) - measure(*first)) / (measure(*last) - measure(*first))
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn ticks_enclose_all_values() {
        for (scale, min, max, expected) in [
            (Scale::Linear, 12.0, 87.0, [0.0, 20.0, 100.0]),
            (Scale::Linear, 1.0, 81_000.0, [0.0, 20_000.0, 100_000.0]),
            (Scale::Logarithmic, 0.12, 99.0, [0.1, 1.0, 100.0]),
        ] {
            let ticks = scale.ticks(min, max);
            let found = [ticks[0], ticks[1], ticks[ticks.len() - 1]];
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{ticks:?}");
            assert!((0.0..=1.0).contains(&scale.position(min, &ticks)));
            assert!((0.0..=1.0).contains(&scale.position(max, &ticks)));
        }
    }
}
