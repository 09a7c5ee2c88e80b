// A provider with customers all over Europe, whose names have characters that clients are likely to mishandle.
extension Installation {
    /// What is not in order with an instance, by its place among a hundred.
    private enum Oddity: Int {
        case noProviderAccess = 2, frozen, stopped, failedStart, safeMode, manualStart, storeError, inactiveHost, empty
        case noAlias
    }

    private static let customers = [
        "Müller & Söhne GmbH", "Bäckerei Groß", "Atelier Lefèvre", "Şahin Lojistik", "Zakłady Nowak", "Jensen Tøj ApS",
        "Rechtsanwälte \"Schmidt\" + Partner", "Weber, Weber & Weber", "Kovács és Társa", "O'Connor Shipping",
        "田中商事", #"Archiv\Nord"#,
    ]

    /// An empty installation, for MailStore Server, or one with the instances that the options ask for.
    ///
    /// - Parameters:
    ///   - options: The options of the simulator.
    ///   - start: The simulated time at which the simulator starts, in seconds since 1970 (UTC).
    init(_ options: SimulatorOptions, start: Double) {
        guard options.edition == .serviceProvider else { return }
        let count = max(0, options.instances)
        let active = max(2, (count + 99) / 100)
        hosts = [
            SimulatedHost(serverName: options.machineName, role: .managementServer, port: 8470),
            SimulatedHost(serverName: "SPE-CAS01", role: .clientAccessServer, port: 8473),
        ]
        for number in 1...(options.hasOddInstances ? active + 1 : active) {
            // Hosts without a base directory are known.
            hosts.append(
                SimulatedHost(
                    serverName: Self.hostName(number), role: .instanceHost, port: 8472,
                    baseDirectory: number == 2 ? nil : #"D:\MailStoreSPE"#))
        }
        messages = [ServiceMessage(.information, "The service is running.")]
        if options.hasOddInstances {
            hosts[hosts.count - 1].isActive = false
            messages += [
                ServiceMessage(.warning, "The licence has not been renewed for 2 days."),
                ServiceMessage(.error, "Search indexes need to be rebuilt."),
                ServiceMessage(.error, "\(Self.hostName(1)): 1 index", isSubItem: true),
            ]
        }
        instances.reserveCapacity(count)
        for index in 0..<count {
            let oddity = options.hasOddInstances ? Oddity(rawValue: index % 100) : nil
            let host = Self.hostName(oddity == .inactiveHost ? active + 1 : index % active + 1)
            instances.append(Self.instance(index + 1, oddity, on: host, options, start))
            _ = settle(index, restarts: oddity == .safeMode, at: start)
        }
    }

    private static func hostName(_ number: Int) -> String {
        "SPE-HOST" + (number < 10 ? "0" : "") + String(number)
    }

    /// The id of the instance with this number, which counts from 1.
    private static func id(_ number: Int) -> String {
        let digits = String(number)
        return "kunde" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func instance(
        _ number: Int,
        _ oddity: Oddity?,
        on host: String,
        _ options: SimulatorOptions,
        _ start: Double
    ) -> SimulatedInstance {
        let id = id(number)
        let name = customers[(number - 1) % customers.count]
        // The instances of a real provider were not all set up in the same second.
        let earlier = options.history > 0 ? Int(UInt64.hash(of: id) % 7200) : 0
        let begin = Int(start) - max(0, options.history) * 86_400 - earlier
        var instance = SimulatedInstance(
            id: id, displayName: number > customers.count ? "\(name) \(number)" : name, host: host, begin: begin,
            start: start, options: options
        ) { content in
            if oddity == .empty { content = WorldContent(users: Array(content.users.prefix(1))) }
            for index in content.stores.indices where oddity == .storeError {
                guard content.stores[index].requestedState == "current" else { continue }
                content.stores[index].error = "The database cannot be opened."
            }
        }
        instance.alias = oddity == .noAlias ? nil : "k\(number)"
        switch oddity {
        case .noProviderAccess: instance.hasProviderAccess = false
        case .frozen: instance.operation.isFrozen = true
        case .stopped: instance.operation.isRunning = false
        case .failedStart:
            instance.operation.isRunning = false
            instance.startStopError = "The instance could not be started: the base directory does not exist."
        case .safeMode: instance.operation.isInSafeMode = true
        case .manualStart: instance.startMode = "manual"
        case .storeError, .inactiveHost, .empty, .noAlias, nil: break
        }
        return instance
    }

    /// Adds an instance with an archive without runs.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - displayName: The customer's name.
    ///   - host: The name of an instance host; nil: the first one that is active.
    ///   - options: The options of the simulator.
    ///   - now: The simulated time, in seconds since 1970 (UTC).
    /// - Throws: If the id is empty or taken, or there is no such host.
    mutating func add(
        _ id: String,
        displayName: String,
        host: String?,
        options: SimulatorOptions,
        at now: Double
    ) throws(SimulatorError) {
        guard !id.isEmpty, index(of: id) == nil else {
            throw SimulatorError("an instance '\(id)' cannot be added: the id is empty, or taken")
        }
        let found = hosts.first { machine in
            machine.role == .instanceHost && (host.map { $0 == machine.serverName } ?? machine.isActive)
        }
        guard let found else { throw .noHost(host ?? "") }
        instances.append(
            SimulatedInstance(
                id: id, displayName: displayName, host: found.serverName, begin: Int(now), start: now,
                options: options))
        _ = settle(instances.count - 1, at: now)
    }
}
