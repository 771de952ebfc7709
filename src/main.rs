//! The program `make-disc`.

fn main() -> std::process::ExitCode {
    make_disc::cli::run(std::env::args_os())
}
