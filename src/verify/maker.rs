//! Who made a disc, and what counts as a problem if it was not make-disc.

use super::descriptors::{Descriptor, NO_JOLIET};
use super::requirement::Requirement;
use super::scan::PADDING_NOT_ZERO;
use super::sector_reader::with_commas;
use super::verdict::{Basis, Maker, ProblemCode, Problems};

/// How the application identifier of a disc made by make-disc begins.
const APPLICATION: &str = "MAKE-DISC";

/// The program that the descriptors name. If there are none, nothing shows that it was another program.
pub(super) fn find(descriptors: &[Descriptor]) -> Maker {
    let mut applications = descriptors.iter().map(|descriptor| descriptor.identifier("application"));
    if descriptors.is_empty() || applications.any(|identifier| identifier.starts_with(APPLICATION)) {
        return Maker::MakeDisc;
    }
    // Some programs name themselves as the data preparer.
    let first = |field| descriptors.iter().map(|descriptor| descriptor.identifier(field)).find(|name| !name.is_empty());
    Maker::Other(first("application").or_else(|| first("data preparer")).unwrap_or_default().to_owned())
}

/// Removes what is not a problem on a disc made by another program. Returns the deviations from the standards that operating
/// systems tolerate; drops mere differences from the discs that make-disc writes, or turns them into notes if the user should
/// know them.
pub(super) fn set_aside_deviations(problems: &mut Problems, notes: &mut Vec<String>) -> Problems {
    let unlike = problems.take(Basis::Convention);
    for problem in unlike.stored().iter().filter(|problem| problem.code == ProblemCode::Structure) {
        let is_worth_knowing = match problem.requirement {
            Some(Requirement::VolumeDescriptors | Requirement::ByteOrdersAndSize) => true,
            Some(Requirement::JolietNames) => problem.message == NO_JOLIET,
            _ => false,
        };
        if is_worth_knowing {
            notes.push(problem.message.clone());
        }
    }
    // Other programs may put a file system there.
    let in_padding = unlike.stored().iter().filter(|problem| problem.message == PADDING_NOT_ZERO).count();
    let stray = unlike.count(ProblemCode::StrayBytes) + in_padding as u64;
    if stray > 0 {
        let places = if stray == 1 { "1 place".to_owned() } else { format!("{} places", with_commas(stray)) };
        notes.push(format!(
            "in {places} there are bytes that belong to no file, such as boot code or another file system"
        ));
    }
    problems.take(Basis::Standard)
}
