import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import OperatingSystem

@Suite("The kept logs of verifications", .timeLimit(.minutes(1)))
struct VerificationLogFileTests {
    @Test("are as many as configured, the newest of each store")
    func retention() async throws {
        var bench = try VerificationBench { $0.keptLogs = 3 }
        for number in 1...5 {
            bench.server.answer("VerifyStore", .running("t\(number)", version: 3, log: "run \(number)\r\n"))
            bench.server.answer("get-status", .ended())
            try await bench.runCampaign()
            #expect(try bench.keptLogs().count == min(number, 3))
            bench = try VerificationBench(after: bench) { $0.keptLogs = 3 }
        }
        #expect(try bench.keptLogs() == ["run 3\r\n", "run 4\r\n", "run 5\r\n"])
    }

    @Test("hold the log of a verification that was over at once, too")
    func overAtOnce() async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", .ended(log: "Nothing to verify.\r\n1 error\r\n"))
        try await bench.runCampaign()
        #expect(try bench.keptLogs() == ["Nothing to verify.\r\n1 error\r\n"])
        #expect(try await bench.page.value("mailstore_verification_log_error_lines") == 1)
    }

    @Test("of all stores together lie in a folder of their own")
    func together() async throws {
        let bench = try VerificationBench(stores: #"[{"id": 11}, {"id": 12}]"#) { $0.together = true }
        bench.server.answer("VerifyStores", .running("t1", version: 3, log: "all\r\n"))
        bench.server.answer("get-status", .ended())
        try await bench.runCampaign()
        #expect(try bench.keptLogs(of: "all") == ["all\r\n"])
    }

    @Test("can be read by their owner only")
    func permissions() async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", .running("t1", version: 3, log: "a\r\n"))
        bench.server.answer("get-status", .ended())
        try await bench.runCampaign()
        let path = try #require(bench.log.events.compactMap { $0.metadata["log"] }.first)
        for (path, mode) in [(path, 0o600), ((path as NSString).deletingLastPathComponent, 0o700)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode)
        }
    }

    @Test(
        "never leave their folder, whatever the server calls a store and a process",
        arguments: [("../../x", "../../y"), ("/etc", "a/b"), ("", ""), (".", ".."), ("ä\u{0}", "\n"), ("a b", "%2F")])
    func hostileIDs(store: String, token: String) throws {
        let folder = try TemporaryFolder()
        let archive = VerificationLogArchive(stateDirectory: folder.path, target: "archive", limit: 2)
        let path = try archive.begin(
            stores: [store], start: Timestamp(secondsSince1970: 1_767_225_600), token: token)
        let parts = path.dropFirst(folder.path.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        #expect(parts.count == 3)
        #expect(parts[0] == "archive.verifications")
        let isPlain = parts[1].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        #expect(isPlain && !parts[1].isEmpty)
        #expect(parts[2].hasPrefix("20260101T000000Z-") && parts[2].hasSuffix(".log"))
    }

    @Test("where they cannot be written, cost nothing but themselves", arguments: ["folder", "file"])
    func unwritable(obstacle: String) async throws {
        let bench = try VerificationBench()
        let folder = bench.folder.path + "/archive.verifications"
        if obstacle == "folder" {
            try Data().write(to: URL(fileURLWithPath: folder))
        } else {
            // A folder where the file should be.
            try FileManager.default.createDirectory(
                atPath: folder + "/11/20260101T010000Z-t1.log/x", withIntermediateDirectories: true)
        }
        bench.server.answer("VerifyStore", .running("t1", version: 3, log: "1 error\r\n"))
        bench.server.answer("get-status", .ended())
        try await bench.runCampaign()
        #expect(try await bench.counted == ["11 succeeded": 1])
        #expect(try await bench.page.value("mailstore_verification_log_error_lines") == 1)
        #expect(bench.complaints.first == "the log of a verification cannot be kept")
        #expect(bench.log.events.compactMap { $0.metadata["log"] } == ["not kept"])
    }

    @Test("are given up where the disk is full, and the verification goes on")
    func fullDisk() async throws {
        let bench = try VerificationBench()
        let folder = bench.folder.path + "/archive.verifications/11"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Writing to Linux's file that is always full fails as on a full disk.
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/20260101T010000Z-t1.log", withDestinationPath: "/dev/full")
        bench.server.answer("VerifyStore", .running("t1", version: 3, log: "1 error\r\n"))
        bench.server.answer("get-status", .running("t1", version: 4, log: "2 errors\r\n"), .ended())
        try await bench.runCampaign()
        #expect(try await bench.counted == ["11 succeeded": 1])
        #expect(try await bench.page.value("mailstore_verification_log_error_lines") == 2)
        #expect(bench.complaints.count { $0.contains("cannot be kept") } == 1, "said once")
    }

    @Test("are cut to what is known when they are opened again", arguments: [(4, "abcd"), (0, ""), (9, "abcdef")])
    func cut(size: Int, text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("abcdef", to: "x.log")
        let file = try VerificationLogFile(path: path, size: Int64(size))
        #expect(file.size == Int64(text.utf8.count))
        try file.append("ü\r\n")
        #expect(file.size == Int64(text.utf8.count + 4))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text + "ü\r\n")
    }
}
