use std::fmt::Write as _;

/// The colors of the series, for ours first: `s0`, `s1` and so on. They can be told apart by people
/// who see colors differently.
const STYLE: &str = "\
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 13px; font-weight: 600; }
.ours { font-weight: 600; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.axis { stroke: #8c959f; }
.grid { stroke: #8c959f; stroke-opacity: .25; }
path { fill: none; stroke-width: 1.5; }
path.s0 { stroke-width: 3; }
path.s0, line.s0 { stroke: #0969da; } rect.s0, circle.s0 { fill: #0969da; }
path.s1, line.s1 { stroke: #57606a; } rect.s1, circle.s1 { fill: #57606a; }
path.s2, line.s2 { stroke: #bc4c00; } rect.s2, circle.s2 { fill: #bc4c00; }
path.s3, line.s3 { stroke: #8250df; } rect.s3, circle.s3 { fill: #8250df; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  path.s0, line.s0 { stroke: #58a6ff; } rect.s0, circle.s0 { fill: #58a6ff; }
  path.s1, line.s1 { stroke: #adbac7; } rect.s1, circle.s1 { fill: #adbac7; }
  path.s2, line.s2 { stroke: #f0883e; } rect.s2, circle.s2 { fill: #f0883e; }
  path.s3, line.s3 { stroke: #bc8cff; } rect.s3, circle.s3 { fill: #bc8cff; }
}
";

/// An SVG document under construction.
pub(super) struct Svg {
    width: f64,
    height: f64,
    body: String,
}

impl Svg {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.push(&format!(
            r#"<line class="{class}" x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#
        ));
    }

    pub(super) fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        self.push(&format!(r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#));
    }

    pub(super) fn bar(&mut self, class: &str, (x, y): (f64, f64), width: f64, height: f64) {
        self.push(&format!(
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/>"#
        ));
    }

    /// Draws a line through these points, with a dot on each.
    pub(super) fn curve(&mut self, class: &str, points: &[(f64, f64)]) {
        let mut path = String::new();
        for (index, (x, y)) in points.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            // Writing to a string cannot fail.
            let _ = write!(path, "{command}{x:.1} {y:.1}");
        }
        self.push(&format!(r#"<path class="{class}" d="{path}"/>"#));
        for (x, y) in points {
            self.push(&format!(r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="3"/>"#));
        }
    }

    pub(super) fn finish(self) -> String {
        let Self { width, height, body } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\">\n<style>\n{STYLE}</style>\n{body}</svg>\n"
        )
    }

    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }
}

/// Writes a number with a comma after every three digits.
pub(super) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Svg, grouped};

    #[test]
    fn thousands_are_separated() {
        for (number, text) in [(0.0, "0"), (999.4, "999"), (1000.0, "1,000"), (1e6, "1,000,000")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn labels_are_escaped() {
        let mut svg = Svg::new(1.0, 1.0);
        svg.text("", (0.0, 0.0), "a < b & c");
        assert!(svg.finish().contains("a &lt; b &amp; c"));
    }
}
