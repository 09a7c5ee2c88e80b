internal import Glibc

/// The values of the usual `process_*` families, from the kernel.
struct ProcessMetrics: Sendable {
    /// User and system time, in seconds.
    var cpuSeconds: Double
    var residentBytes: Double?
    var virtualBytes: Double?
    var openDescriptors: Double?
    /// The limit on open descriptors.
    var maximumDescriptors: Double?

    /// Reads the current values; a value that cannot be read is absent.
    init() {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        cpuSeconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
        let pages = Self.read("/proc/self/statm")?.split(separator: " ").compactMap { Double($0) } ?? []
        let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
        if pages.count > 1 {
            virtualBytes = pages[0] * pageSize
            residentBytes = pages[1] * pageSize
        }
        openDescriptors = Self.countDescriptors()
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            maximumDescriptors = Double(limit.rlim_cur)
        }
    }

    /// When the process was started, in seconds since 1970; `nil` if /proc cannot be read.
    static let startTime: Double? = {
        // The name of the program in the second field may contain spaces and parentheses: count from the last one.
        guard let stat = read("/proc/self/stat"), let end = stat.lastIndex(of: ")"),
            let boot = read("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootTime = Double(boot.dropFirst(6))
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
        return bootTime + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = Glibc.read(descriptor, &buffer, buffer.count), count > 0 {
            content += buffer[..<count]
        }
        return String(decoding: content, as: UTF8.self)
    }

    private static func countDescriptors() -> Double? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var entries = 0
        while readdir(directory) != nil { entries += 1 }
        // Not counted: ".", "..", and the directory itself.
        return Double(max(0, entries - 3))
    }
}
