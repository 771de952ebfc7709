#!/usr/bin/env python3
"""Tests the completions in the shells themselves, and the manual pages with a linter.

    check.py --program MAKE_DISC

bash, zsh and fish load the scripts that `make-disc completions` prints, and must complete commands and an option;
mandoc must not warn about the pages that `make-disc man` writes.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

COMMANDS = ["init", "check", "list", "preview", "stage", "strings", "print", "burn", "ocr", "verify", "repair", "schema", "completions", "licences", "man"]
# Without a terminal zsh has no completion system, so the zsh under test runs in a pseudo-terminal.
ZSH = r"""
zmodload zsh/zpty
zpty -b z zsh -f -i
zpty -w z "PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $1/dump; zstyle ':completion:*' list-prompt ''; stty columns 200; print ready"
zpty -r z out '*ready*ready*'
zpty -w -n z "make-disc $2"$'\t\t'
sleep 2
zpty -r -t z out
print -r -- $out
while zpty -r -t z more; do print -r -- $more; done
"""


def run(command: list, **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
    if done.returncode:
        raise SystemExit(f"{command} ended with exit code {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    program = parser.parse_args().program.resolve(strict=True)
    results: list[tuple[str, bool, str]] = []
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "TERM": "dumb"}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for shell, name in (("bash", "make-disc.bash"), ("zsh", "_make-disc"), ("fish", "make-disc.fish")):
            (folder / name).write_text(run([program, "completions", shell]))

        def bash(words: list[str]) -> str:
            quoted = " ".join(f"'{word}'" for word in words)
            script = f"source {folder}/make-disc.bash; COMP_WORDS=(make-disc {quoted}); COMP_CWORD={len(words)}; _make-disc make-disc '{words[-1]}' '{(['make-disc'] + words)[-2]}'; printf '%s\\n' \"${{COMPREPLY[@]}}\""
            return run(["bash", "--norc", "-c", script], env=environment)

        def fish(line: str) -> str:
            return run(["fish", "--no-config", "-c", f"source {folder}/make-disc.fish; complete -C 'make-disc {line}'"], env={**environment, "HOME": temporary})

        def zsh(line: str) -> str:
            return run(["zsh", "-f", "-c", ZSH, "zsh", temporary, line], env={**environment, "HOME": temporary})

        for command in COMMANDS:
            results.append((f"bash completes {command}", command in bash([command[:2]]).split(), bash([command[:2]])))
            results.append((f"fish completes {command}", command in [line.split("\t")[0] for line in fish(command[:2]).splitlines()], fish(command[:2])))
        zsh_commands = zsh("")
        results.extend((f"zsh completes {command}", command in zsh_commands, zsh_commands) for command in COMMANDS)
        for shell, output in (("bash", bash(["verify", "--sh"])), ("fish", fish("verify --sh")), ("zsh", zsh("verify --sh"))):
            results.append((f"{shell} completes an option", "--sha256" in output, output))
        for command in ("extract-text", "draw-cover", "draw-emblem", "read-register"):
            for shell, output in (("bash", bash([command[:2]])), ("fish", fish(command[:3])), ("zsh", zsh_commands)):
                results.append((f"{shell} does not offer {command}, which is internal", command not in output, output))
        for shell in ("powershell", "elvish"):
            results.append((f"there is a script for {shell}", "make-disc" in run([program, "completions", shell]), ""))

        pages = folder / "man"
        run([program, "man", "--output", pages])
        names = sorted(page.name for page in pages.iterdir())
        expected = sorted(["make-disc.1", *(f"make-disc-{command}.1" for command in COMMANDS)])
        results.append(("there is a page for every command", names == expected, f"{names}"))
        for page in sorted(pages.iterdir()):
            # Dates are left out deliberately, so that the output is the same on every day.
            warnings = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True).stdout
            # Lists of values have one break too many, which is invisible.
            warnings = "\n".join(line for line in warnings.splitlines() if "missing date" not in line and "skipping paragraph macro: br" not in line)
            results.append((f"mandoc has no warning about {page.name}", not warnings, warnings))
        results.append(("without a folder, the main page is printed", run([program, "man"]) == (pages / "make-disc.1").read_text(), ""))
    for name, passed, output in results:
        if not passed:
            print(f"FAILED: {name}\n{output}")
    failed = sum(not passed for _, passed, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
