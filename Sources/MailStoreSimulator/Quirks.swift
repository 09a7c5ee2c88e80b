/// Peculiarities of MailStore servers, each of which can be switched on and off.
///
/// By default, every peculiarity that was seen on real servers is on (`docs/api.md`). Where real behaviour is unknown
/// (`docs/api.md`, "What nobody knows"), a quirk offers the alternatives, so that a client can be tested with each.
public struct Quirks: Sendable, Equatable {
    /// Which end of a run must lie in the requested range.
    public enum Selection: String, Sendable, CaseIterable {
        /// The start of the run.
        case start
        /// The end of the run.
        case completion
    }

    /// The language of the server's messages.
    public enum Language: String, Sendable, CaseIterable {
        /// English messages.
        case english
        /// German messages.
        case german
    }

    /// The result of a verification that finds damage.
    public enum DamageOutcome: String, Sendable, CaseIterable {
        /// The status is `failed`, with an error.
        case failed
        /// The status is `succeeded`; only the log mentions the damage.
        case succeededWithLog
    }

    /// The form of the reply to get-metadata.
    public enum Metadata: String, Sendable, CaseIterable {
        /// A bare array of all functions.
        case array
        /// An array without elements.
        case empty
        /// The array as the result in an envelope, like that of other calls.
        case envelope
        /// The array, with names in lower case.
        case lowerCase
    }

    /// Whether replies start with a UTF-8 byte order mark.
    public var byteOrderMark = true
    /// Whether GetJobResults lists the newest run first; otherwise it lists the oldest first.
    public var newestJobResultFirst = true
    /// Whether GetWorkerResults lists the oldest run first; otherwise it lists the newest first.
    public var oldestWorkerResultFirst = true
    /// Whether `statisticsSize` is null unless the call sends `includeSize=true`.
    public var sizeOnlyOnRequest = true
    /// Whether GetStores returns statistics as of their last refresh (hourly, or by RefreshAllStoreStatistics).
    public var cachedStatistics = true
    /// The number of rows above which GetWorkerResults fails; nil: it never does.
    public var workerResultsLimit: Int? = 2_000
    /// Whether the last status of a process has no token; old servers repeat it.
    public var finalTokenIsNull = true
    /// Whether `statusVersion` skips numbers; otherwise it grows by one.
    public var statusVersionJumps = true
    /// Whether `percentProgress` of a process stays 0 until the end.
    public var progressStaysZero = true
    /// Functions that answer like a long-running process although they finish at once; `*`: all of them.
    public var runningFunctions: Set<String> = []
    /// Whether the server knows the time zone id `UTC`; it always knows `$Local`.
    public var knowsUTC = true
    /// Whether date-times in replies have a fraction of a second, as .NET prints them.
    public var fractionalSeconds = false
    /// Whether date-times in replies have an offset from UTC.
    public var timeOffsets = TimeOffset.none
    /// What stands for a time that the server does not know, and for the date of a job that has none.
    public var unknownTimes = UnknownTime.null
    /// What stands for the id of a run in GetJobResults and GetWorkerResults.
    public var runIDs = RunID.number
    /// Which end of a run GetJobResults and GetWorkerResults compare with the requested range.
    public var resultsSelectedBy = Selection.completion
    /// The language of messages and logs; exception types are the same in every language.
    public var language = Language.english
    /// The result of a verification that finds damaged messages.
    public var damageOutcome = DamageOutcome.failed

    /// The form of the reply to get-metadata.
    public var metadata = Metadata.array
    /// Functions that are refused with this HTTP status, 401 or 403, although the same login may call others.
    public var refusedFunctions: [String: Int] = [:]
    /// Whether replies are compressed with gzip although no client asks for it, as some reverse proxies do.
    public var compressesReplies = false
    /// Whether the message of an error repeats the login of the request.
    public var repeatsLogin = false
    /// The spelling of the names of fields in results.
    public var fieldNames = FieldNames.documented
    /// Whether numbers in results are strings.
    public var numbersAreStrings = false
    /// Whether statistics, the licence's limit, archived items and pauses are -1, as if they were unknown.
    public var unknownNumbersAreNegative = false
    /// Whether GetJobs has the fields of the schedule in an object of their own.
    public var schedulesAreNested = false
    /// Whether a list is in an object, beside its length.
    public var listsAreWrapped = false
    /// Whether calls on an instance need service provider access also where that is not published: statistics,
    /// configuration, CanRunArchiveProfiles.
    public var statisticsNeedProviderAccess = true
    /// Whether GetInstances says `running` of a frozen instance; otherwise it says `frozen`, which is a guess too.
    public var frozenInstancesLookRunning = false

    /// Creates the quirks of a real server.
    public init() {}

    /// The quirks of a server that is as easy for a client as possible.
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
