/// A word of a command line as it may be pasted into a POSIX shell.
package struct ShellText: CustomStringConvertible {
    package let description: String

    package init(_ word: String) {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:=+,@%".utf8.contains(byte)
            }
        }
        if isPlain, !word.isEmpty {
            description = word
        } else {
            description =
                "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
        }
    }
}
