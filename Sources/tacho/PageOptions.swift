import ArgumentParser
import Site

/// What the pages of a reader have.
struct PageOptions: ParsableArguments {
    @Option(
        help: """
            Address of map tiles, with {z}, {x} and {y}, as https://tiles.example/{z}/{x}/{y}.png: \
            their server learns what is looked at (TACHO_TILE_URL; none, and the map has none).
            """)
    var tileURL: String?

    @Option(help: "Whose the tiles are, as the map is to say (TACHO_TILE_ATTRIBUTION; nobody's).")
    var tileAttribution: String?

    /// What the site is set up with; says where the map's library is missing.
    func site() throws -> SiteOptions {
        var options = SiteOptions(leaflet: LeafletFiles())
        if options.leaflet == nil {
            Terminal.error(
                """
                maps do not move: Leaflet is in none of \(LeafletFiles.places.joined(separator: ", ")); \
                install libjs-leaflet, and start again
                """)
        }
        if let url = tileURL ?? Environment.text("TILE_URL") {
            let attribution = tileAttribution ?? Environment.text("TILE_ATTRIBUTION")
            guard let tiles = TileSource(url: url, attribution: attribution) else {
                throw ValidationError("--tile-url is \(url), allowed is \(TileSource.allowed)")
            }
            options.tiles = tiles
        }
        return options
    }
}
