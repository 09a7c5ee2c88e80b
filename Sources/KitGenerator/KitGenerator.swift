import Glibc

/// Writes Swift source that embeds the files of the kit: `KitGenerator OUTPUT STAMP NAME FOLDER ...`.
@main
enum KitGenerator {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 2, arguments.count.isMultiple(of: 2) else {
            end("usage: KitGenerator OUTPUT STAMP NAME FOLDER ...")
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

    /// An array element for each file of a folder.
    ///
    /// The kit's own folder is read with its subfolders. In the others only files at the top level with a suffix of the
    /// kit are used, because the subfolders contain tests and generators.
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

    /// The generated file.
    static func source(_ entries: [String]) -> String {
        """
        // Generated from the embedded files. Edit those instead.

        /// The files of the kit, named as in the sources, ordered by folder and name.
        enum KitSources {
            static let all: [(name: String, text: String)] = [
        \(entries.joined(separator: ",\n"))
            ]
        }

        """
    }

    private static func end(_ message: String) -> Never {
        // The build shows a line of this form as an error.
        var line = "error: \(message)\n"
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(1)
    }
}

/// A folder with files of the kit.
private struct SourceFolder {
    /// The prefix of the names of its files.
    let name: String
    let path: String

    /// The paths of its files, relative to the folder and ordered.
    ///
    /// - Parameter isDeep: Whether to include subfolders.
    /// - Throws: ``GeneratorError`` if the folder cannot be read.
    func files(isDeep: Bool) throws(GeneratorError) -> [String] {
        guard let folder = opendir(path) else {
            throw GeneratorError("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { closedir(folder) }
        var found: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Files of editors and file managers.
            if name.hasPrefix(".") || name.hasSuffix("~") { continue }
            var status = stat()
            guard stat("\(path)/\(name)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                guard isDeep else { continue }
                let below = SourceFolder(name: name, path: "\(path)/\(name)")
                found += try below.files(isDeep: true).map { "\(name)/\($0)" }
            } else {
                found.append(name)
            }
        }
        return found.sorted()
    }
}

/// A file that is read and written as a whole.
private struct SourceFile {
    let path: String

    /// - Throws: ``GeneratorError`` if the file cannot be read or is not UTF-8.
    func read() throws(GeneratorError) -> String {
        guard let file = fopen(path, "rb") else { throw failure("cannot be opened") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&block, 1, block.count, file)
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        guard ferror(file) == 0 else { throw failure("cannot be read") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw GeneratorError("is not UTF-8 text; save it as UTF-8")
        }
        return text
    }

    /// Writes the text, unless the file already contains it: a new date would make the build compile it again.
    func write(_ text: String) throws(GeneratorError) {
        if let present = try? read(), present.utf8.elementsEqual(text.utf8) { return }
        guard let file = fopen(path, "wb") else { throw failure("cannot be opened for writing") }
        var text = text
        let isWritten = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
        guard fclose(file) == 0, isWritten else { throw failure("cannot be written") }
    }

    /// Sets the modification date to now.
    func touch() throws(GeneratorError) {
        guard utimensat(AT_FDCWD, path, nil, 0) == 0 else { throw failure("cannot be touched") }
    }

    private func failure(_ what: String) -> GeneratorError {
        GeneratorError("\(what): \(String(cString: strerror(errno)))")
    }
}

/// A Swift string literal whose value has exactly the bytes of a text.
struct SwiftLiteral {
    /// A raw multi-line literal, with its delimiters at the start of their lines.
    let source: String

    /// - Throws: ``GeneratorError`` if the text has control characters that Swift source cannot contain unescaped.
    init(_ text: String) throws(GeneratorError) {
        // The compiler turns a carriage return into a line feed, and rejects most other control characters.
        if let control = text.unicodeScalars.first(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\t" }) {
            throw GeneratorError(
                "has the control character \(control.value); remove it, and end lines with a line feed only")
        }
        let fence = String(repeating: "#", count: Self.fenceLength(for: text))
        source = "\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)"
    }

    /// The smallest number of `#` with which the text has neither a closing delimiter nor an escape in it.
    private static func fenceLength(for text: String) -> Int {
        var longest = 0
        var run: Int?
        var quotes = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "#"):
                if let length = run {
                    run = length + 1
                    longest = max(longest, length + 1)
                }
                quotes = 0
            case UInt8(ascii: "\""):
                quotes += 1
                run = quotes >= 3 ? 0 : nil
            case UInt8(ascii: "\\"):
                run = 0
                quotes = 0
            default:
                run = nil
                quotes = 0
            }
        }
        return longest + 1
    }
}

/// Why the source could not be generated.
struct GeneratorError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
