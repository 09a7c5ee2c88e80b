import TestSupport
import Testing

@testable import Configuration
@testable import PlainText

@Suite("A shard")
struct ShardTests {
    private let names = (1...1000).map { "server-\($0).example.com" }

    private static func owners(of names: [String], among count: Int) throws -> [Int] {
        let any = try Shard(parsing: "1/\(count)")
        return names.map { any.owner(of: $0).number }
    }

    @Test("takes each target together with the others exactly once", arguments: [1, 2, 3, 7, 16])
    func partition(count: Int) throws {
        let shards = try (1...count).map { try Shard(parsing: "\($0)/\(count)") }
        for name in names { #expect(shards.filter { $0.takes(name) }.count == 1, "\(name) of \(count)") }
    }

    @Test(
        "gets about its share, whatever the names look like",
        arguments: ["server-%.example.com", "customer%", "%", "mailstore-%-prod", "a.b.c.d.e.%"])
    func balance(pattern: String) throws {
        let names = (1...1000).map { pattern.replacing("%", with: "\($0)") }
        let owners = try Self.owners(of: names, among: 3)
        for number in 1...3 {
            let share = Double(owners.count { $0 == number }) / 1000 * 3
            #expect((0.9...1.1).contains(share), "\(number)/3 has \(share) of its share")
        }
    }

    @Test("takes its targets from all others when it is added, and moves none between them")
    func growth() throws {
        for count in 1...10 {
            let before = try Self.owners(of: names, among: count)
            let after = try Self.owners(of: names, among: count + 1)
            let moved = zip(before, after).filter { $0 != $1 }
            #expect(moved.allSatisfy { $0.1 == count + 1 })
            #expect(Set(moved.map(\.0)).count == count, "of \(count)")
            let share = Double(moved.count) / Double(names.count) * Double(count + 1)
            #expect((0.85...1.15).contains(share), "\(moved.count) of \(names.count) move to \(count + 1)")
        }
    }

    @Test("is the same on every machine and in every version")
    func vectors() throws {
        let names = ["archive", "headquarters", "branch", "a", "MAIL_1.example.com"]
        #expect(try Self.owners(of: names, among: 3) == [2, 1, 2, 2, 2])
        #expect(try Self.owners(of: names, among: 1000) == [461, 416, 726, 663, 192])
    }

    @Test(
        "that is none is refused with what to write",
        arguments: ["", "1", "0/3", "4/3", "-1/3", "1/0", "1/1001", "a/b", "1/2/3", "1 / 2"])
    func mistakes(text: String) {
        #expect(throws: InvalidValue.self) { try Shard(parsing: text) }
    }

    @Test("counted from 0 is refused with the first and the last one")
    func zero() {
        let error = #expect(throws: InvalidValue.self) { try Shard(parsing: "0/3") }
        #expect(error?.description.contains("the first of three is 1/3, the last one 3/3") == true)
    }
}
