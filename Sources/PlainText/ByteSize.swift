/// A number of bytes as the configuration writes it: `65536`, `512KiB`, `64MiB`.
package struct ByteSize: Equatable, CustomStringConvertible {
    /// From 1 KiB to 1 GiB: smaller breaks every reply, larger is what the limit is there to prevent.
    package static let range = 1024...1_073_741_824

    package let bytes: Int

    package init(bytes: Int) {
        self.bytes = bytes
    }

    package init(parsing text: String) throws(InvalidValue) {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let count = Int(digits), let factor = Self.factors[String(unit)] else {
            throw InvalidValue("\(QuotedText(text)) is not a size; write bytes, KiB or MiB: 65536, 512KiB, 64MiB")
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow, Self.range.contains(bytes) else {
            throw InvalidValue("\(QuotedText(text)) is out of range; from 1KiB to 1GiB")
        }
        self.bytes = bytes
    }

    package var description: String {
        for unit in ["GiB", "MiB", "KiB"] {
            if let factor = Self.factors[unit], bytes % factor == 0 { return "\(bytes / factor)\(unit)" }
        }
        return String(bytes)
    }

    private static let factors = ["": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
}
