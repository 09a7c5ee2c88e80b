import Configuration
import OperatingSystem
import PlainText

/// Reads the files that a web configuration names, and remembers which they are.
final class WebFileReader {
    private let paths: PathResolver
    /// As they can be opened; also those that could not be read, since they may be there a moment later.
    private(set) var files: [String] = []

    /// - Parameter configurationFile: Relative paths count from its folder.
    init(configurationFile: String) {
        paths = PathResolver(configurationFile: configurationFile, environment: [:])
    }

    /// The text of a file.
    func text(of written: String) throws(InvalidValue) -> String {
        let path = try paths.resolve(written)
        files.append(path)
        do throws(SmallFileError) {
            // PEM is ASCII; what people write around it may be anything.
            return String(decoding: try SmallFile.read(path, limit: PEMText.largest), as: UTF8.self)
        } catch {
            throw InvalidValue("cannot be used: \(error.explanation(path: path))")
        }
    }

    /// What is unwise about a file with a secret in it.
    func warning(_ written: String) -> String? {
        guard let path = try? paths.resolve(written), SmallFile.isWorldReadable(path) else { return nil }
        return "every user of this machine can read the private key in \(QuotedText(path)); chmod o-r it"
    }
}
