import Foundation
import TestSupport
import Testing

@testable import Ledger
@testable import OperatingSystem

@Suite("The table of runs")
struct RunTableTests {
    private func run(_ id: String, _ hours: Double, _ random: inout SeededRandom) -> Run {
        var run = LedgerExample.run(
            id, completed: hours, ["succeeded", "failed", "odd"].randomElement(using: &random) ?? "")
        if random.happens(0.2) { run.completion = nil }
        if random.happens(0.2) { run.start = nil }
        if random.happens(0.1) { run.place = LedgerExample.time(hours + 1) }
        return run
    }

    @Test("holds what a dictionary holds, whatever comes and goes, and its bounds cover all runs", arguments: 0..<40)
    func model(seed: Int) {
        var random = SeededRandom(seed: seed)
        var table = RunTable()
        var model: [String: Run] = [:]
        if random.happens(0.5) { table.reserve(Int.random(in: 0...100, using: &random)) }
        for step in 0..<Int.random(in: 1...400, using: &random) {
            let id = "\(Int.random(in: 0...60, using: &random))"
            let key = random.happens(0.8) ? id : id + "@"
            switch Int.random(in: 0...19, using: &random) {
            case 0:
                table[key] = nil
                model[key] = nil
            case 1:
                let horizon = LedgerExample.time(random.seconds(-50...50))
                func isOld(_ run: Run) -> Bool { (run.place ?? run.recorded).map { $0 < horizon } ?? false }
                let removed = table.remove(where: isOld)
                #expect(Set(removed) == Set(model.values.filter(isOld)))
                model = model.filter { !isOld($0.value) }
                #expect(table.earliest >= horizon)
            case 2:
                let latest = LedgerExample.time(random.seconds(-50...100))
                table.change(where: { _ in true }) { _ = $0.disbelieve(after: latest) }
                for key in model.keys { _ = model[key]?.disbelieve(after: latest) }
                #expect(table.latest <= latest)
            default:
                let new = run(id, random.seconds(-100...100), &random)
                table[key] = new
                model[key] = new
            }
            #expect(table.count == model.count)
            #expect(table[key] == model[key], "seed \(seed), step \(step)")
        }
        #expect(Dictionary(uniqueKeysWithValues: table.elements.map { ($0.key, $0.run) }) == model)
        #expect(table == RunTable(model))
        for run in model.values {
            if let instant = run.place ?? run.recorded { #expect(table.earliest <= instant) }
            for time in [run.start, run.completion] where run.isDoubted != true {
                #expect(time.map { $0 <= table.latest } ?? true)
            }
        }
    }

    @Test("tables with the same runs in another order are equal; another key or another run makes a difference")
    func equality() {
        var random = SeededRandom(seed: 1)
        let runs = (1...50).map { run("\($0)", Double($0), &random) }
        var (one, other) = (RunTable(), RunTable())
        for run in runs { one[run.id] = run }
        for run in runs.reversed() { other[run.id] = run }
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        other["7"] = nil
        #expect(one != other)
        other["7@"] = runs[6]
        #expect(one != other)
        other["7@"] = nil
        other["7"] = runs[7]
        #expect(one != other)
    }

    @Test("a document holds it as an object, and gives it back")
    func document() throws {
        var random = SeededRandom(seed: 2)
        var table = RunTable()
        for number in 1...20 { table["\(number)"] = run("\(number)", Double(number), &random) }
        table["3@"] = run("3", 30, &random)
        let text = try JSONEncoder().encode(table)
        #expect(try JSONDecoder().decode(RunTable.self, from: text) == table)
        #expect(try JSONDecoder().decode([String: Run].self, from: text)["3@"]?.id == "3")
    }
}

@Suite("A run in memory")
struct RunStorageTests {
    @Test("is small, because there may be millions of them")
    func size() {
        #expect(MemoryLayout<Run>.stride <= 56)
    }

    @Test("keeps whatever it is given, and can be changed back")
    func fields() throws {
        let plain = LedgerExample.run("1", completed: 1)
        var run = plain
        let changes: [(inout Run) -> Void] = [
            { $0.result = "halfDone" }, { $0.verifies = "*" }, { $0.place = LedgerExample.time(3) },
            { $0.recordedStart = LedgerExample.time(4) }, { $0.isLocal = true }, { $0.isApproximate = true },
            { $0.isDoubted = true }, { $0.itemsArchived = 0 }, { $0.start = nil }, { $0.completion = nil },
        ]
        for change in changes {
            let before = run
            change(&run)
            #expect(run != before)
            let text = try JSONEncoder().encode(run)
            #expect(try JSONDecoder().decode(Run.self, from: text) == run)
        }
        #expect(run.result == "halfDone" && run.verifies == "*")
        #expect(run.place == LedgerExample.time(3) && run.recordedStart == LedgerExample.time(4))
        #expect(run.isLocal == true && run.isApproximate == true && run.isDoubted == true)
        #expect(run.itemsArchived == 0 && run.start == nil && run.completion == nil)
        run.result = plain.result
        (run.verifies, run.place, run.recordedStart) = (nil, nil, nil)
        (run.isLocal, run.isApproximate, run.isDoubted, run.itemsArchived) = (nil, nil, nil, nil)
        (run.start, run.completion) = (plain.start, plain.completion)
        #expect(run == plain)
    }

    @Test(
        "has every result that servers are known to give, and words of newer ones",
        arguments: ResultVocabulary.runs + ["lost", "other", ""])
    func results(word: String) {
        #expect(Run(id: "1", result: word).result == word)
    }
}
