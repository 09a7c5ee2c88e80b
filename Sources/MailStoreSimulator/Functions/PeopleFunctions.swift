/// Functions that tell of users and sessions.
enum PeopleFunctions {
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
        // The fields of a session are unknown; these are inventions.
        .read("GetActiveSessions", isNew: true) { world, _ in
            .array(
                world.sessions.map { session in
                    [
                        "sessionId": .integer(session.id),
                        "userName": .string(session.userName),
                        "clientType": .string(session.client),
                        "loginTime": .string(WindowsTimeZone.utc.civil(at: Int(session.since)).text),
                    ]
                })
        },
    ]
}
