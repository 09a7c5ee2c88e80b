import Exposition
import Testing

@Suite("Names that old versions cannot read are escaped as Prometheus specifies")
struct MetricNameTests {
    @Test(
        "a metric's name under the schemes that escape",
        arguments: [
            // name, underscores, dots, values
            ("mailstore_up", "mailstore_up", "mailstore_up", "mailstore_up"),
            ("with:colon", "with:colon", "with:colon", "with:colon"),
            ("my.name", "my_name", "my_dot_name", "U__my_2e_name"),
            ("my_other.name", "my_other_name", "my__other_dot_name", "U__my__other_2e_name"),
            ("a/b c", "a_b_c", "a__b__c", "U__a_2f_b_20_c"),
            ("0day", "_day", "__day", "U___30_day"),
            ("größe", "gr__e", "gr____e", "U__gr_f6__df_e"),
            ("📧", "_", "__", "U___1f4e7_"),
            ("", "", "", ""),
        ])
    func metricNames(name: String, underscores: String, dots: String, values: String) {
        #expect(MetricName.escapedMetricName(name, .allowUTF8) == name)
        #expect(MetricName.escapedMetricName(name, .underscores) == underscores)
        #expect(MetricName.escapedMetricName(name, .dots) == dots)
        #expect(MetricName.escapedMetricName(name, .values) == values)
    }

    @Test(
        "a label's name must not keep a colon",
        arguments: [(EscapingScheme.underscores, "a_b"), (.values, "U__a_3a_b")])
    func labelNames(scheme: EscapingScheme, expected: String) {
        #expect(MetricName.escapedLabelName("a:b", scheme) == expected)
    }

    @Test(
        "an escaped name can be read by every version",
        arguments: ["1", "a.b", "ß", "a b_c", "\n\"\\", "€uro:1"], [EscapingScheme.underscores, .dots, .values])
    func alwaysValid(name: String, scheme: EscapingScheme) {
        #expect(!MetricName.isLegacyLabelName(name))
        #expect(MetricName.isLegacyMetricName(MetricName.escapedMetricName(name, scheme)))
        #expect(MetricName.isLegacyLabelName(MetricName.escapedLabelName(name, scheme)))
    }
}
