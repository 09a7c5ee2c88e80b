internal import OperatingSystem

/// Functions about the server itself.
enum ServerFunctions {
    static let all: [APIFunction] = [
        .read("GetServerInfo") { world, _ in
            ["version": .string(world.version), "machineName": .string(world.machineName)]
        },
        .read("GetLicenseInformation", isNew: true) { world, _ in
            // The built-in administrator needs no licence.
            ["namedUsers": .integer(max(0, world.users.count - 1)), "maxNamedUsers": .integer(world.maxNamedUsers)]
        },
        .read("GetTimeZones", isNew: true, timeZones),
        // The fields of the next three are not known for certain.
        .read("GetComplianceConfiguration") { _, _ in
            ["adminEmailPreviewEnabled": false, "logSuccessfulUserActivities": true, "retentionPoliciesEnabled": true]
        },
        .read("GetRetentionPolicies", isNew: true) { _, _ in
            [["id": 1, "name": "Zehn Jahre", "periodInterval": "year", "period": 10, "enabled": true]]
        },
        .read("GetServiceConfiguration", isNew: true) { world, _ in
            ["masterDatabasePath": #"D:\MailStore\Master"#, "serverName": .string(world.machineName)]
        },
        // A monitoring program must never call the next three; tests search its output for their secret.
        .read("GetCredentials") { _, _ in
            [["id": 1, "name": "IMAP", "userName": "journal", "password": .string(Simulator.plantedSecret)]]
        },
        .read("GetDirectoryServicesConfiguration") { _, _ in
            ["type": "ActiveDirectory", "password": .string(Simulator.plantedSecret)]
        },
        .read("GetMessages", [.string("folder", nullable: true)]) { _, _ in
            [["subject": .string(Simulator.plantedSecret)]]
        },
    ]

    /// The field names are made up, after .NET's TimeZoneInfo.
    @Sendable private static func timeZones(_ world: World, _ arguments: Arguments) -> JSONValue {
        let local: JSONValue = ["id": "$Local", "displayName": .string("Local (\(world.localZone.id))")]
        let zones = WindowsTimeZone.known.filter { arguments.quirks.knowsUTC || $0.id != "UTC" }
        return .array([local] + zones.map { ["id": .string($0.id), "displayName": .string($0.displayName)] })
    }
}

/// Functions about users and sessions.
enum UserFunctions {
    static let all: [APIFunction] = [
        .read("GetUsers") { world, _ in
            .array(
                world.users.map { user in
                    [
                        "userName": .string(user.userName),
                        "fullName": .optional(user.fullName),
                        "distinguishedName": .optional(user.distinguishedName),
                        "mfaStatus": .string(user.mfaStatus),
                    ]
                })
        },
        // The fields of a session are unknown; these are made up.
        .read("GetActiveSessions", isNew: true) { world, _ in
            .array(
                world.sessions.map { session in
                    [
                        "sessionId": .integer(session.id),
                        "userName": .string(session.userName),
                        "clientType": .string(session.client),
                        "loginTime": .string(CivilDateTime(seconds: Int(session.since)).text),
                    ]
                })
        },
    ]
}
