//! The identifiers of publications: ISBN (ISO 2108), ISSN (ISO 3297) and DOI (ISO 26324).

/// An ISBN or an ISSN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandardNumber {
    /// With its hyphens, if the manifest has them.
    pub text: String,
    /// Whether its check digit is correct. Some publications are printed with a wrong one.
    pub is_valid: bool,
}

/// What is wrong with an ISBN or an ISSN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberProblem {
    /// It does not have the right length and characters.
    Form,
    /// Its last character is not the check digit of the others.
    CheckDigit { found: char, expected: char },
}

impl StandardNumber {
    /// Parses an ISBN of 10 or 13 digits, and removes `ISBN` before it. If only the check digit is wrong, returns the number and
    /// the problem.
    ///
    /// # Errors
    /// It does not have the form of an ISBN.
    pub fn parse_isbn(text: &str) -> Result<(Self, Option<NumberProblem>), NumberProblem> {
        let text = remove_label(text, &["ISBN-13", "ISBN-10", "e-ISBN", "eISBN", "ISBN"]);
        let digits = digit_values(&text)?;
        let expected = match digits.len() {
            10 => isbn_10_check_digit(&digits[..9]),
            13 if text.starts_with("978") || text.starts_with("979") => isbn_13_check_digit(&digits[..12]),
            _ => return Err(NumberProblem::Form),
        };
        Self::from_digits(text, &digits, expected, digits.len() == 10)
    }

    /// Parses an ISSN of 8 digits, inserts its hyphen, and removes `ISSN` before it. If only the check digit is wrong,
    /// returns the number and the problem.
    ///
    /// # Errors
    /// It does not have the form of an ISSN.
    pub fn parse_issn(text: &str) -> Result<(Self, Option<NumberProblem>), NumberProblem> {
        let text = remove_label(text, &["ISSN-L", "e-ISSN", "eISSN", "ISSN"]);
        let digits = digit_values(&text)?;
        if digits.len() != 8 {
            return Err(NumberProblem::Form);
        }
        let compact = remove_hyphens(&text);
        let text = format!("{}-{}", &compact[..4], &compact[4..]);
        let expected = issn_check_digit(&digits[..7]);
        Self::from_digits(text, &digits, expected, true)
    }

    fn from_digits(
        text: String,
        digits: &[u32],
        expected: u32,
        may_end_in_x: bool,
    ) -> Result<(Self, Option<NumberProblem>), NumberProblem> {
        let (last, rest) = digits.split_last().ok_or(NumberProblem::Form)?;
        if rest.contains(&10) || (*last == 10 && !may_end_in_x) {
            return Err(NumberProblem::Form);
        }
        let problem = (*last != expected)
            .then(|| NumberProblem::CheckDigit { found: digit_character(*last), expected: digit_character(expected) });
        Ok((Self { text, is_valid: problem.is_none() }, problem))
    }

    /// The number without hyphens.
    pub fn compact(&self) -> String {
        remove_hyphens(&self.text)
    }
}

fn remove_hyphens(text: &str) -> String {
    text.chars().filter(|c| *c != '-').collect()
}

/// Removes a label before a number, converts the number to upper case, and joins its parts by hyphens.
fn remove_label(text: &str, labels: &[&str]) -> String {
    let text = text.trim();
    let is_labelled = |label: &&&str| text.get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label));
    let bare = labels.iter().find(is_labelled).map_or(text, |label| &text[label.len()..]);
    let bare = bare.trim_start_matches([':', ' ', '\u{a0}', '.']).trim();
    let joined = |c: char| if matches!(c, ' ' | '\u{a0}' | '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c };
    bare.to_ascii_uppercase().chars().map(joined).collect()
}

/// The values of the digits. `X` is ten.
fn digit_values(text: &str) -> Result<Vec<u32>, NumberProblem> {
    let value = |c: char| if c == 'X' { Some(10) } else { c.to_digit(10) };
    text.chars().filter(|c| *c != '-').map(|c| value(c).ok_or(NumberProblem::Form)).collect()
}

fn digit_character(value: u32) -> char {
    if value == 10 { 'X' } else { char::from_digit(value, 10).unwrap_or('?') }
}

