//! The manifest as a JSON Schema (draft 7, which editors read), for completing keys and marking mistakes while typing.

/// The contents of `docs/manifest.schema.json`.
///
/// It describes the keys and the types and patterns of their values. Only `catalogue` can check what depends on the files or
/// on other values of the manifest.
pub const SCHEMA: &str = include_str!("../../docs/manifest.schema.json");

/// Whether a text is this schema, possibly from another version of the program.
pub fn is_schema(text: &str) -> bool {
    let title = SCHEMA.lines().find(|line| line.starts_with(" \"title\""));
    title.is_some_and(|title| text.lines().take(10).any(|line| line == title))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use serde::de::DeserializeOwned;

    use super::SCHEMA;
    use crate::data_formats::Value;
    use crate::manifest::{
        ColourKeys, DiscKeys, FileKeys, ForewordKeys, LauncherKeys, Manifest, ReportKeys, SectionKeys, SignatureKeys,
        VariantKeys,
    };

    /// The keys that a type reads, which serde lists when it reports an unknown one.
    fn keys<T: DeserializeOwned>() -> BTreeSet<String> {
        let error = serde_yaml::from_str::<T>("no such key: 1").map(|_| ()).unwrap_err().to_string();
        let (_, expected) = error.split_once("expected").unwrap();
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn the_schema_has_the_keys_of_the_types() {
        let schema: Value = serde_yaml::from_str(SCHEMA).unwrap();
        let keys_at = |pointer: &str| -> BTreeSet<String> {
            let properties = schema.pointer(&format!("{pointer}/properties")).unwrap().as_object().unwrap();
            properties.keys().cloned().collect()
        };
        let section = "/properties/sections/items";
        let foreword = "/properties/launcher/properties/foreword";
        let cases = [
            ("", keys::<Manifest>()),
            ("/properties/disc", keys::<DiscKeys>()),
            ("/properties/launcher", keys::<LauncherKeys>()),
            ("/properties/launcher/properties/colours", keys::<ColourKeys>()),
            (foreword, keys::<ForewordKeys>()),
            (&format!("{foreword}/properties/signature"), keys::<SignatureKeys>()),
            (section, keys::<SectionKeys>()),
            (&format!("{section}/properties/reports/items"), keys::<ReportKeys>()),
            ("/definitions/variant/anyOf/1", keys::<VariantKeys>()),
            ("/definitions/file_with_keys", keys::<FileKeys>()),
        ];
        for (pointer, keys) in cases {
            assert!(!keys.is_empty());
            assert_eq!(keys_at(pointer), keys, "{pointer}");
        }
    }

    #[test]
    fn the_manual_has_the_keys_of_the_types() {
        let manual = include_str!("../../docs/manifest.md");
        let cases = [
            ("disc", "", keys::<DiscKeys>()),
            ("launcher", "", keys::<LauncherKeys>()),
            ("launcher", "colours.", keys::<ColourKeys>()),
            ("launcher", "foreword.", keys::<ForewordKeys>()),
            ("launcher", "foreword.signature.", keys::<SignatureKeys>()),
            ("sections", "", keys::<SectionKeys>()),
            ("reports", "", keys::<ReportKeys>()),
            ("variants", "", keys::<VariantKeys>()),
        ];
        for (heading, prefix, keys) in cases {
            let (_, text) = manual.split_once(&format!("\n## `{heading}:`\n")).unwrap();
            // The table of the keys comes before the next heading of any level.
            let table = text.split("\n#").next().unwrap();
            let names: Vec<&str> =
                table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).collect();
            for key in keys {
                // Keys that contain others, such as `colours`, are explained by a row for each of those.
                let is_explained = |name: &&str| {
                    name.contains(&format!("`{prefix}{key}`")) || name.contains(&format!("`{prefix}{key}."))
                };
                assert!(names.iter().any(is_explained), "docs/manifest.md does not explain `{heading}: {prefix}{key}`");
            }
        }
    }

    #[test]
    fn every_key_of_the_schema_is_described() {
        fn walk(node: &Value, path: &str, undescribed: &mut Vec<String>) {
            let Some(object) = node.as_object() else { return };
            for (key, child) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
                if child.get("description").and_then(Value::as_str).is_none_or(str::is_empty) {
                    undescribed.push(format!("{path}.{key}"));
                }
            }
            object.iter().for_each(|(key, child)| walk(child, &format!("{path}.{key}"), undescribed));
        }
        let schema: Value = serde_yaml::from_str(SCHEMA).unwrap();
        let mut undescribed = Vec::new();
        walk(&schema, "", &mut undescribed);
        assert!(undescribed.is_empty(), "{undescribed:?}");
    }
}
