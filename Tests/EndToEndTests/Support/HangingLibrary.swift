import Foundation
import TestSupport

/// System calls that hang at a test's will: a library that the exporter loads before the C library.
///
/// The calls hang for as long as a file exists.
final class HangingLibrary: Sendable {
    /// What can hang.
    enum Call: String, CaseIterable {
        /// Every `fsync` and `fdatasync`, as on a disk that does not answer.
        case fsync = "HANG_FSYNC"
        /// The opening of files with `password` in their names.
        case password = "HANG_PASSWORD"
    }

    private let folder: TemporaryFolder
    /// The variables with which the exporter is started.
    let environment: [String: String]

    init() async throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let source = try folder.write(Self.source, to: "hanging.c")
        let output = try await Program.run(
            "clang", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", folder["hanging.so"], source],
            mergesErrors: true)
        guard output.exitCode == 0 else { throw TestFailure("the library was not built:\n\(output.text)") }
        environment = Dictionary(uniqueKeysWithValues: Call.allCases.map { ($0.rawValue, folder[$0.rawValue]) })
            .merging(["LD_PRELOAD": folder["hanging.so"]]) { $1 }
    }

    func hang(_ call: Call) throws {
        try folder.write("", to: call.rawValue)
    }

    func release(_ call: Call) throws {
        try FileManager.default.removeItem(atPath: folder[call.rawValue])
    }

    /// How many threads have been caught in the call.
    func caught(_ call: Call) -> Int {
        folder.files().filter { $0.hasPrefix(call.rawValue + ".") }.count
    }

    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static void hang(const char *name) {
            const char *path = getenv(name);
            if (!path || access(path, F_OK) != 0) return;
            char caught[4096];
            snprintf(caught, sizeof caught, "%s.%d", path, (int)gettid());
            close((int)syscall(SYS_openat, AT_FDCWD, caught, O_CREAT | O_WRONLY, 0600));
            while (access(path, F_OK) == 0) usleep(10000);
        }

        int fsync(int descriptor) {
            hang("HANG_FSYNC");
            return (int)syscall(SYS_fsync, descriptor);
        }

        int fdatasync(int descriptor) {
            hang("HANG_FSYNC");
            return (int)syscall(SYS_fdatasync, descriptor);
        }

        static int open_at(const char *path, int flags, mode_t mode) {
            if (strstr(path, "password")) hang("HANG_PASSWORD");
            return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
        }

        int open(const char *path, int flags, ...) {
            va_list list;
            va_start(list, flags);
            mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
            va_end(list);
            return open_at(path, flags, mode);
        }

        int open64(const char *path, int flags, ...) {
            va_list list;
            va_start(list, flags);
            mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
            va_end(list);
            return open_at(path, flags, mode);
        }

        """
}