/// The check digit with which the sum of all digits, with weights 10 to 1, is a multiple of 11.
fn isbn_10_check_digit(digits: &[u32]) -> u32 {
    (11 - digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum::<u32>() % 11) % 11
}

/// The check digit with which the sum of all digits, with weights 1 and 3 in turn, is a multiple of 10.
fn isbn_13_check_digit(digits: &[u32]) -> u32 {
    (10 - digits.iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum::<u32>() % 10) % 10
}

/// The check digit with which the sum of all digits, with weights 8 to 1, is a multiple of 11.
fn issn_check_digit(digits: &[u32]) -> u32 {
    (11 - digits.iter().zip((2..=8).rev()).map(|(digit, weight)| digit * weight).sum::<u32>() % 11) % 11
}

/// Parses a DOI, and removes `doi:` or the address of the resolver before it; `None` if it is not a DOI.
pub fn parse_doi(text: &str) -> Option<String> {
    let text = text.trim();
    let prefixes =
        ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi.org/", "doi:"];
    let is_at_start = |prefix: &&&str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let bare = prefixes.iter().find(is_at_start).map_or(text, |prefix| text[prefix.len()..].trim_start());
    let (prefix, suffix) = bare.split_once('/')?;
    let registrant = prefix.strip_prefix("10.")?;
    let is_valid = registrant.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
        && registrant.len() >= 4
        && !suffix.is_empty()
        && !bare.contains(char::is_whitespace);
    is_valid.then(|| bare.to_owned())
}

/// The address of the resolver for a DOI.
pub fn doi_url(doi: &str) -> String {
    let mut url = "https://doi.org/".to_owned();
    for byte in doi.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:;()".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn isbns_are_checked() {
        for good in ["0-306-40615-2", "ISBN 978-0-306-40615-7", "0-8044-2957-x", "979-10-90636-07-1"] {
            let (number, problem) = StandardNumber::parse_isbn(good).unwrap();
            assert!(number.is_valid && problem.is_none(), "{good}");
        }
        let (number, problem) = StandardNumber::parse_isbn("978 0 306 40615 3").unwrap();
        assert_eq!((number.text.as_str(), number.is_valid), ("978-0-306-40615-3", false));
        assert_eq!(problem, Some(NumberProblem::CheckDigit { found: '3', expected: '7' }));
        let (_, problem) = StandardNumber::parse_isbn("0-8044-2957-1").unwrap();
        assert_eq!(problem, Some(NumberProblem::CheckDigit { found: '1', expected: 'X' }));
        for bad in
            ["", "978-0-306-40615", "123-0-306-40615-7", "978-0-306-4061X-7", "978-0-306-40615-X", "E.08.IV.1", "é"]
        {
            assert_eq!(StandardNumber::parse_isbn(bad), Err(NumberProblem::Form), "{bad}");
        }
    }

    #[test]
    fn issns_are_checked_and_written_with_a_hyphen() {
        for (written, text) in [("0378-5955", "0378-5955"), ("ISSN 03785955", "0378-5955"), ("2434-561x", "2434-561X")]
        {
            assert_eq!(
                StandardNumber::parse_issn(written).unwrap(),
                (StandardNumber { text: text.to_owned(), is_valid: true }, None)
            );
        }
        let (_, problem) = StandardNumber::parse_issn("0378-5954").unwrap();
        assert_eq!(problem, Some(NumberProblem::CheckDigit { found: '4', expected: '5' }));
        assert_eq!(StandardNumber::parse_issn("0378-595"), Err(NumberProblem::Form));
    }

    #[test]
    fn prefixes_are_removed_from_dois() {
        for written in ["10.18356/a-b", "https://doi.org/10.18356/a-b", "doi:10.18356/a-b", "DOI: 10.18356/a-b"] {
            assert_eq!(parse_doi(written).as_deref(), Some("10.18356/a-b"), "{written}");
        }
        for bad in
            ["", "10.18356", "10.1/a", "11.18356/a", "10.18356/", "10.18356/a b", "https://example.org/10.18356/a"]
        {
            assert_eq!(parse_doi(bad), None, "{bad}");
        }
        assert_eq!(doi_url("10.1002/(SICI)1<a>#é"), "https://doi.org/10.1002/(SICI)1%3Ca%3E%23%C3%A9");
    }
}
