internal import Glibc

/// The settings of a simulated MailStore server.
public struct SimulatorOptions: Sendable {
    /// Whether the server's self-signed certificate is valid, and if not, why.
    public enum CertificateKind: Sendable, Equatable {
        /// Valid for `localhost`, 127.0.0.1 and ::1.
        case selfSigned
        /// Valid for another host name only.
        case wrongHostName
        /// Expired a day before the server started.
        case expired
    }

    /// The edition of MailStore.
    public enum Edition: Sendable, Equatable {
        /// MailStore Server: one archive.
        case server
        /// MailStore Service Provider Edition: a management server and any number of instances.
        case serviceProvider
    }

    /// The language of the names of stores, profiles and jobs.
    public enum Language: Sendable, Equatable {
        /// English.
        case english
        /// German, with characters that clients are likely to mishandle.
        case german
    }

    /// The language of names.
    public var language = Language.german
    /// The numeric address or host name to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0: any free port.
    public var port = 0
    /// The edition that is simulated.
    public var edition = Edition.server
    /// The number of instances at the start; ignored by ``Edition/server``.
    public var instances = 12
    /// Whether some instances and hosts at the start are not in order (see ``Installation``).
    public var hasOddInstances = true
    /// The number of stores of each archive at the start; nil: those of the built-in archive.
    public var stores: Int?
    /// The number of jobs of each archive at the start; nil: those of the built-in archive.
    public var jobs: Int?
    /// The number of profiles of each archive at the start; nil: those of the built-in archive.
    public var profiles: Int?
    /// The name of the built-in administrator, or of the system administrator with ``Edition/serviceProvider``.
    public var username = "admin"
    /// The password of that administrator.
    public var password = "simulated"
    /// The random seed: servers with the same options and clock behave the same.
    public var seed: UInt64 = 1
    /// Simulated seconds in a real second; at least 0.
    public var speed = 1.0
    /// The simulated time at which the server starts, in seconds since 1970 (UTC); nil: now.
    public var start: Double?
    /// Days of finished runs before ``start``.
    ///
    /// An instance gets its runs with the first call on it, so that the simulator starts fast.
    public var history = 30
    /// Whether mail arrives, profiles and jobs run, and statistics are refreshed automatically.
    public var isAlive = true
    /// The quirks at start; ``Simulator/changeQuirks(_:)`` changes them later.
    public var quirks = Quirks()
    /// The kind of certificate.
    public var certificate = CertificateKind.selfSigned
    /// Whether to speak HTTP without TLS.
    public var plainHTTP = false
    /// Whether to behave like an old version: fewer functions and arguments, and a token in the last status of a
    /// process.
    public var oldServer = false
    /// The version in GetServerInfo; replaced by an old one if ``oldServer`` is true.
    public var version = "25.3.1.23021"
    /// The machine name in GetServerInfo, and the certificate's common name.
    public var machineName = "MAILSTORE"
    /// The Windows id of the server's own time zone, to which `$Local` refers.
    public var localTimeZone = "W. Europe Standard Time"
    /// Messages that a verification checks in a simulated second.
    public var messagesVerifiedPerSecond = 500.0
    /// The real clock, in seconds since 1970 (UTC).
    public var now: @Sendable () -> Double = SimulatorOptions.systemClock

    /// Creates the options of a server that behaves as `docs/api.md` describes.
    public init() {}

    /// The clock of this machine, in seconds since 1970 (UTC).
    public static let systemClock: @Sendable () -> Double = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
