import Testing

@testable import Configuration
@testable import PlainText

@Suite("Names of targets")
struct TargetNameTests {
    @Test(
        "a target is named after its host",
        arguments: [
            ("mail.example.com", "mail.example.com"), ("::1", "1"), ("2001:db8::1", "2001-db8--1"),
            ("::", "mailstore"), (String(repeating: "a", count: 70), String(repeating: "a", count: 64)),
        ])
    func nameFromHost(host: String, name: String) throws {
        #expect(TargetName.fromHost(host) == name)
        #expect(try TargetName.parse(name) == name)
    }
}

@Suite("A shard")
struct ShardTests {
    private let names = (1...500).map { "server-\($0).example.com" }

    @Test("takes each target together with the others exactly once, and none takes far more than its share")
    func partition() throws {
        for count in [1, 2, 3, 7, 16] {
            let shards = try (1...count).map { try Shard(parsing: "\($0)/\(count)") }
            for name in names { #expect(shards.filter { $0.takes(name) }.count == 1, "\(name) of \(count)") }
            for shard in shards {
                let taken = names.filter(shard.takes).count
                #expect(abs(taken - names.count / count) < names.count / count, "\(shard)")
            }
        }
    }

    /// The 64-bit FNV-1a hashes of these names are published: 0xaf63dc4c8601ec8c and 0x85944171f73967e8.
    @Test(
        "is decided by FNV-1a: an update of the program moves no target",
        arguments: [
            ("a", 0xAF63_DC4C_8601_EC8C as UInt64), ("foobar", 0x8594_4171_F739_67E8),
        ])
    func hash(name: String, hash: UInt64) throws {
        for count in [2, 3, 5, 1000] {
            let expected = Int(hash % UInt64(count)) + 1
            #expect(try Shard(parsing: "\(expected)/\(count)").takes(name))
        }
    }

    @Test(
        "that is none is refused with what to write",
        arguments: ["", "1", "0/3", "4/3", "-1/3", "1/0", "1/1001", "a/b", "1/2/3", "1 / 2"])
    func mistakes(text: String) {
        #expect(throws: InvalidValue.self) { try Shard(parsing: text) }
    }
}
