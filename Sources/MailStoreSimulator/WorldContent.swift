/// What an archive consists of at its start.
struct WorldContent: Sendable, Equatable {
    var stores: [SimulatedStore] = []
    var users: [SimulatedUser] = []
    var profiles: [SimulatedProfile] = []
    var jobs: [SimulatedJob] = []

    /// The archive of MailStore Server.
    static func server(_ options: SimulatorOptions) -> WorldContent {
        var content = WorldContent(
            stores: World.firstStores,
            users: World.firstUsers(administrator: options.username, password: options.password),
            profiles: World.firstProfiles, jobs: World.firstJobs)
        content.translate(options.language)
        content.resize(options)
        return content
    }

    /// What the management server of the Service Provider Edition has: system administrators, and no archive.
    static func managementServer(_ options: SimulatorOptions) -> WorldContent {
        let users = World.firstUsers(administrator: options.username, password: options.password)
        return WorldContent(users: Array(users.prefix(1)))
    }

    /// The archive of an instance: smaller or larger than that of another one, and with fewer runs than a server's.
    static func instance(_ options: SimulatorOptions, seed: UInt64) -> WorldContent {
        var random = SimulatedRandom(seed: seed)
        // Most customers are small.
        let factor = 0.02 + 1.2 * random.unit() * random.unit()
        var content = WorldContent.server(options)
        content.users = Array(content.users.prefix(2 + random.whole(in: 0...11)))
        content.jobs = World.firstJobs
        content.translate(options.language)
        content.jobs = content.jobs.filter { !FunctionTable.serverOnly.contains($0.command) }
        for index in content.jobs.indices { content.jobs[index].id = index + 1 }
        content.resize(options)
        let isFlawless = !random.chance(0.1)
        for index in content.stores.indices {
            var store = content.stores[index]
            store.messages = Int(Double(store.messages) * factor)
            store.bytes = Int(Double(store.bytes) * factor)
            store.refreshStatistics()
            if isFlawless {
                store.searchIndexesNeedRebuild = false
                store.failsEveryNthVerification = nil
            }
            content.stores[index] = store
        }
        for index in content.profiles.indices {
            content.profiles[index].messagesPerHour *= factor
            content.profiles[index].pause *= 4
        }
        return content
    }

    /// Gives what has the names of the built-in archive those of another language.
    private mutating func translate(_ language: SimulatorOptions.Language) {
        guard language == .english else { return }
        func english(_ name: String) -> String { Self.english[name] ?? name }
        for index in stores.indices { stores[index].name = english(stores[index].name) }
        for index in profiles.indices { profiles[index].name = english(profiles[index].name) }
        for index in jobs.indices {
            jobs[index].name = english(jobs[index].name)
            jobs[index].action = english(jobs[index].action)
        }
    }

    private static let english = [
        "Archiv 2023": "Archive 2023", "Archiv 2024": "Archive 2024",
        "Archiv 2025 – Köln & Zürich": "Archive 2025 – London & Zürich",
        #"Altbestand "Übernahme" D:\Archiv"#: #"Old archive "takeover" D:\Archive"#,
        "Exchange-Postfächer (alle)": "Exchange mailboxes (all)",
        "Google Workspace: Außendienst": "Google Workspace: field staff",
        "Microsoft 365 – Vertrieb": "Microsoft 365 – sales",
        "E-Mail-Dateien einlesen": "Import of e-mail files", "Export für Prüfer": "Export for auditors",
        "Wöchentliche Prüfung aller Speicher": "Weekly verification of all stores",
        "Prüfung Archiv 2025": "Verification of Archive 2025", "Tägliche Sicherung": "Daily backup",
        #"CreateBackup --path="D:\Sicherung""#: #"CreateBackup --path="D:\Backup""#,
        "Aufbewahrungsrichtlinien": "Retention policies", "Archiv 2023 verdichten": "Compaction of Archive 2023",
        "Statistik": "Statistics", "Monatsbericht": "Monthly report",
        "Abgleich mit Verzeichnisdienst (alt)": "Synchronization with the directory service (old)",
    ]

    /// Gives the archive the numbers of stores, profiles and jobs that the options ask for.
    private mutating func resize(_ options: SimulatorOptions) {
        if let count = options.stores {
            stores = Self.repeated(stores, count) { store, id in
                if id != store.id {
                    let isWritable = store.requestedState == "current"
                    store = SimulatedStore(
                        id: id, name: "\(store.name) (\(id))",
                        requestedState: isWritable ? "normal" : store.requestedState, messages: store.messages / 2,
                        bytes: store.bytes / 2)
                }
            }
            let hasCurrent = stores.contains { $0.requestedState == "current" }
            if !hasCurrent, !stores.isEmpty { stores[stores.count - 1].requestedState = "current" }
        }
        if let count = options.profiles {
            profiles = Self.repeated(profiles, count) { profile, id in
                if id != profile.id { profile.name += " (\(id))" }
                profile.id = id
            }
        }
        if let count = options.jobs {
            jobs = Self.repeated(jobs, count) { job, id in
                if id != job.id { job.name += " (\(id))" }
                job.id = id
            }
        }
    }

    /// As many things as asked for, with ids from 1: the first ones of the list, and then again from its start.
    private static func repeated<Thing>(_ things: [Thing], _ count: Int, _ number: (inout Thing, Int) -> Void)
        -> [Thing]
    {
        guard !things.isEmpty else { return [] }
        return (0..<max(0, count)).map { index in
            var thing = things[index % things.count]
            number(&thing, index + 1)
            return thing
        }
    }
}
