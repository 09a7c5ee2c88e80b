import Testing

@testable import Collection
@testable import Configuration

@Suite("When the collectors of a target run")
struct TimetableTests {
    private func timetable(phase: Double = 1) -> Timetable {
        Timetable([.server, .jobs], at: .seconds(100), phase: phase)
    }

    /// Lets a collector end, with an interval of a minute.
    private func end(
        _ name: CollectorName, _ timetable: inout Timetable, at seconds: Int, pause: Duration? = nil
    ) {
        timetable.ended(name, at: .seconds(seconds), interval: .seconds(60), pause: pause)
    }

    @Test("all at once at first, each once; then each after its interval from when it was due")
    func beats() {
        var timetable = timetable()
        #expect(timetable.takeDue(at: .seconds(100)) == [.server, .jobs])
        #expect(timetable.takeDue(at: .seconds(100)) == [] && timetable.earliest == nil)
        end(.server, &timetable, at: 103)
        #expect(timetable.earliest == .seconds(160))
        #expect(timetable.takeDue(at: .seconds(159)) == [])
        #expect(timetable.takeDue(at: .seconds(161)) == [.server])
        end(.server, &timetable, at: 162)
        #expect(timetable.earliest == .seconds(220))
    }

    @Test("one that takes longer than its interval runs again at once, and misses what it missed")
    func slow() {
        var timetable = timetable()
        _ = timetable.takeDue(at: .seconds(100))
        end(.jobs, &timetable, at: 290)
        #expect(timetable.takeDue(at: .seconds(290)) == [.jobs])
        end(.jobs, &timetable, at: 291)
        #expect(timetable.earliest == .seconds(350))
    }

    @Test("one that waits for a refused login to be tried again runs when that time has come, if it is earlier")
    func pause() {
        var timetable = timetable()
        _ = timetable.takeDue(at: .seconds(100))
        end(.server, &timetable, at: 101, pause: .seconds(30))
        #expect(timetable.earliest == .seconds(131))
        _ = timetable.takeDue(at: .seconds(131))
        end(.server, &timetable, at: 132, pause: .seconds(900))
        #expect(timetable.earliest == .seconds(160))
    }

    @Test("a run before its time does not move the regular ones, and one that is running is not repeated")
    func hastened() {
        var timetable = timetable()
        _ = timetable.takeDue(at: .seconds(100))
        end(.server, &timetable, at: 101)
        timetable.hasten([.server, .jobs], at: .seconds(110))
        #expect(timetable.takeDue(at: .seconds(110)) == [.server])
        end(.server, &timetable, at: 111)
        end(.jobs, &timetable, at: 112)
        #expect(timetable.earliest == .seconds(160) && timetable.takeDue(at: .seconds(159)) == [])
        timetable.hasten([.server], at: .seconds(160))
        #expect(timetable.takeDue(at: .seconds(160)) == [.server, .jobs])
        end(.server, &timetable, at: 161)
        end(.jobs, &timetable, at: 161)
        #expect(timetable.earliest == .seconds(220))
    }

    @Test("the second rounds of many targets are spread over the interval, the others follow after whole ones")
    func phases() {
        for (phase, second) in [(0.25, 115), (0.5, 130), (1.0, 160)] {
            var timetable = timetable(phase: phase)
            _ = timetable.takeDue(at: .seconds(100))
            end(.server, &timetable, at: 101)
            #expect(timetable.earliest == .seconds(second))
            _ = timetable.takeDue(at: .seconds(second))
            end(.server, &timetable, at: second + 1)
            #expect(timetable.earliest == .seconds(second + 60))
        }
    }

    @Test("one that waits for another one's first run is due when it is released, and not before")
    func held() {
        var timetable = timetable()
        timetable.hold([.jobs])
        #expect(timetable.takeDue(at: .seconds(100)) == [.server] && timetable.earliest == nil)
        end(.server, &timetable, at: 101)
        #expect(timetable.earliest == .seconds(160))
        timetable.release()
        #expect(timetable.earliest == .seconds(100) && timetable.takeDue(at: .seconds(102)) == [.jobs])
    }
}
