import MailStoreAPI
import OperatingSystem
import TestSupport

@testable import Commands
@testable import Configuration

/// The command check with a fake server, a fake network and a clock that stands still.
struct CheckBench: Sendable {
    let time = ManualTime()
    let server: FakeServer
    /// What names and connections come to.
    var resolved: Result<[NetworkAddress], NetworkFailure> = .success([NetworkAddress("192.0.2.7")])
    var connections: [String: NetworkFailure] = [:]
    var environment = ["MAILSTORE_PASSWORD": "correct horse"]
    var stateDirectory = "/nonexistent/state"

    init() {
        server = FakeServer(time: time)
    }

    /// The steps of a check of one server, by their names.
    func check(_ change: (inout TargetConfiguration) -> Void = { _ in }) async throws -> CheckOutcome {
        var target = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .environment("MAILSTORE_PASSWORD"))
        change(&target)
        return await check(Configuration(targets: [target]))
    }

    func check(_ configuration: Configuration, onlyTarget name: String? = nil) async -> CheckOutcome {
        var configuration = configuration
        configuration.stateDirectory = stateDirectory
        var steps: [CheckStep] = []
        let verdict = await command.run(configuration, from: "a test", onlyTarget: name) { steps.append($0) }
        return CheckOutcome(verdict: verdict, steps: steps)
    }

    var command: CheckCommand {
        let (server, resolved, connections) = (server, resolved, connections)
        let network = NetworkProbe(
            resolve: { _, _ in resolved },
            connect: { address, _, _ in connections[address.description].map { .failure($0) } ?? .success(.zero) })
        return CheckCommand(environment: environment, network: network, clock: time.clock) { _, _ in server }
    }

    /// A certificate that ends so many seconds after the present of the test.
    func certificate(endsIn seconds: Int64, verified: Bool = true) -> CertificateInfo {
        let now = Int64(time.now.secondsSince1970)
        var certificate = CertificateInfo(
            notAfter: now + seconds, notBefore: now - 86_400, subject: "CN=ARCHIVE", issuer: "CN=ARCHIVE",
            publicKeyPin: "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", verified: verified)
        (certificate.sha1, certificate.sha256) = ("AB12", "CD34")
        return certificate
    }

    /// A list of functions without some of them, as get-metadata gives it.
    static func metadata(
        without missing: [InformationalFunction], date: String? = nil, certificate: CertificateInfo? = nil
    ) -> FakeAnswer {
        let names = InformationalFunction.allCases.filter { !missing.contains($0) }
        let list = names.map { #"{"name": "\#($0.rawValue)", "args": []}"# }.joined(separator: ",")
        return .raw("[\(list)]", date: date, certificate: certificate)
    }
}

/// What a check came to.
struct CheckOutcome: Sendable {
    let verdict: CheckCommand.Verdict
    let steps: [CheckStep]

    /// The only step of that name; `nil` where there is none or there are several.
    subscript(name: String) -> CheckStep? {
        let found = steps.filter { $0.step == name }
        return found.count == 1 ? found[0] : nil
    }

    func names(_ status: CheckStatus) -> [String] {
        steps.filter { $0.status == status }.map(\.step)
    }
}

extension CheckStep {
    func detail(_ name: String) -> CheckDetail.Value? {
        details.first { $0.name == name }?.value
    }
}
