/// Peculiarities of MailStore servers, each of which can be switched.
///
/// A default-made value has all those on that were seen on real servers (`mailstore-api.md`, sections 1, 2 and 4). What
/// is not known for certain is a choice here, so that a client can be tried with either.
public struct Quirks: Sendable, Equatable {
    /// Which end of a run decides whether it lies in the range that was asked for: unknown.
    public enum Selection: Sendable { case start, completion }

    /// How the server words its messages.
    public enum Language: Sendable { case english, german }

    /// How a verification ends that found damage: nobody has published it.
    public enum DamageOutcome: Sendable {
        /// With `failed` and an error.
        case failed
        /// With `succeeded`; only the log tells.
        case succeededWithLog
    }

    /// Replies begin with a UTF-8 byte order mark.
    public var byteOrderMark = true
    /// GetJobResults lists the newest run first; otherwise the oldest.
    public var newestJobResultFirst = true
    /// GetWorkerResults lists the oldest run first; otherwise the newest.
    public var oldestWorkerResultFirst = true
    /// `statisticsSize` is null unless `includeSize=true` is sent.
    public var sizeOnlyOnRequest = true
    /// GetStores tells the statistics of the last refresh (hourly, or RefreshAllStoreStatistics), not the present.
    public var cachedStatistics = true
    /// GetWorkerResults fails where it would have to answer with more rows than this; nil = never.
    public var workerResultsLimit: Int? = 2_000
    /// The last status of a process carries no token; old servers repeat it.
    public var finalTokenIsNull = true
    /// `statusVersion` grows by several at a time; otherwise by one.
    public var statusVersionJumps = true
    /// `percentProgress` of a process stays 0 until it ends.
    public var progressStaysZero = true
    /// Functions that answer as a long process although they need not; `*` = all.
    public var runningFunctions: Set<String> = []
    /// Whether the server knows the time zone id `UTC`; if not, it still knows `$Local`.
    public var knowsUTC = true
    /// Date-times in replies carry a fraction of a second, as .NET prints them.
    public var fractionalSeconds = false
    /// Which end of a run GetJobResults and GetWorkerResults go by.
    public var resultsSelectedBy = Selection.completion
    /// The language of messages and logs; exception types are the same in each.
    public var language = Language.english
    /// How a verification ends that finds damaged messages.
    public var damageOutcome = DamageOutcome.failed

    /// All quirks that were seen on real servers are on.
    public init() {}

    /// The most agreeable server there could be.
    public static var none: Quirks {
        var quirks = Quirks()
        quirks.byteOrderMark = false
        quirks.newestJobResultFirst = false
        quirks.sizeOnlyOnRequest = false
        quirks.cachedStatistics = false
        quirks.workerResultsLimit = nil
        quirks.statusVersionJumps = false
        quirks.progressStaysZero = false
        return quirks
    }
}
