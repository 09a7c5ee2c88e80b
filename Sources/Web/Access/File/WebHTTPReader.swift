import Configuration
import PlainText

/// Reads how is answered: `http_server_config` and `rate_limit`.
enum WebHTTPReader {
    static func headers(_ root: WebSection) -> [ResponseHeader] {
        guard let section = root.section("http_server_config", keys: WebConfigurationSchema.http) else { return [] }
        _ = section.value("http2", GoValue.flag)
        guard let headers = section.section("headers", keys: WebConfigurationSchema.headers) else { return [] }
        return WebConfigurationSchema.headers.compactMap { name in
            guard headers.reader.has(name) else { return nil }
            if let permitted = permittedValues[name] {
                // Blank is not among the values, and refused by the programs that share the format.
                let value = headers.reader.value(name, choice(of: permitted))
                return value.map { ResponseHeader(name: name, value: $0) }
            }
            return headers.value(name, SimpleValue.line).map { ResponseHeader(name: name, value: $0) }
        }
    }

    private static let permittedValues = [
        "X-Content-Type-Options": ["nosniff"], "X-Frame-Options": ["deny", "sameorigin"],
    ]

    private static func choice(of values: [String]) -> (_ text: String) throws(InvalidValue) -> String {
        { (text: String) throws(InvalidValue) in
            guard values.contains(text) else {
                throw InvalidValue("must be \(values.joined(separator: " or ")), not \(QuotedText(text))")
            }
            return text
        }
    }

    static func rateLimit(_ root: WebSection) -> RateLimit? {
        guard let section = root.section("rate_limit", keys: WebConfigurationSchema.rateLimit) else { return nil }
        let interval = section.value("interval", GoValue.duration)
        let burst = section.value("burst", SimpleValue.number(in: 0...1_000_000))
        if section.isGiven("burst"), !section.isGiven("interval") {
            section.reader.report("interval", "is missing, so nothing is limited; add for example interval: 1s")
        }
        guard let interval, interval > .zero else { return nil }
        guard section.isGiven("burst") else {
            section.reader.report("burst", "is missing, so no request would be answered; add for example burst: 20")
            return nil
        }
        guard let burst else { return nil }
        guard burst > 0 else {
            section.reader.report("burst", "is 0, so no request would be answered; write for example 20")
            return nil
        }
        return RateLimit(interval: interval, burst: burst)
    }
}
