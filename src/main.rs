//! The entry point of the program `make-disc`; everything else is in the library.

/// A third less CPU time than with the allocator of the C library (docs/decisions/0046-allocator.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    make_disc::cli::run(std::env::args_os())
}
