extension Catalogue {
    /// The catalogue as aligned columns for a terminal: a line a family, a header line first.
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

    /// The catalogue as a Markdown table, as `docs/metrics.md` has it.
    package func markdown() -> String {
        var lines = ["| Name | Type | Labels | Group | Help |", "|---|---|---|---|---|"]
        for family in families {
            let labels = family.allLabelNames.map { "`\($0)`" }.joined(separator: ", ")
            let help = family.help.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
                .split(whereSeparator: \.isNewline).joined(separator: " ")
            lines.append("| `\(family.sampleName)` | \(family.type.rawValue) | \(labels) | \(family.group) | \(help) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The catalogue as a JSON array of objects with `name`, `type`, `unit` (or null), `labels`, `group` and `help`.
    ///
    /// `name` is the one that people query (`x_total`, `x_info`); `family` is OpenMetrics's.
    package func json() -> String {
        let objects = families.map { family in
            let labels = family.allLabelNames.map(Self.jsonString).joined(separator: ", ")
            let fields = [
                ("name", Self.jsonString(family.sampleName)),
                ("family", Self.jsonString(family.name)),
                ("type", Self.jsonString(family.type.rawValue)),
                ("unit", family.unit.map(Self.jsonString) ?? "null"),
                ("labels", "[\(labels)]"),
                ("group", Self.jsonString(family.group)),
                ("help", Self.jsonString(family.help)),
            ]
            return "  {" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
        }
        return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }

    private static func cells(of family: FamilyDescriptor) -> [String] {
        [
            family.sampleName, family.type.rawValue, family.unit ?? "-",
            family.allLabelNames.isEmpty ? "-" : family.allLabelNames.joined(separator: ","), family.group,
            family.help.split(whereSeparator: \.isNewline).joined(separator: " "),
        ]
    }

    private static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\0"..." ":
                let code = String(scalar.value, radix: 16)
                result += scalar == " " ? " " : "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
