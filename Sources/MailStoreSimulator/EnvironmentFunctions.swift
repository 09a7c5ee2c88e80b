internal import Glibc

/// Functions about a whole installation of the Service Provider Edition (`docs/api.md`, "Service Provider Edition").
enum EnvironmentFunctions {
    static let all: [APIFunction] = [
        function("GetEnvironmentInfo") { installation, server, _ in environment(installation, server) },
        function("GetServiceStatus", body: serviceStatus),
        function("GetInstances", [.string("instanceFilter")]) { installation, _, arguments in
            let filter = NameFilter(arguments.string("instanceFilter") ?? "")
            let instances = installation.instances.filter { filter.matches($0.instanceID) }
            return .array(instances.map { row(of: $0, arguments.quirks) })
        },
        function("GetInstanceHosts", [.string("serverNameFilter", nullable: true)]) { installation, _, arguments in
            .array(
                machines(.instanceHost, of: installation, arguments).map { host in
                    [
                        "serverName": .string(host.serverName), "port": .integer(host.port),
                        "serverCertificate": ["thumbprint": .string(host.thumbprint)],
                        "baseDirectory": .optional(host.baseDirectory),
                    ]
                })
        },
        function(
            "GetClientAccessServers", [.bool("withServiceStatus"), .string("serverNameFilter", nullable: true)]
        ) { installation, _, arguments in
            .array(
                machines(.clientAccessServer, of: installation, arguments).map { host in
                    // All fields but the first two are guesses.
                    .row([
                        "serverName": .string(host.serverName), "port": .integer(host.port),
                        "serverCertificate": ["thumbprint": .string(host.thumbprint)],
                        "active": arguments.bool("withServiceStatus") ? .bool(host.isActive) : nil,
                    ])
                })
        },
        // A monitoring program must never call these two; tests search its output for their secret.
        function("GetSystemAdministrators") { _, _, _ in
            [["userName": "admin", "password": .string(Simulator.plantedSecret)]]
        },
        function("GetSystemSmtpConfiguration") { _, _, _ in
            ["hostname": "mail.beispiel.example", "password": .string(Simulator.plantedSecret)]
        },
    ]

    private static func function(
        _ name: String,
        _ arguments: [APIFunction.Argument] = [],
        body: @escaping @Sendable (Installation, World, Arguments) -> JSONValue
    ) -> APIFunction {
        APIFunction(name, arguments, .notNeeded, .installation(body))
    }

    private static func environment(_ installation: Installation, _ server: World) -> JSONValue {
        [
            "version": .string(server.version),
            "webClientVersion": .string(server.version),
            "copyright": "Copyright (c) MailStore Software GmbH",
            "licenseeName": .string(installation.licenseeName),
            "licenseeID": .string(installation.licenseeID),
            "serverName": .string(server.machineName),
            "userName": "SYSTEM",
            "systemProperties": installation.hosts.first.map(properties) ?? .null,
        ]
    }

    private static func properties(of host: SimulatedHost) -> JSONValue {
        [
            "processors": .array(host.processors.map { .string($0) }),
            "totalPhysicalMemory": .integer(host.physicalMemory),
            "operatingSystem": "Microsoft Windows Server 2022 Standard",
        ]
    }

    @Sendable private static func serviceStatus(
        _ installation: Installation,
        _ server: World,
        _ arguments: Arguments
    ) -> JSONValue {
        var all: [String: Int] = [:]
        var running: [String: Int] = [:]
        for instance in installation.instances {
            all[instance.instanceHost, default: 0] += 1
            if instance.isRunning { running[instance.instanceHost, default: 0] += 1 }
        }
        let machines = installation.hosts.map { host -> JSONValue in
            let counts = host.role == .instanceHost && host.isActive
            return [
                "serverName": .string(host.serverName),
                "port": .integer(host.port),
                "serverCertificate": ["thumbprint": .string(host.thumbprint)],
                "serverType": .string(host.role.rawValue),
                "active": .bool(host.isActive),
                "systemProperties": host.isActive ? properties(of: host) : .null,
                "numberOfInstances": counts ? .integer(all[host.serverName] ?? 0) : .null,
                "numberOfRunningInstances": counts ? .integer(running[host.serverName] ?? 0) : .null,
            ]
        }
        let messages = installation.messages.map { message -> JSONValue in
            [
                "type": .string(message.severity.rawValue), "text": .string(message.text),
                "isSubItem": .bool(message.isSubItem), "tag": .null, "flags": 0,
            ]
        }
        return [
            "environmentInfo": environment(installation, server), "serverInfos": .array(machines),
            "messages": .array(messages),
        ]
    }

    private static func row(of instance: SimulatedInstance, _ quirks: Quirks) -> JSONValue {
        [
            "instanceID": .string(instance.instanceID),
            "alias": .optional(instance.alias),
            "displayName": .string(instance.displayName),
            "instanceHost": .string(instance.instanceHost),
            "startMode": .string(instance.startMode),
            "processID": .optional(instance.processID),
            "status": .string(instance.status(instance.quirks ?? quirks)),
            "startStopError": .optional(instance.startStopError),
        ]
    }

    private static func machines(
        _ role: SimulatedHost.Role,
        of installation: Installation,
        _ arguments: Arguments
    ) -> [SimulatedHost] {
        let filter = NameFilter(arguments.string("serverNameFilter") ?? "*")
        return installation.hosts.filter { $0.role == role && filter.matches($0.serverName) }
    }
}

/// A filter for names, without regard to case: `*` stands for any characters, `?` for one.
///
/// Only that `*` is every name is published.
struct NameFilter: Sendable {
    private let pattern: String

    init(_ pattern: String) {
        self.pattern = pattern.lowercased().replacing("[", with: "[[]")
    }

    func matches(_ name: String) -> Bool {
        fnmatch(pattern, name.lowercased(), FNM_NOESCAPE) == 0
    }
}
