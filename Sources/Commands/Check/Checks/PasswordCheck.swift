import Configuration
import PlainText

/// Whether the password can be read; it is not tried yet.
struct PasswordCheck: TargetCheck {
    static let name = CheckName.password
    static let needs: [CheckName] = []

    func run(_ examination: inout Examination) async -> [Finding] {
        let source = examination.target.password
        let details = [CheckDetail.text("source", source.kind), .text("username", examination.target.username)]
        do throws(PasswordError) {
            _ = try source.read(environment: examination.environment)
        } catch {
            return [Finding(.failed, "the password cannot be read", remedy: error.description, details: details)]
        }
        let user = "the password of \(QuotedText(examination.target.username)) comes from \(source.place)"
        guard let warning = source.warning() else { return [Finding(.ok, user, details: details)] }
        return [Finding(.warning, user, remedy: warning, details: details)]
    }
}

extension PasswordSource {
    fileprivate var kind: String {
        switch self {
        case .file: "file"
        case .environment: "environment"
        case .inline: "configuration"
        }
    }

    fileprivate var place: String {
        switch self {
        case .file(let path): "the file \(QuotedText(path))"
        case .environment(let name): "the environment variable \(name)"
        case .inline: "the configuration itself"
        }
    }
}
