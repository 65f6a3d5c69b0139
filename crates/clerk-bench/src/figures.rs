use crate::{chart::Chart, table::Table};

/// What a measure has found, as tables and pictures.
#[derive(Debug, Default)]
pub struct Figures {
    pub tables: Vec<Table>,
    pub charts: Vec<Chart>,
}

impl From<Vec<Table>> for Figures {
    fn from(tables: Vec<Table>) -> Self {
        Self { tables, charts: Vec::new() }
    }
}

impl From<Table> for Figures {
    fn from(table: Table) -> Self {
        vec![table].into()
    }
}
