use std::fmt;

/// A Markdown table with a heading, and a note on how to read it.
#[derive(Debug)]
pub struct Table {
    title: String,
    note: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Creates an empty table. Its first column has no heading and names the rows.
    pub fn new(title: impl Into<String>, note: impl Into<String>, head: &[&str]) -> Self {
        let head = [""].iter().chain(head).map(ToString::to_string).collect();
        Self { title: title.into(), note: note.into(), head, rows: Vec::new() }
    }

    /// Adds a row with this name.
    pub fn row(&mut self, name: impl Into<String>, cells: impl IntoIterator<Item = String>) {
        self.rows.push([name.into()].into_iter().chain(cells).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### {}\n\n{}\n", self.title, self.note)?;
        writeln!(f, "| {} |", self.head.join(" | "))?;
        let alignment = self.head.iter().skip(1).map(|_| "---:").collect::<Vec<_>>().join("|");
        writeln!(f, "|---|{alignment}|")?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}
