extension Fault {
    /// Reads a fault as the control pages name it; nil where there is no such fault or the value does not fit.
    ///
    /// - Parameters:
    ///   - name: the case's name, such as `hang`.
    ///   - value: what the case needs: `error` takes `EXCEPTION: MESSAGE`, `replaced` takes `FIELD=TEXT`,
    ///     `oversized` a number of bytes or nothing.
    init?(name: String, value: String?) {
        switch name {
        case "hang": self = .hang
        case "disconnect": self = .disconnect
        case "truncate": self = .truncate
        case "badJSON": self = .badJSON
        case "expiredToken": self = .expiredToken
        case "html": self = .html
        case "endlessProcess": self = .endlessProcess
        case "oversized" where value == nil: self = .oversized(bytes: nil)
        default:
            guard let value, let fault = Self.withValue(name, value) else { return nil }
            self = fault
        }
    }

    private static func withValue(_ name: String, _ value: String) -> Fault? {
        switch name {
        case "error":
            let parts = value.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return .error(exception: String(parts[0]), message: String(parts[1].drop { $0 == " " }))
        case "status": return Int(value).flatMap { (200...599).contains($0) ? .status($0) : nil }
        case "delay": return Double(value).flatMap { $0 >= 0 && $0.isFinite ? .delay($0) : nil }
        case "oversized": return Int(value).map { .oversized(bytes: $0) }
        case "redirect": return .redirect(to: value)
        case "missingField": return .missingField(value)
        case "wrongType": return .wrongType(field: value)
        case "replaced":
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? .replaced(field: String(parts[0]), text: String(parts[1])) : nil
        case "body": return .body(value)
        case "longLog": return Int(value).map { .longLog(bytes: $0) }
        default: return nil
        }
    }
}
