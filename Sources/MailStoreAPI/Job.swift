/// One scheduled job, from GetJobs.
///
/// Its fields are undocumented; their names are those of the vendor's CreateJob arguments. So all except the id are
/// parsed leniently: a field of an unexpected type counts as absent.
package struct Job: JSONDecodable, Equatable {
    package var id: String
    package var name: String?
    package var action: JobAction?
    package var enabled: Bool?
    package var schedule: JobSchedule

    package init(
        id: String, name: String? = nil, action: JobAction? = nil, enabled: Bool? = nil,
        schedule: JobSchedule = JobSchedule()
    ) {
        self.id = id
        self.name = name
        self.action = action
        self.enabled = enabled
        self.schedule = schedule
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var id: String?
        var job = Job(id: "")
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "id": id = try reader.readIdentifier()
            case "name": job.name = try reader.readLenientScalar()
            case "action": job.action = try reader.readLenientScalar().map(JobAction.init)
            case "enabled": job.enabled = try reader.readLenientScalar().flatMap { Bool($0.lowercased()) }
            default: try job.schedule.read(key, from: &reader)
            }
        }
        guard let id else { throw reader.failure("a job has no id") }
        job.id = id
        self = job
    }
}

/// When a job runs, in the arguments of the vendor's CreateJob.
package struct JobSchedule: Sendable, Hashable {
    /// An interval in minutes.
    package var intervalMinutes: Double?
    /// `hh:mm`; alone, it means every day.
    package var time: String?
    /// `Sunday` to `Saturday`, with a time.
    package var dayOfWeek: String?
    /// A number or `Last`, with a time; a day of the week may narrow it further.
    package var dayOfMonth: String?
    /// A single run.
    package var date: String?

    package init() {}

    /// Up to a hundred years: a larger number is not a real interval and might overflow a duration.
    private static let plausibleMinutes = 0.001...52_596_000

    /// Reads the field if it belongs to a schedule.
    fileprivate mutating func read(_ key: JSONKey, from reader: inout JSONReader) throws(JSONError) {
        func text() throws(JSONError) -> String? {
            try reader.readLenientScalar().flatMap { $0.isEmpty ? nil : $0 }
        }
        switch key {
        case "interval":
            intervalMinutes = try text().flatMap(Double.init).flatMap { Self.plausibleMinutes.contains($0) ? $0 : nil }
        case "time": time = try text()
        case "dayOfWeek": dayOfWeek = try text()
        case "dayOfMonth": dayOfMonth = try text()
        case "date": date = try text().flatMap { Self.meansNone($0) ? nil : $0 }
        default: try reader.skipValue()
        }
    }

    /// Whether a date, with or without a time of day, stands for "no date": then the schedule repeats.
    private static func meansNone(_ date: String) -> Bool {
        (ServerDateTime(date) ?? ServerDateTime(date + "T00:00:00"))?.meansNone ?? false
    }

    /// The longest time between two runs that the schedule allows; `nil` if it does not repeat.
    package var expectedInterval: Duration? {
        let day = 86_400.0
        if let intervalMinutes {
            return Self.plausibleMinutes.contains(intervalMinutes) ? .seconds(intervalMinutes * 60) : nil
        }
        if date != nil { return nil }
        if dayOfMonth != nil { return .seconds((dayOfWeek == nil ? 31 : 35) * day) }
        if dayOfWeek != nil { return .seconds(7 * day) }
        return time == nil ? nil : .seconds(day)
    }
}

/// The command line of a job: `VerifyStores --includeIndexes=false` (`docs/api.md`, "Job actions").
package struct JobAction: Sendable, Hashable {
    /// The whole line.
    package let commandLine: String

    package init(_ commandLine: String) {
        self.commandLine = commandLine
    }

    /// The command's name without its arguments.
    package var name: String {
        words(atMost: 2).first.map(String.init) ?? ""
    }

    /// The value of an option, written `--id=11` or `--id 11`, with or without quotes.
    func option(_ name: String) -> String? {
        let words = words(atMost: .max).dropFirst()
        for (index, word) in zip(words.indices, words) where word.hasPrefix("--") {
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].lowercased() == name.lowercased() else { continue }
            let value = parts.count == 2 ? parts[1] : words.dropFirst(index + 1 - words.startIndex).first
            return value.map { String($0.filter { $0 != "\"" && $0 != "'" }) }
        }
        return nil
    }

    /// The words of the command line, up to the length that Windows allows, so that an oversized line costs little.
    private func words(atMost count: Int) -> [Substring] {
        Substring(commandLine.unicodeScalars.prefix(32_767))
            .split(maxSplits: count - 1, whereSeparator: \.isWhitespace)
    }

    /// The stores that the command verifies; `nil` if it is not a verification.
    package var verification: VerificationScope? {
        switch name.lowercased() {
        case "verifystores": .allStores
        case "verifystore": option("id").map { .store(id: $0) }
        default: nil
        }
    }
}

/// The stores that a verification checks.
package enum VerificationScope: Sendable, Hashable {
    /// All stores that exist when it starts.
    case allStores
    case store(id: String)
}

/// One finished run of a job, from GetJobResults.
package struct JobResult: JSONDecodable, Equatable {
    /// The run's own id.
    package private(set) var id: String?
    package private(set) var jobID = ""
    package private(set) var action: JobAction?
    package private(set) var startTime: ServerDateTime?
    package private(set) var completeTime: ServerDateTime?
    /// The result word as the server sent it; `nil` if it was `null` or missing.
    package private(set) var result: String?

    package init(from reader: inout JSONReader) throws(JSONError) {
        var jobID: String?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "jobResultId": id = try reader.readOptionalIdentifier()
            case "jobId": jobID = try reader.readIdentifier()
            case "action": action = try reader.readOptionalString().map(JobAction.init)
            case "startTime": startTime = try reader.readOptionalDateTime()
            case "completeTime": completeTime = try reader.readOptionalDateTime()
            case "result": result = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
        guard let jobID else { throw reader.failure("a result has no jobId") }
        guard id != nil || startTime != nil || completeTime != nil else {
            throw reader.failure("a result has neither jobResultId nor startTime nor completeTime")
        }
        self.jobID = jobID
    }
}
