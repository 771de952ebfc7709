//! `make-disc verify`.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::build::{sidecar, source_date_epoch};
use super::documents::{self, Unread};
use super::interruption::interruptible;
use super::{Exit, VerifyArguments, output};
use crate::archive::is_zip;
use crate::checksum::Digest;
use crate::data_formats::json;
use crate::diagnostic::Findings;
use crate::image::{Failure, Image};
use crate::language::format_size;
use crate::progress::{self, Progress};
use crate::verify::{self, Code, Interrupted, Kind, MediaCheck, Model, Problem, Published, Verdict};

/// The kinds of problems in the order they are shown, each with the word before it and the words
/// that count it.
const KINDS: [(Code, &str, &str); 11] = [
    (Code::Unreadable, "unreadable", "unreadable"),
    (Code::Changed, "changed", "changed"),
    (Code::Missing, "missing", "missing"),
    (Code::Added, "added", "added"),
    (Code::ChecksumList, "list", "in the checksum list"),
    (Code::Digest, "digest", "of a published digest"),
    (Code::Manifest, "manifest", "against the manifest"),
    (Code::BrokenLink, "link", "of links"),
    (Code::MediaCheck, "media", "of the media check"),
    (Code::Structure, "structure", "of structure"),
    (Code::StrayBytes, "stray", "of stray bytes"),
];

/// Why nothing was verified.
struct Stop(Exit, String);

pub(super) fn run(arguments: &VerifyArguments) -> Exit {
    let result = interruptible().map_err(|message| Stop(Exit::InputOutput, message)).and_then(|stop| {
        let mut verdict = judge(arguments, &stop)?;
        if let Some(manifest) = &arguments.manifest {
            let model = model(manifest, arguments, &verdict, &stop)?;
            verify::compare_with_manifest(&mut verdict, &model);
        }
        Ok(verdict)
    });
    match result {
        Ok(verdict) => report(&verdict, arguments),
        Err(Stop(exit, message)) if arguments.json => {
            output::print(&format!("{}\n", json!({ "ok": false, "error": message, "problems": [] })), exit)
        }
        Err(Stop(exit, message)) => {
            output::say_error(&message);
            exit
        }
    }
}

fn judge(arguments: &VerifyArguments, stop: &AtomicBool) -> Result<Verdict, Stop> {
    let target = &arguments.target;
    let shown = target.display();
    let failed =
        |error: &io::Error| Stop(Exit::InputOutput, format!("`{shown}` cannot be read: {}", output::plain(error)));
    let interrupted = |Interrupted| Stop(Exit::Interrupted, "interrupted; nothing is proven".to_owned());
    let mut published = Vec::new();
    if let Some(text) = &arguments.sha256 {
        let Some(digest) = Digest::parse(&text.trim().to_ascii_lowercase()) else {
            let message = format!("`--sha256 {text}` is no digest: it has 64 digits, 0 to 9 and a to f");
            return Err(Stop(Exit::Usage, message));
        };
        published.push(Published { by: "given with `--sha256`".to_owned(), digest: Some(digest), or_of_list: true });
    }
    let mut progress = progress(arguments);
    let meta = fs::metadata(target).map_err(|error| failed(&error))?;
    if meta.is_dir() {
        let verdict = verify::folder(target, &published, progress.as_mut(), stop).map_err(|error| failed(&error))?;
        return verdict.map_err(interrupted);
    }
    let kind = if meta.is_file() { Kind::Image } else { Kind::Device };
    if kind == Kind::Device && !is_block_device(&meta) {
        let message = format!("`{shown}` is no image, no drive and no folder: name one of these");
        return Err(Stop(Exit::Usage, message));
    }
    let mut file = File::open(target).map_err(|error| failed(&error))?;
    if kind == Kind::Image && is_zip(&mut file) {
        let verdict = verify::archive(file, &published, progress.as_mut(), stop).map_err(|error| {
            let message = format!("`{shown}` cannot be unpacked: {}", output::plain(&error));
            Stop(Exit::Verification, message)
        })?;
        return verdict.map_err(interrupted);
    }
    let length = file.seek(SeekFrom::End(0)).map_err(|error| failed(&error))?;
    if length <= 16 * 2048 || (kind == Kind::Image && !verify::is_image(&mut file) && !named_as_image(target)) {
        let message = format!(
            "`{shown}` is no disc image: name an image, a drive such as /dev/sr0, an archive, or the folder that holds SHA256SUMS"
        );
        return Err(Stop(Exit::Verification, message));
    }
    let beside = sidecar(target);
    if kind == Kind::Image
        && let Ok(text) = fs::read_to_string(&beside)
    {
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let digest = verify::published_digest(&text, &name);
        published.push(Published { by: format!("in `{}`", beside.display()), digest, or_of_list: false });
    }
    verify::volume(&mut file, length, kind, &published, progress.as_mut(), stop).map_err(interrupted)
}

