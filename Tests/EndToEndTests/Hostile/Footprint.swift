import Foundation

/// What a process takes of its machine.
struct Footprint {
    /// Open descriptors.
    var descriptors: Int
    /// Resident memory, in kilobytes.
    var memory: Int

    init(descriptors: Int, memory: Int) {
        self.descriptors = descriptors
        self.memory = memory
    }

    init(of exporter: Exporter) throws {
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(exporter.program.pid)/fd").count
        memory = exporter.memory("VmRSS") ?? 0
    }
}
