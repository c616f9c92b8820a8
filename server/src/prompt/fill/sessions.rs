//! Typing sessions, key by key: for the test of what prompts have in common and for the bench.

/// One session: where it starts in a golden file, and the keys. `⌫` takes a character back.
pub struct Session {
    pub path: &'static str,
    text: &'static str,
    /// The cursor starts behind the first of these.
    behind: &'static str,
    keys: &'static str,
}

impl Session {
    /// Types the keys; `each` gets the text and the cursor after every one.
    pub fn play(&self, mut each: impl FnMut(&str, usize)) {
        let mut text = self.text.to_owned();
        let at = text.find(self.behind).expect("the place to type at");
        let mut offset = at + self.behind.len();
        for key in self.keys.chars() {
            if key == '⌫' {
                let last = text[..offset].chars().next_back().expect("a character");
                offset -= last.len_utf8();
                text.remove(offset);
            } else {
                text.insert(offset, key);
                offset += key.len_utf8();
            }
            each(&text, offset);
        }
    }
}

pub const SESSIONS: &[Session] = &[
    Session {
        path: "go/stock/stock.go",
        text: include_str!("../../../../tests/golden/go/stock/stock.go"),
        behind: "\tinv.record(shelf, quantity, Released)\n\treturn nil\n}\n",
        keys: "
// Recount sets what is really on the shelf.
func (inv *Inventory) Recount(sku SKU, count⌫⌫⌫⌫⌫found int) error {
\tif found <⌫< 0 {
\t\treturn fmt.Errorf(\"recount %s: %w\", sku, ErrBadQuantity)
\t}
\tinv.mu.Lock()
\tdefer inv.mu.Unlock()
\tshelf, err := inv.shlf⌫⌫elf(sku)
\tif err != nil {
\t\treturn fmt.Errorf(\"recount %s: %w\", sku, err)
\t}
\tdelta := found - shelf.OnHnad⌫⌫⌫and
\tshelf.OnHand = found
\tif shelf.Reserved > found {
\t\tshelf.Reserved = found
\t}
\tinv.record(shelf, delta, Deliverd⌫ed)
\treturn nil
}
",
    },
    Session {
        path: "rust/src/lib.rs",
        text: include_str!("../../../../tests/golden/rust/src/lib.rs"),
        behind: "pub fn is_empty(&self) -> bool {\n        self.jobs.is_empty()\n    }\n",
        keys: "
    /// The jobs that wait for nothing, the most urgent first.
    pub fn roots(&self) -> Vec<&Job> {
        let mut roots: Vec<&Job> = self
            .jobs
            .vlues⌫⌫⌫⌫alues()
            .filter(|job| job.dependencies.is_empty())
            .collect();
        roots.sort_by_key(|job| std::cmp::Reverse(job.priority));
        roots
    }

    /// How long the jobs of one priority take.
    pub fn estimate_of(&self, priority: Priority) -> Duratoin⌫⌫⌫ion {
        let mut total = Duration::ZERO;
        for job in self.jobs.values() {
            if job.priority == priority {
                total += job.estimate;
            }
        }
        total
    }
",
    },
];
