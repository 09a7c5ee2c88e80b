/// The state of a simulated MailStore server at one simulated instant.
///
/// It is a pure value: with the same options, advanced to the same instant in any steps, it is always the same. It
/// never sleeps, reads a clock or uses the network.
public struct World: Sendable, Equatable {
    /// The version in GetServerInfo.
    public var version: String
    /// The machine name in GetServerInfo and in new profile runs.
    public var machineName: String
    /// Users that the licence allows.
    public var maxNamedUsers = 25
    /// The archive stores, by id.
    public var stores: [SimulatedStore] = []
    /// The users; the first one is the built-in administrator.
    public var users: [SimulatedUser] = []
    /// The login sessions.
    public var sessions: [SimulatedSession] = []
    /// The profiles, by id; ``add(_:)-(SimulatedProfile)`` and ``remove(profile:)`` change them.
    public internal(set) var profiles: [SimulatedProfile] = []
    /// The jobs, by id; ``add(_:)-(SimulatedJob)`` and ``remove(job:)`` change them.
    public internal(set) var jobs: [SimulatedJob] = []
    /// Finished runs of profiles, by id.
    public internal(set) var profileRuns: [ProfileRun] = []
    /// Finished runs of jobs, by id.
    public internal(set) var jobRuns: [JobRun] = []
    /// The simulated time of this state, in seconds since 1970 (UTC).
    public private(set) var now: Double
    /// Seconds by which the server's own clock is ahead of the simulated time, or behind if negative.
    ///
    /// The server records the times of runs and sessions by its own clock, and shows it in the header `Date`. Schedules
    /// follow the simulated time.
    public var clockError = 0
    /// How the server is operated; only an instance of the Service Provider Edition is ever not running normally.
    public internal(set) var operation = InstanceOperation()

    /// The name of the built-in administrator.
    let username: String
    /// Whether events happen automatically.
    let isAlive: Bool
    let localZone: WindowsTimeZone
    /// What the archive had at its start, or has after it was set up anew.
    let content: WorldContent
    /// What the server's process has done since its start.
    var activity: ProcessActivity
    var random: SimulatedRandom
    private var events: [WorldEvent] = []
    private var nextEventOrder = 0
    var nextProfileRunId = 1
    var nextJobRunId = 1
    private var nextSessionId = 1

    /// The stores that the server can use: all of them, or none if it is frozen.
    var openStores: [SimulatedStore] {
        operation.isFrozen ? [] : stores
    }

    /// The store that receives new messages; nil: archiving stops.
    public var currentStore: SimulatedStore? {
        openStores.first { $0.requestedState == "current" && $0.error == nil }
    }

    /// Creates an archive without any finished runs.
    ///
    /// - Parameters:
    ///   - options: The options of the simulator.
    ///   - begin: The instant of the state, in seconds since 1970 (UTC).
    ///   - content: What the archive has; nil: that of MailStore Server, which belongs to a medium-sized company.
    init(_ options: SimulatorOptions, begin: Int, content: WorldContent? = nil) {
        version = options.version
        machineName = options.machineName
        username = options.username
        isAlive = options.isAlive
        now = Double(begin)
        localZone = WindowsTimeZone.named(options.localTimeZone) ?? .utc
        random = SimulatedRandom(seed: options.seed)
        activity = ProcessActivity(since: Double(begin))
        let content = content ?? .server(options)
        self.content = content
        stores = content.stores
        users = content.users
        for profile in content.profiles { add(profile) }
        for job in content.jobs { add(job) }
        guard isAlive else { return }
        plan(.tick, at: (begin.flooredQuotient(by: Self.tickInterval) + 1) * Self.tickInterval)
        plan(.statistics, at: (begin.flooredQuotient(by: 3600) + 1) * 3600)
    }

    /// The time zone with this id, including `$Local`.
    func zone(_ id: String) -> WindowsTimeZone? {
        id == "$Local" ? localZone : WindowsTimeZone.named(id)
    }
}

/// A planned event on the server.
struct WorldEvent: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// Mail arrives; sessions start and end.
        case tick
        /// The statistics of the stores are refreshed.
        case statistics
        case profileStart(id: Int)
        case profileEnd(id: Int, result: String)
        case jobStart(id: Int)
        case jobEnd(id: Int, result: String)
        /// The way in which the server is operated changes.
        case operation(InstanceOperation, restarts: Bool)
    }

    /// Seconds since 1970 (UTC).
    var time: Int
    /// The order of events with the same time.
    var order: Int
    var kind: Kind
}

