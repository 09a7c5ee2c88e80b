/// Joins blocks into sections of a page: header lines, then samples, family by family in catalogue order.
///
/// ```swift
/// let renderer = PageRenderer(catalogue, format: .openMetrics)
/// let targets = renderer.section(targetBlocks)
/// let exporter = renderer.section(exporterBlocks, isLast: true)
/// let page = targets.bytes + exporter.bytes
/// ```
///
/// A family belongs to only one section of a page, because its header lines may appear only once.
package struct PageRenderer: Sendable {
    package let format: Format
    private let catalogue: Catalogue
    private let headers: [Segment]

    package init(_ catalogue: Catalogue, format: Format) {
        self.catalogue = catalogue
        self.format = format
        headers = catalogue.families.map { Segment(Self.header(of: $0, format)) }
    }

    /// Renders a section.
    ///
    /// Blocks of one family are written in the given order; of two with the same label set the first wins. A family
    /// without samples does not appear. Large blocks are shared with the section, not copied.
    ///
    /// - Parameter isLast: Whether the page ends here. OpenMetrics requires an end marker.
    package func section(_ blocks: [FamilyBlock], isLast: Bool = false) -> PageSection {
        var byFamily = [[FamilyBlock]](repeating: [], count: headers.count)
        var builder = PageSection.Builder()
        for block in blocks where block.seriesCount > 0 {
            if let index = catalogue.index(of: block.descriptor) {
                byFamily[index].append(block)
            } else {
                builder.leftOut += block.seriesCount
            }
        }
        for (header, blocks) in zip(headers, byFamily) where !blocks.isEmpty {
            let family = FamilyMerge(blocks)
            builder.add(
                header, Piece.grouped(family.segments), seriesCount: family.seriesCount, duplicates: family.duplicates)
        }
        if isLast, format == .openMetrics { builder.add(Segment(Array("# EOF\n".utf8))) }
        return builder.finish()
    }

    /// Renders the section of an assembly of the same catalogue, and shares its pieces.
    package func section(_ assembly: PageAssembly) -> PageSection {
        var builder = PageSection.Builder()
        builder.leftOut = assembly.leftOut
        for (header, family) in zip(headers, assembly.families) where family.seriesCount > 0 {
            builder.add(
                header, family.pieces, seriesCount: family.seriesCount, duplicates: family.duplicates)
        }
        return builder.finish()
    }

    static func header(of family: FamilyDescriptor, _ format: Format) -> [UInt8] {
        let name = format == .text ? family.sampleName : family.name
        var lines = "# HELP \(name) \(escapedHelp(family.help, format))\n"
        lines += "# TYPE \(name) \(family.type.wireName(in: format))\n"
        if format == .openMetrics, let unit = family.unit { lines += "# UNIT \(name) \(unit)\n" }
        return Array(lines.utf8)
    }

    /// Text 0.0.4 escapes backslash and newline in the help, OpenMetrics the quote as well.
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
