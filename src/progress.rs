//! Shows the progress of long operations. The only module that uses `indicatif`.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::escaping::escape_line;

/// Receives the progress of the work.
pub trait Progress {
    /// The work begins; there are `total` bytes.
    fn begin(&mut self, total: u64);
    /// This many more bytes are done. `file` is the name of the file that they belong to, if any.
    fn advance(&mut self, bytes: u64, file: Option<&str>);
    /// The work has ended, complete or not.
    fn end(&mut self);
    /// The next step of the work begins. `action` is what happens in it, as in [`for_stderr`].
    fn next_step(&mut self, _action: &'static str) {}
    /// A step begins whose length is not known. `what` is a sentence about it.
    fn announce(&mut self, _what: &'static str) {}
}

/// Shows nothing.
pub struct Silence;

impl Progress for Silence {
    fn begin(&mut self, _: u64) {}
    fn advance(&mut self, _: u64, _: Option<&str>) {}
    fn end(&mut self) {}
}

/// Shows progress on standard error: as a bar on a terminal, otherwise as a line now and then. `action` is what happens to
/// the bytes, such as "written".
pub fn for_stderr(action: &'static str) -> Box<dyn Progress> {
    if io::stderr().is_terminal() { Box::new(Bar::new()) } else { Box::new(TextLines::new(action)) }
}

/// A bar with the rate and the remaining time.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        let template = "{bar:24} {percent:>3} %  {decimal_bytes}/{decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left  {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("##-"));
        }
        Self(bar)
    }
}

impl Progress for Bar {
    fn begin(&mut self, total: u64) {
        self.0.reset();
        self.0.set_length(total);
    }

    fn advance(&mut self, bytes: u64, file: Option<&str>) {
        self.0.inc(bytes);
        if let Some(file) = file.map(escape_line)
            && self.0.message() != file
        {
            self.0.set_message(file.into_owned());
        }
    }

    fn end(&mut self) {
        self.0.finish_and_clear();
    }

    fn next_step(&mut self, action: &'static str) {
        self.0.set_message(action);
    }
}

/// Counts bytes, and decides when to show progress: after each tenth of the bytes, or after ten seconds.
struct Counter {
    total: u64,
    done: u64,
    tenth: u64,
    last: Instant,
}

impl Counter {
    fn new() -> Self {
        Self { total: 0, done: 0, tenth: 0, last: Instant::now() }
    }

    /// Counts bytes, and returns whether to show progress now.
    fn add(&mut self, bytes: u64) -> bool {
        self.done += bytes;
        let tenth = self.done * 10 / self.total.max(1);
        let is_due = (tenth > self.tenth && self.last.elapsed() > Duration::from_secs(1))
            || self.last.elapsed() > Duration::from_secs(10);
        if is_due {
            self.tenth = tenth;
            self.last = Instant::now();
        }
        is_due
    }
}

/// Prints a line of text now and then, for logs. Prints nothing if the work takes less than a second.
struct TextLines {
    counter: Counter,
    action: &'static str,
    /// The last percentage that was printed for this action.
    printed: Option<u64>,
    started: Instant,
}

impl TextLines {
    fn new(action: &'static str) -> Self {
        Self { counter: Counter::new(), action, printed: None, started: Instant::now() }
    }
}

impl Progress for TextLines {
    fn begin(&mut self, total: u64) {
        self.counter = Counter { total, ..Counter::new() };
        self.printed = None;
    }

    fn advance(&mut self, bytes: u64, _: Option<&str>) {
        if self.counter.add(bytes) {
            let percent = self.counter.done * 100 / self.counter.total.max(1);
            // Many small files may not change it.
            if self.printed.replace(percent) != Some(percent) {
                // If standard error is closed, the work continues.
                let _ = writeln!(io::stderr(), "{}: {percent} %", self.action);
            }
        }
    }

    fn end(&mut self) {}

    fn next_step(&mut self, action: &'static str) {
        self.action = action;
    }

    fn announce(&mut self, what: &'static str) {
        if self.started.elapsed() > Duration::from_secs(1) {
            let _ = writeln!(io::stderr(), "{what} …");
        }
    }
}

/// Shows progress on standard error as a JSON object in each line.
pub struct JsonLines(Counter);

impl JsonLines {
    /// Progress that has not started yet.
    pub(crate) fn new() -> Self {
        Self(Counter::new())
    }

    fn print(&self) {
        let _ = writeln!(io::stderr(), "{{\"progress\":{{\"done\":{},\"total\":{}}}}}", self.0.done, self.0.total);
    }
}

impl Progress for JsonLines {
    fn begin(&mut self, total: u64) {
        self.0.total = total;
        self.print();
    }

    fn advance(&mut self, bytes: u64, _: Option<&str>) {
        if self.0.add(bytes) {
            self.print();
        }
    }

    fn end(&mut self) {
        self.print();
    }
}
