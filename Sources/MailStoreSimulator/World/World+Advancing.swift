extension World {
    /// Lets everything happen that is due up to an instant, in seconds since 1970 (UTC); a past one changes nothing.
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

    /// Plans something for an instant, in seconds since 1970 (UTC).
    mutating func plan(_ kind: WorldEvent.Kind, at time: Int) {
        events.append(WorldEvent(time: time, order: nextEventOrder, kind: kind))
        nextEventOrder += 1
    }

    /// Takes back what was planned.
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
        }
    }
}
