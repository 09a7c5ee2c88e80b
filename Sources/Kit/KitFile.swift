/// A file that comes with the program.
public struct KitFile: Sendable, Equatable {
    /// Where it lies in the kit, such as `grafana/dashboards/mailstore-fleet.json`.
    public var path: String
    /// All that it holds.
    public var text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
