import Glibc

/// Writes Swift source that holds the files of the kit: `KitGenerator OUTPUT STAMP NAME FOLDER ...`.
@main
enum KitGenerator {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 2, arguments.count.isMultiple(of: 2) else {
            end("call it with the output, the stamp, and a name and a path for each folder")
        }
        do throws(GeneratorError) {
            var entries: [String] = []
            for index in stride(from: 2, to: arguments.count, by: 2) {
                entries += try Self.entries(of: SourceFolder(name: arguments[index], path: arguments[index + 1]))
            }
            try SourceFile(path: arguments[0]).write(source(entries))
            try SourceFile(path: arguments[1]).touch()
        } catch {
            end(error.description)
        }
    }

    /// One element of the array for each file.
    ///
    /// The kit's own files are laid out in folders. In the others only what lies at the top and has an ending of the
    /// kit counts: tests and sources are no part of it.
    private static func entries(of folder: SourceFolder) throws(GeneratorError) -> [String] {
        let isOwn = folder.name == "files"
        var entries: [String] = []
        for file in try folder.files(isDeep: isOwn) where isOwn || endings.contains(where: { file.hasSuffix($0) }) {
            let source = SourceFile(path: "\(folder.path)/\(file)")
            do throws(GeneratorError) {
                entries.append(try entry(name: "\(folder.name)/\(file)", text: try source.read()))
            } catch {
                throw GeneratorError("\(source.path) \(error)")
            }
        }
        return entries
    }

    private static let endings = [".json", ".md", ".yml"]

    static func entry(name: String, text: String) throws(GeneratorError) -> String {
        "(\n\(try SwiftLiteral(name).source),\n\(try SwiftLiteral(text).source)\n)"
    }

    /// The whole file.
    static func source(_ entries: [String]) -> String {
        """
        // Generated from the files it holds. Change those.

        /// The files of the kit by their names in the sources, ordered by folder and name.
        enum KitSources {
            static let all: [(name: String, text: String)] = [
        \(entries.joined(separator: ",\n"))
            ]
        }

        """
    }

    private static func end(_ message: String) -> Never {
        // The form in which the build shows an error as one.
        var line = "error: \(message)\n"
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(1)
    }
}
