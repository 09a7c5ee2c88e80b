/// Puts blocks together to sections of a page: header lines, then samples, family by family in catalogue order.
///
/// ```swift
/// let renderer = PageRenderer(catalogue, format: .openMetrics)
/// let targets = renderer.section(targetBlocks)
/// let exporter = renderer.section(exporterBlocks, isLast: true)
/// let page = targets.bytes + exporter.bytes
/// ```
///
/// A family belongs to one section of a page only, for its header lines may come once.
package struct PageRenderer: Sendable {
    package let format: Format
    /// Only matters for families with names that Prometheus 2 cannot read; blocks of such families must be built with
    /// the same scheme.
    package let escaping: EscapingScheme
    private let catalogue: Catalogue
    private let headers: [[UInt8]]

    package init(_ catalogue: Catalogue, format: Format, escaping: EscapingScheme = .underscores) {
        self.catalogue = catalogue
        self.format = format
        self.escaping = escaping
        headers = catalogue.families.map { Self.header(of: $0, format, escaping) }
    }

    /// Renders a section.
    ///
    /// Blocks of one family stand in the order given here; where two have a label set in common the first wins. A
    /// family without samples does not appear. Large blocks are shared with the section, not copied.
    ///
    /// - Parameter isLast: Whether the page ends here. OpenMetrics wants an end marker.
    package func section(_ blocks: [FamilyBlock], isLast: Bool = false) -> PageSection {
        var byFamily = [[FamilyBlock]](repeating: [], count: headers.count)
        var assembly = SectionAssembly()
        for block in blocks where !block.isEmpty {
            if let index = catalogue.index(of: block.descriptor.name),
                catalogue.families[index] == block.descriptor,
                block.escaping == escaping || block.descriptor.hasOnlyLegacyNames
            {
                byFamily[index].append(block)
            } else {
                assembly.leftOut += block.seriesCount
            }
        }
        for (header, blocks) in zip(headers, byFamily) where !blocks.isEmpty {
            assembly.add(header, FamilyMerge(blocks, format: format))
        }
        if isLast, format == .openMetrics {
            assembly.add(Array("# EOF\n".utf8))
        }
        return assembly.finish(format: format)
    }

    static func header(of family: FamilyDescriptor, _ format: Format, _ scheme: EscapingScheme) -> [UInt8] {
        let name = WireNames(family, scheme).family(in: format)
        var lines = "# HELP \(name) \(escapedHelp(family.help, format))\n"
        lines += "# TYPE \(name) \(family.type.wireName(in: format))\n"
        if format == .openMetrics, let unit = family.unit {
            lines += "# UNIT \(name) \(unit)\n"
        }
        return Array(lines.utf8)
    }

    /// Help in text 0.0.4 has backslash and newline escaped, in OpenMetrics the quote as well.
    private static func escapedHelp(_ help: String, _ format: Format) -> String {
        var result = ""
        for scalar in help.unicodeScalars {
            switch (scalar, format) {
            case ("\\", _): result += "\\\\"
            case ("\n", _): result += "\\n"
            case ("\"", .openMetrics): result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
