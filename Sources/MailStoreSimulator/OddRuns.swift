internal import OperatingSystem

// How the ids and times of runs are written, where nothing is published or a server is not as it should be.

extension Quirks {
    /// How the server writes a time that it does not know.
    public enum UnknownTime: String, Sendable, CaseIterable {
        /// `null`.
        case null
        /// An empty string.
        case empty
        /// The field is left out.
        case absent
        /// The zero value of .NET, `0001-01-01T00:00:00`.
        case year1
        /// The zero value of Windows, the begin of 1601 in UTC.
        case year1601
        /// The zero value of OLE, `1899-12-30T00:00:00`.
        case year1899
        /// The zero value of Unix, the begin of 1970 in UTC.
        case year1970
        /// The last value of .NET, `9999-12-31T23:59:59`.
        case year9999
    }

    /// The offset from UTC behind date-times in replies.
    public enum TimeOffset: String, Sendable, CaseIterable {
        /// None: the time is in the zone of the request.
        case none
        /// The letter Z: the time is in UTC, whatever the zone of the request is.
        case letter
        /// The offset of the zone of the request, such as `+02:00`.
        case number
    }

    /// How the server writes the id of a run.
    public enum RunID: String, Sendable, CaseIterable {
        /// A number above 0.
        case number
        /// The number 0.
        case zero
        /// `null`.
        case null
        /// The field is left out.
        case absent
    }

    /// The id of a run; nil if the field is left out.
    func id(of run: some FinishedRun) -> JSONValue? {
        switch runIDs {
        case .number: .integer(run.id)
        case .zero: .integer(0)
        case .null: .null
        case .absent: nil
        }
    }

    /// A time of a run as it is written in a time zone; nil if the field is left out.
    func time(_ time: RunTime, of run: some FinishedRun, in zone: WindowsTimeZone) -> JSONValue? {
        guard !run.unknownTimes.contains(time) else { return unknownTime(in: zone) }
        return .string(text(of: time == .start ? run.startTime : run.completeTime, in: zone))
    }

    /// What is written for a time that the server does not know; nil if the field is left out.
    func unknownTime(in zone: WindowsTimeZone) -> JSONValue? {
        switch unknownTimes {
        case .null: .null
        case .empty: .string("")
        case .absent: nil
        case .year1: .string(suffixed("0001-01-01T00:00:00"))
        case .year1601: .string(text(of: -11_644_473_600, in: zone))
        case .year1899: .string(suffixed("1899-12-30T00:00:00"))
        case .year1970: .string(text(of: 0, in: zone))
        case .year9999: .string(suffixed("9999-12-31T23:59:59"))
        }
    }

    private func text(of instant: Int, in zone: WindowsTimeZone) -> String {
        switch timeOffsets {
        case .none: suffixed(zone.civil(at: instant).text)
        case .letter: suffixed(CivilDateTime(seconds: instant).text) + "Z"
        case .number: suffixed(zone.civil(at: instant).text) + zone.offsetText(at: instant)
        }
    }

    private func suffixed(_ text: String) -> String {
        fractionalSeconds ? text + ".1234567" : text
    }
}

/// What runs of jobs and of profiles have in common.
protocol FinishedRun {
    var id: Int { get }
    var startTime: Int { get }
    var completeTime: Int { get }
    var unknownTimes: Set<RunTime> { get }
}

extension FinishedRun {
    /// Whether the run belongs to a range of instants (seconds since 1970, UTC).
    ///
    /// Where the server does not know the time that counts, the other one does. A run without any time belongs to every
    /// range, for otherwise it would never be reported. [guess]
    func isListed(in range: Range<Int>, _ quirks: Quirks) -> Bool {
        let order = quirks.resultsSelectedBy == .start ? [RunTime.start, .end] : [.end, .start]
        guard let time = order.first(where: { !unknownTimes.contains($0) }) else { return true }
        return range.contains(time == .start ? startTime : completeTime)
    }
}

extension JSONValue {
    /// An object without the members whose value is nil.
    static func row(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { name, value in value.map { JSONMember(name: name, value: $0) } })
    }
}