fn progress(arguments: &VerifyArguments) -> Box<dyn Progress> {
    match arguments {
        VerifyArguments { quiet: true, .. } => Box::new(progress::Silence),
        VerifyArguments { json: true, .. } => Box::new(progress::JsonLines::new()),
        _ => progress::for_stderr("checked"),
    }
}

#[cfg(unix)]
fn is_block_device(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    meta.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_block_device(_: &fs::Metadata) -> bool {
    true
}

/// An image whose beginning is damaged is one all the same.
fn named_as_image(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("iso") || ending.eq_ignore_ascii_case("img"))
}

/// Makes what the manifest would make, to no file.
fn model(manifest: &Path, arguments: &VerifyArguments, verdict: &Verdict, stop: &AtomicBool) -> Result<Model, Stop> {
    let examined = crate::examine(manifest, arguments.allow_outside).map_err(|error| {
        let shown = manifest.display();
        Stop(Exit::InputOutput, format!("the manifest `{shown}` cannot be read: {}", output::plain(&error)))
    })?;
    let refused = || Stop(Exit::Content, format!("`{}` makes no disc: see `make-disc check`", manifest.display()));
    let (Some((catalogue, layout)), false) = (examined.collection, examined.findings.has_errors()) else {
        output::show(&examined.findings, &examined.manuscript, true);
        return Err(refused());
    };
    let epoch = source_date_epoch().map_err(|message| Stop(Exit::Usage, message))?;
    let texts =
        documents::read(&catalogue, !arguments.no_search, &mut progress::Silence, stop).map_err(
            |unread| match unread {
                Unread::Interrupted => Stop(Exit::Interrupted, "interrupted; nothing is proven".to_owned()),
                Unread::NoProgram(error) => {
                    Stop(Exit::Fault, format!("make-disc does not find itself to read the documents: {error}"))
                }
            },
        )?;
    let mut findings = Findings::default();
    let Some(mut plan) = crate::assemble(&catalogue, &layout, &texts, epoch, &mut findings) else {
        output::show(&findings, &examined.manuscript, true);
        return Err(refused());
    };
    // Whether a check was asked for at the time is seen on the disc.
    plan.media_check = !matches!(verdict.media_check, Some(MediaCheck::None) | None);
    let volume = plan.volume.identifier.clone();
    let failed = |failure| match failure {
        Failure::Source { file, reason } => Stop(Exit::InputOutput, format!("`{file}`: {reason}")),
        Failure::Output(error) => Stop(Exit::InputOutput, output::plain(&error)),
        Failure::Interrupted => Stop(Exit::Interrupted, "interrupted; nothing is proven".to_owned()),
        Failure::Fault(what) => Stop(Exit::Fault, format!("a fault of make-disc, not of your manifest: {what}")),
    };
    let image = Image::of(&plan).map_err(failed)?;
    let digests = image.write(&mut io::sink(), &mut progress::Silence, stop).map_err(failed)?;
    Ok(Model { list: digests.checksums, image: digests.image, volume })
}

