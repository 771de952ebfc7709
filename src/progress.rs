//! Telling how far the work has come. The only module that names `indicatif`.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Hears how far the writing, or the checking, has come.
pub trait Progress {
    /// Writing begins; `total` bytes are to come.
    fn begin(&mut self, total: u64);
    /// So many bytes more are written, of the file of that name if it is one.
    fn advance(&mut self, bytes: u64, file: Option<&str>);
    /// All is written, or nothing more will be.
    fn end(&mut self);
}

/// Says nothing.
pub struct Silence;

impl Progress for Silence {
    fn begin(&mut self, _: u64) {}
    fn advance(&mut self, _: u64, _: Option<&str>) {}
    fn end(&mut self) {}
}

/// What suits standard error: a bar on a terminal, a line now and then elsewhere.
/// `done` says what is done to the bytes: "written".
pub fn for_stderr(done: &'static str) -> Box<dyn Progress> {
    if io::stderr().is_terminal() { Box::new(Bar::new()) } else { Box::new(Lines(Count::new(), done)) }
}

/// A bar with rate and time left.
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
        self.0.set_length(total);
    }

    fn advance(&mut self, bytes: u64, file: Option<&str>) {
        self.0.inc(bytes);
        if let Some(file) = file
            && self.0.message() != file
        {
            self.0.set_message(file.to_owned());
        }
    }

    fn end(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Counts, and says when the next tenth or ten seconds have gone by.
struct Count {
    total: u64,
    done: u64,
    tenth: u64,
    last: Instant,
}

impl Count {
    fn new() -> Self {
        Self { total: 0, done: 0, tenth: 0, last: Instant::now() }
    }

    fn due(&mut self, bytes: u64) -> bool {
        self.done += bytes;
        let tenth = self.done * 10 / self.total.max(1);
        let due = (tenth > self.tenth && self.last.elapsed() > Duration::from_secs(1))
            || self.last.elapsed() > Duration::from_secs(10);
        if due {
            self.tenth = tenth;
            self.last = Instant::now();
        }
        due
    }
}

/// A plain line now and then, for logs; none for what takes a second.
struct Lines(Count, &'static str);

impl Progress for Lines {
    fn begin(&mut self, total: u64) {
        self.0.total = total;
    }

    fn advance(&mut self, bytes: u64, _: Option<&str>) {
        if self.0.due(bytes) {
            let percent = self.0.done * 100 / self.0.total.max(1);
            // A closed standard error is no reason to stop.
            let _ = writeln!(io::stderr(), "{}: {percent} %", self.1);
        }
    }

    fn end(&mut self) {}
}

/// A JSON object a line on standard error.
pub struct JsonLines(Count);

impl JsonLines {
    /// One that has said nothing yet.
    pub fn new() -> Self {
        Self(Count::new())
    }

    fn say(&self) {
        let _ = writeln!(io::stderr(), "{{\"progress\":{{\"done\":{},\"total\":{}}}}}", self.0.done, self.0.total);
    }
}

impl Default for JsonLines {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for JsonLines {
    fn begin(&mut self, total: u64) {
        self.0.total = total;
        self.say();
    }

    fn advance(&mut self, bytes: u64, _: Option<&str>) {
        if self.0.due(bytes) {
            self.say();
        }
    }

    fn end(&mut self) {
        self.say();
    }
}
