import Glibc

/// A file on disk, read and written whole.
struct SourceFile {
    let path: String

    /// The file's text.
    ///
    /// - Throws: ``GeneratorError`` where it cannot be read or is not UTF-8.
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

    /// Writes the text in the place of what the file held; one that holds it already is not touched, so that nothing
    /// is compiled anew.
    func write(_ text: String) throws(GeneratorError) {
        if let present = try? read(), present.utf8.elementsEqual(text.utf8) { return }
        guard let file = fopen(path, "wb") else { throw failure("cannot be opened for writing") }
        var text = text
        let isWritten = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
        guard fclose(file) == 0, isWritten else { throw failure("cannot be written") }
    }

    /// Makes the file one that was changed now.
    func touch() throws(GeneratorError) {
        guard utimensat(AT_FDCWD, path, nil, 0) == 0 else { throw failure("cannot be touched") }
    }

    private func failure(_ what: String) -> GeneratorError {
        GeneratorError("\(what): \(String(cString: strerror(errno)))")
    }
}