fn report(verdict: &Verdict, arguments: &VerifyArguments) -> Exit {
    let ok = verdict.problems.is_empty();
    let exit = if ok { Exit::Done } else { Exit::Verification };
    if arguments.json {
        let result = json!({
            "ok": ok,
            "target": arguments.target.to_string_lossy(),
            "kind": verdict.kind,
            "volume": verdict.volume,
            "size": verdict.size,
            "files_listed": verdict.listed,
            "files_intact": verdict.intact,
            "sha256": verdict.whole.map(|digest| digest.to_string()),
            "sha256_of_list": verdict.list.map(|digest| digest.to_string()),
            "media_check": verdict.media_check,
            "problems": verdict.problems.kept(),
            "problems_in_all": verdict.problems.total(),
            "published": verdict.agree,
            "notes": verdict.notes,
        });
        return output::print(&format!("{result}\n"), exit);
    }
    output::print(&text(verdict, arguments), exit)
}

/// The result for a person.
fn text(verdict: &Verdict, arguments: &VerifyArguments) -> String {
    let mut text = String::new();
    // What concerns the collection first.
    let mut problems: Vec<&Problem> = verdict.problems.kept().iter().collect();
    problems.sort_by_key(|problem| KINDS.iter().position(|(code, ..)| *code == problem.code));
    for problem in problems {
        let word = KINDS.iter().find(|(code, ..)| *code == problem.code).map_or("", |(_, word, _)| word);
        let requirement = problem.requirement.map(|number| format!("requirement {number}: ")).unwrap_or_default();
        // The path in its place, unless the collection has a better word for the file.
        let about = match (&problem.document, &problem.path) {
            (Some(document), _) => format!("{document}: "),
            (None, Some(path)) if problem.requirement.is_none() => format!("{path}: "),
            _ => String::new(),
        };
        text += &format!("{word:<11}{requirement}{about}{}\n", problem.message);
        if let (Some(_), Some(path)) = (&problem.document, &problem.path) {
            text += &format!("{:11}{path}\n", "");
        }
    }
    let kept = verdict.problems.kept().len() as u64;
    if verdict.problems.total() > kept {
        text += &format!("{:11}and {} more of the same kinds\n", "", verdict.problems.total() - kept);
    }
    if arguments.quiet {
        return text;
    }
    let what = match verdict.kind {
        Kind::Image => "a disc image",
        Kind::Device => "a disc in a drive",
        Kind::Folder => "a folder",
        Kind::Archive => "an archive",
    };
    if !text.is_empty() {
        text += "\n";
    }
    text += &format!("looked at  {}, {what} of {}\n", arguments.target.display(), format_size(verdict.size));
    if let Some(volume) = &verdict.volume {
        text += &format!("volume     {volume}\n");
    }
    text += &format!("files      {} of {} are as the checksum list says\n", verdict.intact, verdict.listed);
    if let Some(check) = verdict.media_check {
        text += match check {
            MediaCheck::None => "",
            MediaCheck::Passed => "media      the implanted check passes\n",
            MediaCheck::Failed => "media      the implanted check fails\n",
        };
    }
    if let Some(digest) = verdict.whole {
        let what = if verdict.longer { "the volume, without what follows it" } else { "the whole" };
        text += &format!("sha256     {digest}  {what}\n");
    }
    if let Some(digest) = verdict.list {
        text += &format!(
            "{}{digest}  its checksum list\n",
            if verdict.whole.is_some() { "           " } else { "sha256     " }
        );
    }
    for published in &verdict.agree {
        text += &format!("published  {published}\n");
    }
    for note in &verdict.notes {
        text += &format!("note       {note}\n");
    }
    if verdict.problems.is_empty() {
        let anchor =
            if !verdict.agree.is_empty() { "" } else { "; compare a digest above with the one that was published" };
        text += &format!("verdict    INTACT: every file is what the disc’s list promises{anchor}\n");
    } else {
        // Without a list nothing is known to be wrong, and nothing to be right.
        let only_the_list = verdict.problems.total() == verdict.problems.count(Code::ChecksumList);
        let word = if only_the_list { "NOT PROVEN" } else { "NOT INTACT" };
        text += &format!("verdict    {word}: {}\n", summary(verdict));
    }
    text
}

/// How many problems there are of which kind.
fn summary(verdict: &Verdict) -> String {
    let counted = KINDS.iter().map(|(code, _, words)| (verdict.problems.count(*code), words));
    let parts: Vec<String> =
        counted.filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect();
    parts.join(", ")
}
