import PlainText

/// One scheduled job, from GetJobs.
///
/// Its fields are undocumented; their names are those of the vendor's CreateJob arguments, and the schedule may be
/// nested or not.
package struct Job: JSONDecodable, Equatable {
    package static let isCutAtLimit = true

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
            case "name": job.name = try reader.readOptionalString()
            case "action": job.action = try reader.readOptionalString().map(JobAction.init)
            case "enabled": job.enabled = try reader.readOptionalBool()
            case "schedule":
                try reader.readOptionalObject { (reader, key) throws(JSONError) in
                    try job.schedule.read(key, from: &reader)
                }
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
    ///
    /// A field without a value never replaces one that has a value: servers may send both the nested and the flat form.
    fileprivate mutating func read(_ key: JSONKey, from reader: inout JSONReader) throws(JSONError) {
        func value() throws(JSONError) -> String? {
            try reader.readOptionalString().flatMap { Self.meansNothing($0) ? nil : $0 }
        }
        switch key {
        case "interval":
            let start = reader.position
            guard let text = try value() else { return }
            guard let minutes = ScheduleWords.minutes(text), Self.plausibleMinutes.contains(minutes) else {
                // 0 and negative numbers mean that there is no interval.
                guard LenientNumber.finite(text).map({ $0 > 0 }) ?? true else { return }
                reader.position = start
                let _: Bool? = try reader.skipUnusable(expecting: "an interval such as 15")
                return
            }
            intervalMinutes = minutes
        case "time": time = try value() ?? time
        case "dayOfWeek": dayOfWeek = try value() ?? dayOfWeek
        case "dayOfMonth": dayOfMonth = try value().flatMap { $0 == "0" ? nil : $0 } ?? dayOfMonth
        case "date": date = try value().flatMap { Self.meansNone($0) ? nil : $0 } ?? date
        default: try reader.skipValue()
        }
    }

    /// Whether a date, with or without a time of day, stands for "no date": then the schedule repeats.
    private static func meansNone(_ date: String) -> Bool {
        (ServerDateTime(date) ?? ServerDateTime(date + "T00:00:00"))?.meansNone ?? false
    }

    /// Whether the text stands for no value: `-1`, or a word for it.
    private static func meansNothing(_ text: String) -> Bool {
        if let number = LenientNumber.finite(text) { return number < 0 }
        return ["", "none", "never", "null"].contains(text.lowercased())
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
        words(atMost: 2).first ?? ""
    }

    /// The value of an option, written `--id=11` or `--id 11`, with or without quotes.
    func option(_ name: String) -> String? {
        let words = words(atMost: .max).dropFirst()
        for (index, word) in zip(words.indices, words) where word.hasPrefix("--") {
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].lowercased() == name.lowercased() else { continue }
            let value = parts.count == 2 ? String(parts[1]) : words.dropFirst(index + 1 - words.startIndex).first
            return value.map { String($0.filter { $0 != "\"" && $0 != "'" }) }
        }
        return nil
    }

    /// The words of the command line, up to the length that Windows allows, so that an oversized line costs little.
    private func words(atMost count: Int) -> [String] {
        commandLine.unicodeScalars.prefix(32_767).split(maxSplits: count - 1, whereSeparator: \.isSpace)
            .map { String($0) }
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
    package static let needsUsableRow = false

    /// The run's own id.
    package private(set) var id: String?
    package private(set) var jobID = ""
    package private(set) var action: JobAction?
    package private(set) var startTime: ServerDateTime?
    package private(set) var completeTime: ServerDateTime?
    private var word = ResultWord()
    /// The result word as the server sent it; `nil` if there is none that can be used.
    package var result: String? { word.text }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var jobID: String?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "jobResultId": id = try reader.readOptionalRunIdentifier()
            case "jobId": jobID = try reader.readIdentifier()
            case "action": action = try reader.readOptionalString().map(JobAction.init)
            case "startTime": startTime = try reader.readOptionalDateTime()
            case "completeTime": completeTime = try reader.readOptionalDateTime()
            case "result": try word.read(from: &reader)
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
