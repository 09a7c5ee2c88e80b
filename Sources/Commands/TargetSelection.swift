package import Configuration
import PlainText

extension Configuration {
    /// The one server that a command concerns.
    ///
    /// - Parameter name: As `--target` gives it; `nil` where it was not given, which one target alone allows.
    /// - Throws: ``CommandError`` that lists the names there are.
    package func target(named name: String?) throws(CommandError) -> TargetConfiguration {
        let names = targets.map(\.name).joined(separator: ", ")
        if let name {
            if let target = targets.first(where: { $0.name == name }) { return target }
            let nearest = NearestName.find(name, among: targets.map(\.name)).map { "; did you mean \($0)?" } ?? ""
            throw CommandError(
                .configuration, "--target: there is no target \(QuotedText(name)); there are: \(names)\(nearest)")
        }
        guard targets.count == 1 else {
            throw CommandError(
                .configuration, "the configuration has several targets; pick one with --target, of: \(names)")
        }
        return targets[0]
    }
}
