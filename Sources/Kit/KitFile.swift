/// A file that comes with the program.
package struct KitFile: Sendable, Equatable {
    /// Where it lies in the kit, such as `grafana/dashboards/mailstore-fleet.json`.
    package var path: String
    /// All that it holds.
    package var text: String

    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
