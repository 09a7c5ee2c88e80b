import Foundation
import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Configuration
@testable import Web

/// The pages for people over one collected target, without a network.
struct PagesBench {
    let target: TargetBench
    let web: WebBench

    /// - Parameters:
    ///   - change: changes the target's configuration.
    ///   - changeAll: changes the rest of it.
    init(
        target change: (inout TargetConfiguration) -> Void = { _ in },
        configuration changeAll: (inout Configuration) -> Void = { _ in }
    ) throws {
        target = try TargetBench(target: change, configuration: changeAll)
        web = try WebBench()
        web.time.advance(by: target.time.now.since(web.time.now))
    }

    var server: FakeServer { target.server }

    /// Collects, and hands over what the collection has to say.
    func collect(_ names: CollectorName...) async {
        for name in names.isEmpty ? CollectorName.allCases : names { await target.collection.runOnce(name) }
        await publish()
    }

    func publish() async {
        await target.collection.publish()
        if let page = target.sink.page { web.store.update(page) }
        web.time.advance(by: .seconds(2))
        target.time.advance(by: .seconds(2))
    }

    /// The page at a path.
    func page(_ path: String) async throws -> FakeScraper.Answer {
        try await web.serving { try await $0.get(path) }
    }

    /// The one target of the JSON.
    func json() async throws -> JSONObject {
        let answer = try await page("/api/v1/status")
        let data = try #require(try JSONObject(answer.body)["data"])
        return try #require(data.items("targets").first)
    }
}

/// An object of JSON, as a client reads it.
struct JSONObject {
    let fields: [String: Any]

    init(_ bytes: [UInt8]) throws {
        fields = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    private init(_ fields: [String: Any]) {
        self.fields = fields
    }

    subscript(key: String) -> JSONObject? {
        (fields[key] as? [String: Any]).map(JSONObject.init)
    }

    func text(_ key: String) -> String? { fields[key] as? String }
    func number(_ key: String) -> Double? { (fields[key] as? NSNumber)?.doubleValue }
    func truth(_ key: String) -> Bool? { fields[key] as? Bool }
    func items(_ key: String) -> [JSONObject] { (fields[key] as? [[String: Any]] ?? []).map(JSONObject.init) }
}