extension World {
    /// Runs everything that is due up to an instant, in seconds since 1970 (UTC); an instant in the past has no effect.
    mutating func advance(to instant: Double) {
        guard instant > now else { return }
        while let next = events.indices.min(by: { precedes(events[$0], events[$1]) }),
            Double(events[next].time) <= instant
        {
            let event = events.remove(at: next)
            now = max(now, Double(event.time))
            perform(event)
        }
        now = instant
    }

    /// Plans an event for an instant, in seconds since 1970 (UTC).
    mutating func plan(_ kind: WorldEvent.Kind, at time: Int) {
        events.append(WorldEvent(time: time, order: nextEventOrder, kind: kind))
        nextEventOrder += 1
    }

    /// Removes planned events.
    mutating func cancelEvents(where matches: (WorldEvent.Kind) -> Bool) {
        events.removeAll { matches($0.kind) }
    }

    private func precedes(_ first: WorldEvent, _ second: WorldEvent) -> Bool {
        (first.time, first.order) < (second.time, second.order)
    }

    private mutating func perform(_ event: WorldEvent) {
        switch event.kind {
        case .tick:
            receiveMail(at: event.time)
            changeSessions(at: event.time)
            plan(.tick, at: event.time + Self.tickInterval)
        case .statistics:
            refreshStatistics()
            plan(.statistics, at: event.time + 3600)
        case .profileStart(let id): beginProfile(id, at: event.time)
        case .profileEnd(let id, let result): endProfile(id, with: result, at: event.time)
        case .jobStart(let id): beginJob(id, at: event.time)
        case .jobEnd(let id, let result): endJob(id, with: result, at: event.time)
        case .operation(let operation, let restarts): operate(operation, restarts: restarts, at: event.time)
        }
    }
}

// Mail, sessions and statistics.
extension World {
    /// Seconds between two arrivals of mail.
    private static let tickInterval = 600

    /// The load at an instant, from 0 to 1; highest on working days from 8 to 18 in the server's time zone.
    func load(at instant: Int) -> Double {
        let civil = localZone.civil(at: instant)
        let isWeekend = civil.weekday == 0 || civil.weekday == 6
        switch civil.hour {
        case 8..<18: return isWeekend ? 0.1 : 1
        case 6..<8, 18..<22: return isWeekend ? 0.06 : 0.3
        default: return 0.03
        }
    }

    private mutating func receiveMail(at instant: Int) {
        let share = load(at: instant) * Double(Self.tickInterval) / 3600
        for index in profiles.indices where profiles[index].type == "archive" {
            profiles[index].backlog += random.around(profiles[index].messagesPerHour * share)
        }
    }

    /// Ends some sessions and starts others, to reach a number that fits the time of day.
    private mutating func changeSessions(at instant: Int) {
        guard operation.isRunning else { return }
        let people = users.filter { !$0.isAdministrator }
        sessions.removeAll { _ in random.chance(0.15) }
        let wanted = Int((Double(people.count) * 0.6 * load(at: instant)).rounded())
        while sessions.count < wanted, let user = people.randomElement(using: &random) {
            let client = random.chance(0.3) ? "Outlook Add-in" : random.chance(0.5) ? "Web Access" : "Client"
            sessions.append(
                SimulatedSession(
                    id: nextSessionId, userName: user.userName, client: client, since: Double(instant + clockError)))
            nextSessionId += 1
        }
    }

    /// Archives messages into the current store, if there is one.
    ///
    /// - Returns: The number of archived messages.
    mutating func archive(_ messages: Int) -> Int {
        guard let id = currentStore?.id, let index = stores.firstIndex(where: { $0.id == id }) else { return 0 }
        stores[index].messages += messages
        activity.messagesArchived += messages
        for _ in 0..<min(messages, 64) {
            // At most 64 random sizes are drawn for all messages, so that a large run is not slow.
            let bytes = random.whole(in: 4_000...180_000)
            stores[index].bytes += bytes * messages / min(messages, 64)
            activity.bytesArchived += bytes * messages / min(messages, 64)
        }
        return messages
    }

    private mutating func refreshStatistics() {
        guard operation.isRunning, !operation.isFrozen else { return }
        for index in stores.indices { stores[index].refreshStatistics() }
    }
}
