import Collection
package import Exposition

/// Every family that the exporter can show: the contract with dashboards, alerts and people's own queries.
package enum MetricCatalogue {
    /// The families, in page order.
    ///
    /// - Throws: ``CatalogueError`` where a declaration contradicts another: a mistake in the program.
    package static func make() throws(CatalogueError) -> Catalogue {
        try Catalogue(
            TargetStatus.families + Collectors.all.flatMap { type(of: $0).families } + VerificationOutcomes.families
                + ServiceProviderFamilies.families + ExporterStatus.families)
    }
}
