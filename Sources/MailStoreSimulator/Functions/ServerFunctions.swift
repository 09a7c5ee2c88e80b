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
        // The shapes of the next three are unknown; these are inventions.
        .read("GetComplianceConfiguration") { _, _ in
            ["adminEmailPreviewEnabled": false, "logSuccessfulUserActivities": true, "retentionPoliciesEnabled": true]
        },
        .read("GetRetentionPolicies", isNew: true) { _, _ in
            [["id": 1, "name": "Zehn Jahre", "periodInterval": "year", "period": 10, "enabled": true]]
        },
        .read("GetServiceConfiguration", isNew: true) { world, _ in
            ["masterDatabasePath": #"D:\MailStore\Master"#, "serverName": .string(world.machineName)]
        },
        // A monitor has no business with the next three: what they answer with must turn up nowhere.
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

    /// The field names are an invention after .NET's TimeZoneInfo.
    @Sendable private static func timeZones(_ world: World, _ arguments: Arguments) -> JSONValue {
        let local: JSONValue = ["id": "$Local", "displayName": .string("Local (\(world.localZone.id))")]
        let zones = WindowsTimeZone.known.filter { arguments.quirks.knowsUTC || $0.id != "UTC" }
        return .array([local] + zones.map { ["id": .string($0.id), "displayName": .string($0.displayName)] })
    }
}
