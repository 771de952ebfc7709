//! Confines a worker process: it cannot exceed its limits, open files or sockets, start processes, or signal other processes. The only
//! module that uses `rlimit`, `seccompiler` and `libc`.
//!
//! Two independent mechanisms enforce this, each on the systems that have it. If one cannot be set up, the process continues
//! with the other (docs/decisions/0029-confined-workers.md):
//!
//! - On Unix, resource limits. Among other things, the process can open no file descriptors besides its standard three,
//!   start no processes, and write nothing to files.
//! - On Linux, a filter that allows only the system calls that manage memory, use files that are already open, handle the
//!   process's own signals, read the clock, or exit.

use super::Limits;

/// Confines this process for the rest of its life.
pub(super) fn confine(limits: Limits) {
    #[cfg(unix)]
    limit_resources(limits);
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
    filter_system_calls();
    #[cfg(not(unix))]
    let _ = limits;
}

#[cfg(unix)]
fn limit_resources(limits: Limits) {
    use rlimit::{Resource, setrlimit};
    for (resource, limit) in [
        (Resource::AS, limits.memory_bytes),
        (Resource::CPU, limits.seconds),
        (Resource::CORE, 0),
        // Files that the process may write: none. Its result goes to a pipe, to which this limit does not apply.
        (Resource::FSIZE, 0),
        (Resource::NOFILE, 0),
        (Resource::NPROC, 0),
    ] {
        // If a limit cannot be set, the main process still limits the time and the size of the result.
        let _ = setrlimit(resource, limit, limit);
    }
}

/// Makes every system call that the work does not need fail with an error. The process is not killed, because a library may try a call
/// that it can do without.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
fn filter_system_calls() {
    // If the system does not allow filters, the process continues with only the resource limits.
    if let Ok(filter) = filter() {
        let _ = seccompiler::apply_filter_all_threads(&filter);
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
fn filter() -> Result<seccompiler::BpfProgram, seccompiler::BackendError> {
    use seccompiler::{SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule};
    let mut rules: std::collections::BTreeMap<i64, Vec<SeccompRule>> = [
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_close,
        libc::SYS_brk,
        libc::SYS_mmap,
        libc::SYS_mremap,
        libc::SYS_mprotect,
        libc::SYS_munmap,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ]
    .into_iter()
    .map(|call| (call, Vec::new()))
    .collect();
    // `abort` signals its own process with this call. Signals to other processes are refused.
    let own = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, std::process::id().into())?;
    rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![own])?]);
    let refused = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    SeccompFilter::new(rules, refused, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// These tests start this test program again, as a confined process that attempts many operations and reports which succeed.
#[cfg(test)]
#[cfg(target_os = "linux")]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs::{self, File};
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::{UnixDatagram, UnixStream};
    use std::process::{Command, Stdio};
    use std::thread;

    use rlimit::{Resource, setrlimit};
    use rustix::process::{Pid, test_kill_process};

    use super::*;

    /// The environment variable that tells the other process how to confine itself.
    const CONFINED_BY: &str = "MAKE_DISC_TEST_CONFINED_BY";

    /// Runs [`attempts_in_another_process`] in another process, and returns what it printed.
    fn run_attempts(confined_by: &str) -> String {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "worker::confinement::tests::attempts_in_another_process"])
            .args(["--ignored", "--nocapture", "--test-threads=1"])
            .env(CONFINED_BY, confined_by)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains("work: done"), "{text}");
        text
    }

    #[test]
    #[ignore = "the other tests run it in a separate process, which it confines"]
    fn attempts_in_another_process() {
        let Ok(confined_by) = std::env::var(CONFINED_BY) else { return };
        let here = std::env::current_exe().unwrap();
        let target = std::env::temp_dir().join("make-disc-confinement-test");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let own = std::process::id();
        let limits = Limits { seconds: 20, memory_bytes: 1 << 30 };
        match confined_by.as_str() {
            "nothing" => {}
            "limits" => limit_resources(limits),
            "filter" => filter_system_calls(),
            _ => confine(limits),
        }
        let mut done: Vec<(&str, bool)> = Vec::new();
        let mut attempt = |what, success: bool| done.push((what, success));
        attempt("open a file", File::open(&here).is_ok());
        attempt("create a file", File::create(&target).is_ok());
        attempt("remove a file", fs::remove_file(&target).is_ok());
        attempt("examine a file", fs::metadata(&here).is_ok());
        attempt("list a folder", fs::read_dir("/").is_ok());
        attempt("create a folder", fs::create_dir(&target).is_ok());
        attempt("remove a folder", fs::remove_dir(&target).is_ok());
        attempt("connect to TCP", TcpStream::connect(address).is_ok());
        attempt("bind UDP", UdpSocket::bind("127.0.0.1:0").is_ok());
        attempt("make a pair of sockets", UnixStream::pair().is_ok());
        attempt("make a local socket", UnixDatagram::unbound().is_ok());
        attempt("accept a connection", listener.set_nonblocking(true).and_then(|()| listener.accept()).is_ok());
        attempt("start a program", Command::new("/bin/true").status().is_ok());
        attempt("signal a process", signal(own).is_ok());
        attempt("raise a limit", setrlimit(Resource::FSIZE, 1 << 40, 1 << 40).is_ok());
        attempt("start a thread", thread::Builder::new().spawn(|| ()).is_ok());
        // Memory, the clock and random numbers are still available.
        let numbers: std::collections::HashMap<usize, Vec<u8>> = (0..100).map(|n| (n, vec![1; n << 12])).collect();
        let started = std::time::Instant::now();
        assert!(numbers.values().map(Vec::len).sum::<usize>() == 4950 << 12 && started.elapsed().as_secs() < 20);
        let words: Vec<String> =
            done.iter().map(|(what, success)| format!("{what}: {}", if *success { "yes" } else { "no" })).collect();
        println!("\n{}\nwork: done", words.join("\n"));
    }

    /// Checks whether a signal could be sent to a process, without sending one.
    fn signal(process: u32) -> std::io::Result<()> {
        let pid = Pid::from_raw(process.cast_signed()).unwrap();
        Ok(test_kill_process(pid)?)
    }

    fn allowed(text: &str) -> Vec<&str> {
        text.lines().filter_map(|line| line.strip_suffix(": yes")).collect()
    }

    #[test]
    fn without_confinement_everything_is_possible() {
        let text = run_attempts("nothing");
        // Only root can raise a limit, and the tests may run as another user.
        assert_eq!(text.matches(": no").count(), text.matches("raise a limit: no").count(), "{text}");
    }

    #[test]
    fn a_confined_process_can_do_nothing_but_its_work() {
        if !has_filter() {
            eprintln!("this system cannot filter system calls");
            return;
        }
        assert_eq!(allowed(&run_attempts("both")), [""; 0]);
        assert_eq!(allowed(&run_attempts("filter")), [""; 0]);
    }

    #[test]
    fn limits_alone_prevent_new_files_and_sockets() {
        let text = run_attempts("limits");
        // Starting programs is not tested: for root there is no limit on the number of processes.
        for what in
            ["open a file", "create a file", "list a folder", "connect to TCP", "bind UDP", "make a pair of sockets"]
        {
            assert!(text.contains(&format!("{what}: no")), "{what}: {text}");
        }
    }

    fn has_filter() -> bool {
        fs::read_to_string("/proc/self/status").unwrap().contains("Seccomp:")
            && cfg!(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))
    }
}
