/// A machine of a simulated installation of the Service Provider Edition.
public struct SimulatedHost: Sendable, Equatable {
    /// What the machine does, in the words of GetServiceStatus.
    public enum Role: String, Sendable, CaseIterable {
        /// It answers the Management API.
        case managementServer
        /// Clients of the customers connect to it.
        case clientAccessServer
        /// The processes of instances run on it.
        case instanceHost
    }

    /// The name, unique among the machines.
    public var serverName: String
    /// What the machine does.
    public var role: Role
    /// The port of its service.
    public var port: Int
    /// Whether it takes part in the service; no instance runs on a host that does not.
    public var isActive = true
    /// The folder of the instances; nil: it is not set.
    public var baseDirectory: String?
    /// Physical memory in bytes.
    public var physicalMemory = 34_359_738_368
    /// The processors, one text each.
    public var processors = Array(repeating: "Intel(R) Xeon(R) Silver 4314 CPU @ 2.40GHz", count: 2)

    /// Creates a machine that takes part in the service.
    public init(serverName: String, role: Role, port: Int, baseDirectory: String? = nil) {
        self.serverName = serverName
        self.role = role
        self.port = port
        self.baseDirectory = baseDirectory
    }

    /// The SHA-1 thumbprint of its certificate in upper-case hexadecimal digits, as Windows shows it.
    var thumbprint: String {
        var random = SimulatedRandom(seed: .hash(of: serverName))
        return random.hexDigits(40).uppercased()
    }
}

/// A message of GetServiceStatus, which is meant for people.
public struct ServiceMessage: Sendable, Equatable {
    /// The importance, in the words of GetServiceStatus.
    public enum Severity: String, Sendable, CaseIterable {
        /// Nothing to do.
        case information
        /// Something needs attention.
        case warning
        /// Something does not work.
        case error
    }

    /// The importance.
    public var severity: Severity
    /// The text.
    public var text: String
    /// Whether it belongs to the message before it.
    public var isSubItem: Bool

    /// Creates a message.
    public init(_ severity: Severity, _ text: String, isSubItem: Bool = false) {
        self.severity = severity
        self.text = text
        self.isSubItem = isSubItem
    }
}

extension UInt64 {
    /// The FNV-1a hash of a text, which is the same in every run, unlike that of `Hasher`.
    static func hash(of text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
