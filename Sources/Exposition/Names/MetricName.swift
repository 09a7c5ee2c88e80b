/// The rules for names of metrics and labels, and the escaping of those that break them.
package enum MetricName {
    /// Whether the name is `[a-zA-Z_:][a-zA-Z0-9_:]*`, what every version of Prometheus reads as a metric's name.
    package static func isLegacyMetricName(_ name: String) -> Bool {
        isLegacy(name, allowColon: true)
    }

    /// Whether the name is `[a-zA-Z_][a-zA-Z0-9_]*`, what every version of Prometheus reads as a label's name.
    package static func isLegacyLabelName(_ name: String) -> Bool {
        isLegacy(name, allowColon: false)
    }

    /// The metric's name under the scheme.
    ///
    /// A name that every version reads is left alone under all schemes: that is what Prometheus's own library does
    /// on the wire, although the rules for `dots` would double its underscores.
    package static func escapedMetricName(_ name: String, _ scheme: EscapingScheme) -> String {
        isLegacyMetricName(name) ? name : escaped(name, scheme, allowColon: true)
    }

    /// The label's name under the scheme.
    ///
    /// Other than Prometheus's library, which has one rule for both kinds of names, a colon is escaped here: a label
    /// with one cannot be read.
    package static func escapedLabelName(_ name: String, _ scheme: EscapingScheme) -> String {
        isLegacyLabelName(name) ? name : escaped(name, scheme, allowColon: false)
    }

    private static func escaped(_ name: String, _ scheme: EscapingScheme, allowColon: Bool) -> String {
        guard scheme != .allowUTF8, !name.isEmpty else { return name }
        var result = scheme == .values ? "U__" : ""
        for (index, scalar) in name.unicodeScalars.enumerated() {
            let isAllowed = isLegacy(scalar, first: index == 0, allowColon: allowColon)
            switch (scheme, scalar) {
            case (.dots, "_"), (.values, "_"): result += "__"
            case (.dots, "."): result += "_dot_"
            case _ where isAllowed: result.unicodeScalars.append(scalar)
            case (.dots, _): result += "__"
            case (.values, _): result += "_" + String(scalar.value, radix: 16) + "_"
            default: result += "_"
            }
        }
        return result
    }

    private static func isLegacy(_ name: String, allowColon: Bool) -> Bool {
        guard !name.isEmpty else { return false }
        return name.unicodeScalars.enumerated().allSatisfy { index, scalar in
            isLegacy(scalar, first: index == 0, allowColon: allowColon)
        }
    }

    private static func isLegacy(_ scalar: Unicode.Scalar, first: Bool, allowColon: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9": !first
        case ":": allowColon
        default: false
        }
    }
}
