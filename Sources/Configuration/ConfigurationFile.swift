import OperatingSystem
import PlainText

/// A configuration file as it was written: YAML, not yet checked for what it says.
package struct ConfigurationFile: Sendable {
    /// The largest file that is read, in bytes.
    package static let largest = 1 << 20

    /// The file, as it was named on the command line.
    package let path: String
    package let root: ConfigurationNode
    /// Mistakes of the YAML itself that leave the rest readable, such as a key that is given twice.
    package let mistakes: [ConfigurationMistake]

    /// Reads a file.
    ///
    /// - Throws: ``ConfigurationError`` where the file cannot be read, is empty or is not YAML.
    package static func load(path: String) throws(ConfigurationError) -> ConfigurationFile {
        let mistakes = MistakeCollector(file: nil)
        do {
            let bytes = try SmallFile.read(path, limit: largest)
            if let text = String(validating: bytes, as: UTF8.self) {
                return try ConfigurationFile(path: path, text: text)
            }
            mistakes.add("\(QuotedText(path)) is not UTF-8 text; save it as UTF-8", key: "--config.file")
        } catch let error as SmallFileError {
            mistakes.add(error.explanation(path: path), key: "--config.file")
        } catch let error as ConfigurationError {
            throw error
        } catch {
            mistakes.add("\(QuotedText(path)) cannot be read", key: "--config.file")
        }
        throw ConfigurationError(mistakes.mistakes)
    }

    /// Parses the text of a file.
    ///
    /// - Parameter path: The file's name for messages; relative paths in the file count from its folder.
    package init(path: String, text: String) throws(ConfigurationError) {
        let mistakes = MistakeCollector(file: path)
        // A byte order mark is what editors on Windows put in front.
        let content = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        let node = YAMLReader.read(content, mistakes: mistakes)
        guard let node else {
            if mistakes.mistakes.isEmpty { mistakes.add(Self.emptyMessage, key: "") }
            throw ConfigurationError(mistakes.mistakes)
        }
        if case .nothing = node.content {
            mistakes.add(Self.emptyMessage, key: "")
            throw ConfigurationError(mistakes.mistakes)
        }
        self.path = path
        self.root = node
        self.mistakes = mistakes.mistakes
    }

    private static let emptyMessage = """
        the file is empty; begin with targets: and give each a name, url, username and password_file
        """
}
