package import PlainText

/// Gathers the mistakes of one configuration while it is read.
package final class MistakeCollector {
    /// The file, as it was named; `nil` for flags.
    package let file: String?
    package private(set) var mistakes: [ConfigurationMistake] = []

    package init(file: String?) {
        self.file = file
    }

    package func add(_ message: String, key: String, line: Int? = nil) {
        mistakes.append(ConfigurationMistake(file: file, line: line, key: key, message: message))
    }

    package func add(_ found: [ConfigurationMistake]) {
        mistakes += found
    }

    /// Parses a value; a mistake in it is noted and answers `nil`.
    package func parse<Value>(
        _ text: String, key: String, line: Int? = nil, _ parser: (String) throws(InvalidValue) -> Value
    ) -> Value? {
        do {
            return try parser(text)
        } catch {
            add(error.description, key: key, line: line)
            return nil
        }
    }

    package func throwIfAny() throws(ConfigurationError) {
        guard mistakes.isEmpty else { throw ConfigurationError(mistakes) }
    }
}
