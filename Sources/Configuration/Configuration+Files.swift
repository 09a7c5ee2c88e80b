import OperatingSystem
import PlainText

extension Configuration {
    /// What is found when the files and variables that the configuration names are looked at.
    package struct Findings: Sendable, Equatable {
        /// What cannot work as it is, one text each.
        package var problems: [String] = []
        /// What works but is unwise, one text each.
        package var warnings: [String] = []
    }

    /// Looks whether every password and CA file can be read now; no finding holds any part of a password.
    ///
    /// A problem of one target does not concern the others, and may be gone a minute later; whether it stops the
    /// program is the caller's decision.
    package func checkFiles(environment: [String: String]) -> Findings {
        var findings = Findings()
        for target in targets {
            let place = "target \"\(target.name)\""
            do {
                _ = try target.password.read(environment: environment)
            } catch {
                findings.problems.append("\(place): \(error)")
            }
            if let warning = target.password.warning() { findings.warnings.append("\(place): \(warning)") }
            if let path = target.trust.caFile, let problem = Self.problem(ofCAFile: path) {
                findings.problems.append("\(place): \(problem)")
            }
            if target.trust.skipsVerification {
                findings.warnings.append(
                    "\(place): the server's certificate is not verified (insecure_skip_verify), so anybody on the way "
                        + "can read the password; give a ca_file or a pinned_public_key instead")
            }
        }
        return findings
    }

    private static func problem(ofCAFile path: String) -> String? {
        do {
            // The bundle of a whole system is below 1 MiB.
            let text = String(decoding: try SmallFile.read(path, limit: 16 << 20), as: UTF8.self)
            guard !text.contains("-----BEGIN ") else { return nil }
            return "the CA file \(QuotedText(path)) holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"
        } catch {
            return "the CA file cannot be used: \(error.explanation(path: path))"
        }
    }
}
