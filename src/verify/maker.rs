//! Who made a disc, and what counts as a problem if it was not make-disc.

use super::descriptors::{Descriptor, NO_JOLIET};
use super::requirement::Requirement;
use super::scan::PADDING_NOT_ZERO;
use super::sector_reader::with_commas;
use super::system_area::Content;
use super::verdict::{Basis, Maker, Problem, ProblemCode, Problems};

/// How the application identifier of a disc made by make-disc begins.
const APPLICATION: &str = "MAKE-DISC";

/// The program that made a disc, according to its descriptors. Without descriptors, nothing shows that it was not make-disc.
pub(super) fn find(descriptors: &[Descriptor]) -> Maker {
    let mut applications = descriptors.iter().map(|descriptor| descriptor.identifier("application"));
    // xorriso keeps the name of the application when it changes an image, and writes its own name as the data preparer.
    let is_changed = descriptors.iter().any(|descriptor| descriptor.identifier("data preparer").starts_with("XORRISO"));
    if descriptors.is_empty() || applications.any(|identifier| identifier.starts_with(APPLICATION)) && !is_changed {
        return Maker::MakeDisc;
    }
    // Some programs name themselves as the data preparer.
    let named = |field| descriptors.iter().map(|descriptor| descriptor.identifier(field)).find(|name| !name.is_empty());
    let (first, second) = if is_changed { ("data preparer", "application") } else { ("application", "data preparer") };
    Maker::Other(named(first).or_else(|| named(second)).unwrap_or_default().to_owned())
}

/// Removes what is not a problem on a disc made by another program. Returns the deviations from the standards that operating
/// systems tolerate; drops mere differences from the discs that make-disc writes, or turns them into notes if the user should
/// know them. `find_file_system` takes a sector with bytes that belong to no file, and returns the name and the first sector of
/// the file system that begins in or before it. `system_area` says what is in the area before the volume.
pub(super) fn set_aside_deviations(
    problems: &mut Problems,
    notes: &mut Vec<String>,
    system_area: Content,
    find_file_system: &mut dyn FnMut(u64) -> Option<(&'static str, u64)>,
) -> Problems {
    let differences = problems.take(Basis::Convention);
    for problem in differences.stored().iter().filter(|problem| problem.code == ProblemCode::Structure) {
        let is_worth_knowing = match problem.requirement {
            Some(Requirement::VolumeDescriptors | Requirement::ByteOrdersAndSize) => true,
            Some(Requirement::JolietNames) => problem.message == NO_JOLIET,
            _ => false,
        };
        if is_worth_knowing {
            notes.push(problem.message.clone());
        }
    }
    // Other programs may put a file system into the padding.
    let in_padding = differences.stored().iter().filter(|problem| problem.message == PADDING_NOT_ZERO).count();
    let stray = differences.count(ProblemCode::StrayBytes) + in_padding as u64;
    if stray > 0 {
        let places = if stray == 1 { "1 place".to_owned() } else { format!("{} places", with_commas(stray)) };
        notes.push(format!(
            "in {places} there are bytes that belong to no file, such as boot code or another file system"
        ));
        // File systems that a partition table lists have been reported.
        let mut is_reported = problems.count(ProblemCode::OtherFileSystem) > 0;
        if !is_reported && system_area != Content::Zeros {
            is_reported = true;
            let message = format!(
                "in {places} there are bytes that belong to no file, and there is boot code or a partition table, which may lead to them: some computers may show other files, so verify the disc as a folder on the computers that will be used"
            );
            problems.add(Problem::new(ProblemCode::OtherFileSystem, message));
        }
        let places =
            differences.stored().iter().filter(|problem| problem.code == ProblemCode::StrayBytes && !is_reported);
        if let Some((name, sector)) =
            places.flat_map(|problem| &problem.sectors).find_map(|(first, _)| find_file_system(*first))
        {
            notes.push(format!(
                "{name} file system begins in sector {}, but no partition table lists it: systems do not show it, but programs that recover lost data do",
                with_commas(sector)
            ));
        }
    }
    problems.take(Basis::Standard)
}
