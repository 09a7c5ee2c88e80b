internal import PlainText

extension Catalogue {
    /// The catalogue as aligned columns for a terminal: a header line, then a line for each family.
    package func table() -> String {
        let rows = [["NAME", "TYPE", "UNIT", "LABELS", "GROUP", "HELP"]] + families.map(Self.cells)
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return (padded + [row[5]]).joined(separator: "  ")
        }.joined(separator: "\n") + "\n"
    }

    /// The catalogue as a Markdown table, as in `docs/metrics.md`.
    package func markdown() -> String {
        var lines = ["| Name | Type | Labels | Group | Help |", "|---|---|---|---|---|"]
        for family in families {
            let labels = family.allLabelNames.map { "`\($0)`" }.joined(separator: ", ")
            let help = Self.oneLine(family.help).split(separator: "|", omittingEmptySubsequences: false)
                .joined(separator: "\\|")
            lines.append("| `\(family.sampleName)` | \(family.type.rawValue) | \(labels) | \(family.group) | \(help) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The catalogue as a JSON array of objects: `name`, `family`, `type`, `unit` (or null), `labels`, `group`, `help`.
    ///
    /// `name` is the name in queries (`x_total`, `x_info`); `family` is the family name in OpenMetrics.
    package func json() -> String {
        let objects = families.map { family in
            let labels = family.allLabelNames.map { JSONText($0).description }.joined(separator: ", ")
            let fields = [
                "\"name\": \(JSONText(family.sampleName))", "\"family\": \(JSONText(family.name))",
                "\"type\": \(JSONText(family.type.rawValue))",
                "\"unit\": \(family.unit.map { JSONText($0).description } ?? "null")", "\"labels\": [\(labels)]",
                "\"group\": \(JSONText(family.group))", "\"help\": \(JSONText(family.help))",
            ]
            return "  {" + fields.joined(separator: ", ") + "}"
        }
        return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }

    private static func cells(of family: FamilyDescriptor) -> [String] {
        [
            family.sampleName, family.type.rawValue, family.unit ?? "-",
            family.allLabelNames.isEmpty ? "-" : family.allLabelNames.joined(separator: ","), family.group,
            oneLine(family.help),
        ]
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
