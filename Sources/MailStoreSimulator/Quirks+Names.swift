// Quirks by their names, as other processes switch them.
extension Quirks {
    private static let flags: [String: WritableKeyPath<Quirks, Bool> & Sendable] = [
        "byteOrderMark": \.byteOrderMark, "newestJobResultFirst": \.newestJobResultFirst,
        "oldestWorkerResultFirst": \.oldestWorkerResultFirst, "sizeOnlyOnRequest": \.sizeOnlyOnRequest,
        "cachedStatistics": \.cachedStatistics, "finalTokenIsNull": \.finalTokenIsNull,
        "statusVersionJumps": \.statusVersionJumps, "progressStaysZero": \.progressStaysZero, "knowsUTC": \.knowsUTC,
        "fractionalSeconds": \.fractionalSeconds, "compressesReplies": \.compressesReplies,
        "repeatsLogin": \.repeatsLogin, "numbersAreStrings": \.numbersAreStrings,
        "unknownNumbersAreNegative": \.unknownNumbersAreNegative, "schedulesAreNested": \.schedulesAreNested,
        "listsAreWrapped": \.listsAreWrapped, "statisticsNeedProviderAccess": \.statisticsNeedProviderAccess,
        "frozenInstancesLookRunning": \.frozenInstancesLookRunning,
    ]

    /// Switches a quirk.
    ///
    /// - Parameters:
    ///   - name: The name of the property, such as `runIDs`.
    ///   - value: `true`, `false`, or the name of a case. `workerResultsLimit` takes a number or `none`,
    ///     `runningFunctions` takes `NAME,...` and `refusedFunctions` takes `NAME=STATUS,...`, each replacing the former
    ///     functions.
    /// - Returns: False if the name is unknown or the value is invalid for it; then nothing changes.
    mutating func set(_ name: String, to value: String) -> Bool {
        if let flag = Self.flags[name] { return set(flag, to: Bool(value)) }
        switch name {
        case "resultsSelectedBy": return set(\.resultsSelectedBy, to: Selection(rawValue: value))
        case "language": return set(\.language, to: Language(rawValue: value))
        case "damageOutcome": return set(\.damageOutcome, to: DamageOutcome(rawValue: value))
        case "metadata": return set(\.metadata, to: Metadata(rawValue: value))
        case "fieldNames": return set(\.fieldNames, to: FieldNames(rawValue: value))
        case "timeOffsets": return set(\.timeOffsets, to: TimeOffset(rawValue: value))
        case "unknownTimes": return set(\.unknownTimes, to: UnknownTime(rawValue: value))
        case "runIDs": return set(\.runIDs, to: RunID(rawValue: value))
        case "workerResultsLimit":
            let limit = Int(value).flatMap { $0 >= 0 ? $0 : nil }
            guard limit != nil || value == "none" else { return false }
            workerResultsLimit = limit
        case "runningFunctions": runningFunctions = Set(value.split(separator: ",").map(String.init))
        case "refusedFunctions": return set(\.refusedFunctions, to: Self.statuses(value))
        default: return false
        }
        return true
    }

    private mutating func set<Value>(_ quirk: WritableKeyPath<Quirks, Value>, to value: Value?) -> Bool {
        guard let value else { return false }
        self[keyPath: quirk] = value
        return true
    }

    private static func statuses(_ text: String) -> [String: Int]? {
        var statuses: [String: Int] = [:]
        for item in text.split(separator: ",") {
            let parts = item.split(separator: "=")
            guard parts.count == 2, let status = Int(parts[1]), status == 401 || status == 403 else { return nil }
            statuses[String(parts[0])] = status
        }
        return statuses
    }
}
