import CLibFuzzer
import Glibc

/// Runs libFuzzer on one target: `fuzz TARGET [flags, files and folders of libFuzzer]`; without arguments it lists the
/// targets.
enum Program {
    /// libFuzzer starts this program again with its own arguments only, so the target is in the environment too.
    private static let variable = "FUZZ_TARGET"
    private static let target =
        named(CommandLine.arguments.dropFirst().first) ?? named(getenv(variable).map { String(cString: $0) })

    private static func named(_ name: String?) -> FuzzTarget? { name.flatMap(FuzzTarget.named) }

    static func run() -> Int32 {
        guard let target else {
            for target in FuzzTarget.all { print(target.name) }
            return CommandLine.arguments.count == 1 ? 0 : 2
        }
        setenv(variable, target.name, 1)
        var arguments = CommandLine.arguments
        if arguments.dropFirst().first == target.name { arguments.remove(at: 1) }
        return run(arguments.map { strdup($0) } + [nil])
    }

    private static func run(_ arguments: [UnsafeMutablePointer<CChar>?]) -> Int32 {
        var arguments = arguments
        var count = Int32(arguments.count - 1)
        return arguments.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return LLVMFuzzerRunDriver(&count, &start) { bytes, count in
                Program.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        }
    }

    private static func check(_ input: [UInt8]) {
        do {
            try target?.check(input)
        } catch {
            fatalError("\(error)")
        }
    }
}

exit(Program.run())
