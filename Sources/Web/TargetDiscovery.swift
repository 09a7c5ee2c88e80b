import Configuration
import MicroHTTPServer
import PlainText

/// The page at `/sd`, for `http_sd_configs` of Prometheus: what there is to scrape, with the user's labels.
enum TargetDiscovery {
    /// One address to scrape.
    struct Entry {
        /// The name of the target; of an instance, followed by its id.
        private let name: String
        /// Parameters for `/probe` and the user's labels.
        private let labels: [(name: String, value: String)]

        /// A target; by instance, with the parameters for `/probe`, as all entries have then.
        init(target: String, byInstance: Bool, labels: TargetLabels) {
            self.init(target, byInstance ? [("__param_target", target)] : [], labels)
        }

        /// A Service Provider Edition without its instances.
        init(environmentOf target: String, labels: TargetLabels) {
            self.init(target, [("__param_target", target), ("__param_instances", "no")], labels)
        }

        init(target: String, instance: String, labels: TargetLabels) {
            self.init(
                "\(target)/\(instance)", [("__param_target", target), ("__param_instance_id", instance)], labels)
        }

        private init(_ name: String, _ parameters: [(String, String)], _ labels: TargetLabels) {
            self.name = name
            self.labels = parameters + labels.all.map { ($0.name, $0.value) }
        }

        fileprivate var json: String {
            let labels = labels.map { "\(JSONText($0.name)): \(JSONText($0.value))" }
            return "{\"targets\": [\(JSONText(name))], \"labels\": {\(labels.joined(separator: ", "))}}"
        }
    }

    static func response(for entries: [Entry]) -> Response {
        Response(
            page: Array("[\(entries.map(\.json).joined(separator: ",\n "))]\n".utf8), type: "application/json")
    }
}
