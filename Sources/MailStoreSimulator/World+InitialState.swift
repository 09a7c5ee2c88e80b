// The archive of a medium-sized company in Germany, with characters that clients are likely to mishandle.
extension World {
    static let firstStores = [
        SimulatedStore(
            id: 1, name: "Archiv 2023", requestedState: "writeProtected", messages: 182_340, bytes: 17_880_213_504),
        SimulatedStore(id: 2, name: "Archiv 2024", messages: 241_977, bytes: 25_103_884_288),
        SimulatedStore(
            id: 3, name: "Archiv 2025 – Köln & Zürich", requestedState: "current", messages: 96_112,
            bytes: 10_402_861_056),
        SimulatedStore(
            id: 4, name: #"Altbestand "Übernahme" D:\Archiv"#, messages: 30_455, bytes: 2_204_811_264,
            searchIndexesNeedRebuild: true, failsEveryNthVerification: 3),
    ]

    static func firstUsers(administrator: String, password: String) -> [SimulatedUser] {
        var users = [
            SimulatedUser(
                userName: administrator, fullName: "Administrator", password: password,
                isAdministrator: true, mayUseAPI: true)
        ]
        let people = [
            ("j.mueller", "Jürgen Müller"), ("b.gross", "Bärbel Groß"), ("r.lefevre", "Renée Lefèvre"),
            ("o.sahin", "Özlem Şahin"), ("k.nowak", "Katarzyna Nowak"), ("t.jensen", "Tøger Jensen"),
            ("a.schmidt", "Anna Schmidt"), ("m.weber", "Max Weber"), ("l.kovacs", "László Kovács"),
            ("c.oconnor", "Ciarán O'Connor"), ("y.tanaka", "田中 優子"), ("p.vertrieb", "Vertrieb (Postfach)"),
        ]
        for (index, person) in people.enumerated() {
            let mfa = index % 3 == 1
            users.append(
                SimulatedUser(
                    userName: person.0, fullName: person.1,
                    distinguishedName: index % 4 == 3 ? nil : "CN=\(person.1),OU=Benutzer,DC=beispiel,DC=local",
                    mfaStatus: mfa ? "Enabled" : "Disabled"))
        }
        return users
    }

    static let firstProfiles: [SimulatedProfile] = [
        SimulatedProfile(
            id: 1, name: "Exchange-Postfächer (alle)", connector: "ExchangeMailboxes", pause: 1800,
            messagesPerHour: 90,
            outcomes: [.init("completedWithWarnings", 0.05), .init("failed", 0.01), .init("threadAbort", 0.002)]),
        SimulatedProfile(
            id: 2, name: "Google Workspace: Außendienst", connector: "Gmail", pause: 3600,
            maintenanceWindow: "02:00-04:00", messagesPerHour: 35,
            outcomes: [.init("disconnected", 0.02), .init("failed", 0.02), .init("cancelled", 0.005)]),
        SimulatedProfile(
            id: 3, name: "Microsoft 365 – Vertrieb", connector: "Microsoft365", pause: 7200,
            maintenanceWindow: "23:00-01:30", messagesPerHour: 50,
            outcomes: [.init("failed", 0.04), .init("completedWithWarnings", 0.08)]),
        SimulatedProfile(
            id: 4, name: "IMAP \"Journal\"", connector: "IMAP", pause: 10_800, messagesPerHour: 12,
            outcomes: [.init("completedWithErrors", 0.6), .init("failed", 0.02)]),
        SimulatedProfile(
            id: 5, name: "E-Mail-Dateien einlesen", owner: "a.schmidt", connector: "EmailFiles", automatic: false,
            pause: 0, messagesPerHour: 1, outcomes: [.init("cancelled", 0.2)]),
        SimulatedProfile(
            id: 6, name: "Export für Prüfer", owner: "m.weber", type: "export", connector: "EmailFiles",
            automatic: false, pause: 0, messagesPerHour: 0, outcomes: [.init("completedWithErrors", 0.1)]),
    ]

    static let firstJobs: [SimulatedJob] = [
        SimulatedJob(
            id: 1, name: "Wöchentliche Prüfung aller Speicher", action: "VerifyStores --includeIndexes=false",
            schedule: .weekly(weekday: 0, hour: 3, minute: 0)),
        SimulatedJob(
            id: 2, name: "Prüfung Archiv 2025", action: "VerifyStore --id=3 --includeIndexes=true",
            schedule: .weekly(weekday: 3, hour: 4, minute: 30), outcomes: [.init("cancelled", 0.1)]),
        SimulatedJob(
            id: 3, name: "Tägliche Sicherung", action: #"CreateBackup --path="D:\Sicherung""#,
            schedule: .daily(hour: 1, minute: 0), outcomes: [.init("failed", 0.06)]),
        SimulatedJob(
            id: 4, name: "Aufbewahrungsrichtlinien", action: "ProcessRetentionPolicies",
            schedule: .daily(hour: 23, minute: 30), outcomes: [.init("failed", 0.02)]),
        SimulatedJob(
            id: 5, name: "Archiv 2023 verdichten", action: "CompactStore --id=1",
            schedule: .weekly(weekday: 6, hour: 5, minute: 0)),
        SimulatedJob(
            id: 6, name: "Statistik", action: "RefreshAllStoreStatistics", schedule: .every(minutes: 360)),
        SimulatedJob(
            id: 7, name: "Monatsbericht", action: "SendStatusReport", timeZoneId: "W. Europe Standard Time",
            schedule: .monthly(day: nil, hour: 6, minute: 0)),
        SimulatedJob(
            id: 8, name: "Abgleich mit Verzeichnisdienst (alt)", action: "SyncUsersWithDirectoryServices",
            enabled: false, schedule: .every(minutes: 60)),
    ]
}
