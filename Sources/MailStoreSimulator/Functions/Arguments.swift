/// The arguments of one call, checked against what the function declares.
struct Arguments: Sendable {
    /// As they were sent; also those that the function does not know, which it passes over.
    let values: [String: String]
    let options: SimulatorOptions

    var quirks: Quirks { options.quirks }
    private var language: Quirks.Language { options.quirks.language }

    init(_ values: [String: String], for function: APIFunction, options: SimulatorOptions) throws(APIFailure) {
        self.values = values
        self.options = options
        for argument in function.arguments(oldServer: options.oldServer) {
            guard let value = values[argument.name] else {
                if argument.nullable { continue }
                throw .missingArgument(argument.name, language)
            }
            if argument.nullable, value.isEmpty || value == "0" { throw .emptyArgument(argument.name) }
            switch argument.kind {
            case .bool where value != "true" && value != "false": throw .badBoolean(language)
            case .number where Int(value) == nil: throw .badNumber(language)
            default: break
            }
        }
    }

    /// The text of an argument; nil where it was left out.
    func string(_ name: String) -> String? {
        values[name]
    }

    /// The number of an argument; nil where it was left out.
    func number(_ name: String) -> Int? {
        values[name].flatMap { Int($0) }
    }

    /// Whether an argument is `true`; false where it was left out.
    func bool(_ name: String) -> Bool {
        values[name] == "true"
    }

    /// The time zone of that Windows id, as this server knows zones.
    func timeZone(_ name: String, in world: World) throws(APIFailure) -> WindowsTimeZone {
        let id = values[name] ?? ""
        guard let zone = world.zone(id), quirks.knowsUTC || id != "UTC" else { throw .unknownTimeZone(id) }
        return zone
    }

    /// The half-open range `fromIncluding` <= t < `toExcluding`, in seconds since 1970 (UTC); empty where reversed.
    func range(in zone: WindowsTimeZone) throws(APIFailure) -> Range<Int> {
        let begin = try instant("fromIncluding", in: zone)
        let end = try instant("toExcluding", in: zone)
        return begin..<max(begin, end)
    }

    private func instant(_ name: String, in zone: WindowsTimeZone) throws(APIFailure) -> Int {
        guard let civil = CivilTime(values[name] ?? "") else { throw .badDateTime(language) }
        return zone.instant(of: civil)
    }
}
