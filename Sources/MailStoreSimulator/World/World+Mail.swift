extension World {
    /// Seconds between two arrivals of mail.
    static let tickInterval = 600

    /// How busy people are at an instant, from 0 to 1: working days from 8 to 18 on the server's own clock.
    func business(at instant: Int) -> Double {
        let civil = localZone.civil(at: instant)
        let isWeekend = civil.weekday == 0 || civil.weekday == 6
        switch civil.hour {
        case 8..<18: return isWeekend ? 0.1 : 1
        case 6..<8, 18..<22: return isWeekend ? 0.06 : 0.3
        default: return 0.03
        }
    }

    mutating func receiveMail(at instant: Int) {
        let share = business(at: instant) * Double(Self.tickInterval) / 3600
        for index in profiles.indices where profiles[index].type == "archive" {
            profiles[index].backlog += random.around(profiles[index].messagesPerHour * share)
        }
    }

    /// Lets people log off and on, towards a number that fits the hour.
    mutating func changeSessions(at instant: Int) {
        let people = users.filter { !$0.isAdministrator }
        sessions.removeAll { _ in random.chance(0.15) }
        let wanted = Int((Double(people.count) * 0.6 * business(at: instant)).rounded())
        while sessions.count < wanted, let user = people.randomElement(using: &random) {
            let client = random.chance(0.3) ? "Outlook Add-in" : random.chance(0.5) ? "Web Access" : "Client"
            sessions.append(
                SimulatedSession(id: nextSessionId, userName: user.userName, client: client, since: Double(instant)))
            nextSessionId += 1
        }
    }

    /// Puts messages into the current store; without one nothing is archived.
    ///
    /// - Returns: how many were archived.
    mutating func archive(_ messages: Int) -> Int {
        guard let id = currentStore?.id, let index = stores.firstIndex(where: { $0.id == id }) else { return 0 }
        stores[index].messages += messages
        for _ in 0..<min(messages, 64) {
            // A few sizes stand for all of them, so that a large run costs no more than a small one.
            let bytes = random.whole(in: 4_000...180_000)
            stores[index].bytes += bytes * messages / min(messages, 64)
        }
        return messages
    }

    /// Makes GetStores tell what the stores hold at this moment.
    mutating func refreshStatistics() {
        for index in stores.indices { stores[index].refreshStatistics() }
    }
}
