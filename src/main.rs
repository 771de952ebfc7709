//! The entry point of the program `make-disc`; everything else is in the library.

fn main() -> std::process::ExitCode {
    make_disc::cli::run(std::env::args_os())
}
