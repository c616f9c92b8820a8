//! Go and Rust source of any size, with functions, types, imports and calls, so that syntax and context have work to do.

/// A language that is measured.
#[derive(Clone, Copy)]
pub struct Sample {
    pub name: &'static str,
    pub id: &'static str,
    pub extension: &'static str,
    head: &'static str,
    /// One definition; `#` is its number.
    item: &'static str,
    /// A line of code in the middle of `item`, before which typing happens.
    pub anchor: &'static str,
    /// A line in which a name is typed at its end, and what stands behind the cursor there.
    pub typed: (&'static str, &'static str),
}

pub const GO: Sample = Sample {
    name: "Go",
    id: "go",
    extension: "go",
    head: "package shop\n\nimport (\n\t\"errors\"\n\t\"fmt\"\n)\n\n",
    item: "// Order# is one order of a customer.\ntype Order# struct {\n\tID    int\n\tTotal float64\n}\n\n\
        // Discount# lowers the total of an order by a share.\n\
        func (o *Order#) Discount#(share float64) (float64, error) {\n\
        \tif share < 0 || share > 1 {\n\t\treturn 0, errors.New(\"share out of range\")\n\t}\n\
        \tlowered := o.Total * (1 - share)\n\tfmt.Println(\"order\", o.ID, lowered)\n\treturn lowered, nil\n}\n\n",
    anchor: "\treturn lowered, nil\n",
    typed: ("\tlowered = lowered - a", "\n"),
};

pub const RUST: Sample = Sample {
    name: "Rust",
    id: "rust",
    extension: "rs",
    head: "//! A shop.\n\nuse std::collections::HashMap;\nuse std::fmt;\n\n",
    item: "/// One order of a customer.\npub struct Order# {\n    id: u32,\n    total: f64,\n}\n\n\
        impl Order# {\n    /// Lowers the total by a share.\n\
        \x20   pub fn discount(&self, share: f64) -> Result<f64, fmt::Error> {\n\
        \x20       if !(0.0..=1.0).contains(&share) {\n            return Err(fmt::Error);\n        }\n\
        \x20       let lowered = self.total * (1.0 - share);\n        let seen: HashMap<u32, f64> = HashMap::new();\n\
        \x20       Ok(lowered)\n    }\n}\n\n",
    anchor: "        Ok(lowered)\n",
    typed: ("        let lowered = lowered - a", ";\n"),
};

pub const SIZES: [(&str, usize); 4] = [
    ("1 KB", 1_000),
    ("100 KB", 100_000),
    ("1 MB", 1_000_000),
    ("5 MB", 5_000_000),
];

impl Sample {
    /// Source of about `bytes` bytes.
    pub fn source(&self, bytes: usize) -> String {
        let mut source = self.head.to_owned();
        let mut number = 0;
        while number == 0 || source.len() + self.item.len() <= bytes {
            source.push_str(&self.item.replace('#', &number.to_string()));
            number += 1;
        }
        source
    }

    /// The 0-based line in the middle of `source` before which typing happens.
    pub fn line(&self, source: &str) -> usize {
        let mut half = source.len() / 2;
        while !source.is_char_boundary(half) {
            half += 1;
        }
        let from = source[..half].rfind(self.anchor);
        let at = from.or_else(|| source.find(self.anchor)).unwrap_or(0);
        source[..at].matches('\n').count()
    }
}
