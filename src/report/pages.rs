//! What is known of each thing that a report can name: the codes of `check`, the rules of `lint`, and what the commands find themselves.
//!
//! Enters: a name. Leaves: its title, its level, its page.

use crate::diagnostic::render_sarif::About;
use crate::diagnostic::{Code, Severity};
use crate::lint;

/// The name of the finding that a failed test is.
pub const FAILED_TEST: &str = "failed-test";

const FAILED_TEST_PAGE: &str = "# failed-test: a test of the policy fails

A `test` says what must come out for an example lead. Something else comes out now: either the policy has changed what it means, or the test has to follow
what is meant. `leadwright test` shows what was expected, what came out, and which rows led there.
";

/// The name of the finding that tests are that reach less than is asked for.
pub const LOW_COVERAGE: &str = "low-coverage";

const LOW_COVERAGE_PAGE: &str = "# low-coverage: the tests reach less of a policy than is asked for

`leadwright test --min-coverage PERCENT` asks for a share of the policy's rows, bands, transitions and clocks that tests reach. `--coverage` lists those that none
reaches, `--suggest` prints tests for them.
";

/// The name of the finding that a file is which `fmt` would change.
pub const UNFORMATTED: &str = "unformatted";

const UNFORMATTED_PAGE: &str = "# unformatted: a file is not in the form that `leadwright fmt` gives it

Blanks, line ends and columns are written in one way, so that the change of a value shows as the change of a line. `leadwright fmt` writes the file so; what it
means stays the same.
";

/// None for a name that nothing has.
pub fn about(name: &str) -> Option<About> {
    if name == FAILED_TEST {
        let title = "a test of the policy fails".to_owned();
        return Some(About { title, page: FAILED_TEST_PAGE.to_owned(), severity: Severity::Error, group: "test" });
    }
    if name == LOW_COVERAGE {
        let title = "the tests reach too little of a policy".to_owned();
        return Some(About { title, page: LOW_COVERAGE_PAGE.to_owned(), severity: Severity::Error, group: "test" });
    }
    if let Some(rule) = lint::find(name) {
        // what is off by default is a warning where it is asked for
        let severity = rule.level.severity().unwrap_or(Severity::Warning);
        return Some(About { title: rule.summary.to_owned(), page: rule.page.to_owned(), severity, group: rule.group.name() });
    }
    if name == UNFORMATTED {
        let title = "a file is not formatted".to_owned();
        return Some(About { title, page: UNFORMATTED_PAGE.to_owned(), severity: Severity::Error, group: "style" });
    }
    let entry = Code::ALL.iter().map(|code| code.entry()).find(|entry| entry.code == name)?;
    Some(About { title: entry.title.to_owned(), page: entry.page.to_owned(), severity: entry.severity, group: "mistake" })
}
